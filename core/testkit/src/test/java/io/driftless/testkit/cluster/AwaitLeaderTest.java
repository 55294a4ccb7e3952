package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.UnrecoverableErrorHandler.Action;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.RaftNode;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for a leader waits for the node, whatever becomes of one run of it. */
@Timeout(120)
class AwaitLeaderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final InMemoryStorage storage = new InMemoryStorage();
    private final AtomicInteger machines = new AtomicInteger();
    private final CountDownLatch restarts = new CountDownLatch(1);
    private final CountDownLatch mayRestart = new CountDownLatch(1);

    /** The second one is made in the middle of a restart. */
    private StateMachine machine() {
        if (machines.incrementAndGet() == 2) {
            restarts.countDown();
            try {
                mayRestart.await();
            } catch (InterruptedException nobodyDoesThis) {
                throw new AssertionError(nobodyDoesThis);
            }
        }
        return new Counter();
    }

    private void failOnce() {
        storage.beforeSync(() -> {
            storage.beforeSync(() -> { });
            throw new IllegalStateException("the disk is gone for a moment");
        });
    }

    @Test
    void whoWaitsWhileTheNodeRestartsHearsOfTheLeaderBehindIt() throws Exception {
        try (RaftNode node = RaftNode.builder("c", "n1", Members.parse("n1=a:1")).storage(storage)
                .transport(new InMemoryNetwork().factory()).stateMachine(this::machine)
                .config(NodeConfig.builder().onUnrecoverable(Action.RESTART).build()).start()) {
            assertTrue(node.awaitLeader(PATIENCE));
            failOnce();
            node.newClient().submit(new byte[] {1}, PATIENCE);
            restarts.await();
            FutureTask<Boolean> known = new FutureTask<>(() -> node.awaitLeader(PATIENCE));
            Thread waiter = Thread.ofPlatform().daemon(true).start(known);
            try {
                while (waiter.getState() != Thread.State.TIMED_WAITING && !known.isDone()) {
                    Thread.onSpinWait();
                }
                assertFalse(known.isDone(), "nobody leads, and its time is not over");
            } finally {
                mayRestart.countDown();
            }
            assertTrue(known.get(), "no leader within " + PATIENCE);
        }
    }

    @Test
    void aNodeThatIsBeingClosedKnowsNoLeader() throws Exception {
        CountDownLatch closes = new CountDownLatch(1);
        CountDownLatch mayClose = new CountDownLatch(1);
        RaftNode node = RaftNode.builder("c", "n1", Members.parse("n1=a:1")).storage(storage)
                .transport(new InMemoryNetwork().factory()).stateMachine(() -> new Counter() {
                    @Override
                    public void close() {
                        closes.countDown();
                        try {
                            mayClose.await();
                        } catch (InterruptedException nobodyDoesThis) {
                            throw new AssertionError(nobodyDoesThis);
                        }
                    }
                }).start();
        try (node) {
            assertTrue(node.awaitLeader(PATIENCE));
            Thread closing = Thread.ofPlatform().daemon(true).start(node::close);
            closes.await();
            try {
                assertFalse(node.awaitLeader(Duration.ZERO), "its run is over, although its machine is not closed");
            } finally {
                mayClose.countDown();
            }
            closing.join();
        }
    }
}
