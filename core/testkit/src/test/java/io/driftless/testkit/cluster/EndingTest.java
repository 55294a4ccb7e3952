package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.client.RaftClient;
import io.driftless.errors.EndCause;
import io.driftless.errors.UnrecoverableErrorHandler.Action;
import io.driftless.machine.Command;
import io.driftless.machine.Result;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeListener;
import io.driftless.node.RaftNode;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a node ends when something is still under way: nothing overlaps, and nobody waits for ever. */
@Timeout(60)
class EndingTest {

    private static final Members ALONE = Members.parse("n1=a:1");
    private static final byte HANGS = 13;

    private final InMemoryStorage storage = new InMemoryStorage();

    private RaftNode.Builder node() {
        return RaftNode.builder("c", "n1", ALONE).storage(storage).transport(new InMemoryNetwork().factory())
                .stateMachine(Counter::new);
    }

    /** A machine that hangs in a command until it is released, and sees whether it is closed meanwhile. */
    private static final class Hanging extends Counter {

        static final AtomicInteger OPENED = new AtomicInteger();
        static final AtomicBoolean APPLYING = new AtomicBoolean();
        static final AtomicBoolean OVERLAPPED = new AtomicBoolean();
        static final CountDownLatch RELEASE = new CountDownLatch(1);
        static final CountDownLatch CLOSED = new CountDownLatch(1);

        Hanging() {
            OPENED.incrementAndGet();
        }

        @Override
        public Result apply(Command command) {
            APPLYING.set(true);
            if (command.payload().get(0) == HANGS) {
                try {
                    RELEASE.await();
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                }
            }
            APPLYING.set(false);
            return super.apply(command);
        }

        @Override
        public void close() {
            OVERLAPPED.set(APPLYING.get());
            CLOSED.countDown();
        }
    }

    /** A second machine on the same store would execute commands again, beside the first. */
    @Test
    void aNodeWhoseMachineHangsIsNotRestartedInPlaceAndClosesItLater() throws Exception {
        NodeConfig config = NodeConfig.builder().entryBytesMax(1 << 16).build();
        try (InMemoryCluster cluster = InMemoryCluster.of(1, Hanging::new, config, error -> Action.RESTART);
                RaftClient client = cluster.client()) {
            client.submit(new byte[] {HANGS}, Duration.ofSeconds(1));
            cluster.await("the command to hang", Hanging.APPLYING::get);
            cluster.disk("n1").beforeSync(() -> {
                throw new IllegalStateException("the disk is gone");
            });
            client.submit(new byte[] {1}, Duration.ofSeconds(1));
            assertEquals(EndCause.FAILED_SYNC, cluster.node("n1").ended().get(30, TimeUnit.SECONDS).cause());
            assertEquals(1, Hanging.OPENED.get());
            assertEquals(1, Hanging.CLOSED.getCount(), "closed inside a command");
            Hanging.RELEASE.countDown();
            Hanging.CLOSED.await();
            assertFalse(Hanging.OVERLAPPED.get());
        } finally {
            Hanging.RELEASE.countDown();
        }
    }

    @Test
    void anUnrecoverableErrorWhileItStartsEndsIt() throws Exception {
        storage.beforeSync(() -> {
            throw new IllegalStateException("the disk is gone");
        });
        CountDownLatch decided = new CountDownLatch(1);
        NodeListener listener = new NodeListener() {
            @Override
            public void ready() {
                try {
                    decided.await();
                    // The start goes on once the thread that ends the node waits for it, or is over.
                    while (Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName()
                            .equals("driftless-n1-unrecoverable") && thread.getState() == Thread.State.RUNNABLE)) {
                        Thread.onSpinWait();
                    }
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (RaftNode node = node().listener(listener).onUnrecoverable(error -> {
            decided.countDown();
            return Action.STOP;
        }).start()) {
            assertEquals(EndCause.FAILED_SYNC, node.ended().get(20, TimeUnit.SECONDS).cause());
        }
        assertFalse(storage.isOpen());
    }

    @Test
    void aListenerThatThrowsAtTheStartLeavesNothingOpen() {
        NodeListener listener = new NodeListener() {
            @Override
            public void ready() {
                throw new IllegalStateException("not ready");
            }
        };
        assertEquals("not ready", assertThrows(IllegalStateException.class, () ->
                node().listener(listener).start()).getMessage());
        assertFalse(storage.isOpen());
    }

    /** Whoever owns the core gives it back whatever is thrown; else the node would be silent, and open, for ever. */
    @Test
    void anErrorInTheMiddleOfAStepEndsIt() throws Exception {
        NodeListener listener = new NodeListener() {
            @Override
            public void roleChanged(String role, long term, String leader) {
                throw new StackOverflowError();
            }
        };
        try (RaftNode node = node().listener(listener).start()) {
            assertEquals(EndCause.INVARIANT, node.ended().get(20, TimeUnit.SECONDS).cause());
        }
    }
}
