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
@Timeout(180)
class InterruptingMachineTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final AtomicInteger applied = new AtomicInteger();
    private final AtomicBoolean wasSet = new AtomicBoolean();

    /** Interrupts its own thread in each command, and sees whether the next one begins with that. */
    private final class Interrupting extends Counter {

        @Override
        public Result apply(Command command) {
            wasSet.compareAndSet(false, Thread.currentThread().isInterrupted());
            applied.incrementAndGet();
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
            assertEquals(20, applied.get());
            assertFalse(wasSet.get());
            assertTrue(cluster.node("n1").awaitLeader(Duration.ofSeconds(Long.MAX_VALUE)));
        }
    }
}
