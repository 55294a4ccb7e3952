package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.machine.Command;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.testkit.InMemoryCluster;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A state machine may leave the interrupt flag of its thread set: that thread is the node's, and goes on to do I/O. */
@Timeout(60)
class InterruptingMachineTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    /** Interrupts its own thread in each command, and sees whether the next one begins with that. */
    private static final class Interrupting extends Counter {

        static final AtomicInteger APPLIED = new AtomicInteger();
        static final AtomicBoolean WAS_SET = new AtomicBoolean();

        @Override
        public Result apply(Command command) {
            WAS_SET.compareAndSet(false, Thread.currentThread().isInterrupted());
            APPLIED.incrementAndGet();
            Thread.currentThread().interrupt();
            return super.apply(command);
        }
    }

    @Test
    void theFlagThatAStateMachineLeavesSetGoesNoFurther() throws Exception {
        try (InMemoryCluster cluster = InMemoryCluster.of(1, Interrupting::new);
                RaftClient client = cluster.client()) {
            for (int i = 0; i < 20; i++) {
                assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1}, LONG));
            }
            assertEquals(20, Interrupting.APPLIED.get());
            assertFalse(Interrupting.WAS_SET.get());
            assertTrue(cluster.node("n1").awaitLeader(Duration.ofSeconds(Long.MAX_VALUE)));
        }
    }
}
