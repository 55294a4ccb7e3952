package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.MemberClient;
import io.driftless.client.RaftClient;
import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.errors.UnrecoverableErrorHandler.Action;
import io.driftless.log.LogCorruptException;
import io.driftless.machine.Command;
import io.driftless.machine.Consistency;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeEnd;
import io.driftless.node.NodeRole;
import io.driftless.node.NodeStatus;
import io.driftless.node.RaftNode;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an embedder is told of a node that has ended, and why it ended. */
@Timeout(180)
class EndedNodeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final byte[] ONE = {1};

    private final InMemoryStorage storage = new InMemoryStorage();
    private final InMemoryNetwork network = new InMemoryNetwork();

    private RaftNode.Builder node(Supplier<? extends StateMachine> machine) {
        return RaftNode.builder("c", "n1", Members.parse("n1=a:1")).storage(storage).transport(network.factory())
                .stateMachine(machine);
    }

    private void failNextSync() {
        storage.beforeSync(() -> {
            throw new IllegalStateException("the disk is gone");
        });
    }

    private static NodeEnd endOf(RaftNode node) throws Exception {
        return node.ended().get(60, TimeUnit.SECONDS);
    }

    /** How often this thread has waited for anything. */
    private static long waits() {
        return ManagementFactory.getThreadMXBean().getThreadInfo(Thread.currentThread().threadId()).getWaitedCount();
    }

    @Test
    void itsStatusAndItsClientsSayAtOnceThatItHasEnded() throws Exception {
        try (RaftNode node = node(Counter::new).start(); RaftClient client = node.newClient()) {
            assertInstanceOf(Outcome.Committed.class, client.execute(ONE, PATIENCE));
            failNextSync();
            client.submit(ONE, PATIENCE);
            assertEquals(EndCause.FAILED_SYNC, endOf(node).cause());
            long before = waits();
            NodeStatus status = node.status();
            Outcome.Rejected rejected = assertInstanceOf(Outcome.Rejected.class,
                    client.execute(ONE, Duration.ofMinutes(1)));
            assertEquals(Outcome.Reason.CLOSED, rejected.reason());
            assertEquals(rejected, client.submit(ONE, Duration.ofMinutes(1)).getNow(null));
            assertEquals(new QueryOutcome.Failed(QueryOutcome.Reason.CLOSED,
                    "the node that this client enters by has ended"),
                    client.query(ONE, Consistency.STALE, Duration.ofMinutes(1)));
            assertEquals(before, waits(), "it was waited for an answer");
            assertEquals(NodeRole.FAILED, status.role());
            assertEquals("the node has ended (FAILED_SYNC, exit code 20): in-memory log: the disk is gone",
                    status.blocked());
            assertEquals("n1", status.node());
        }
    }

    @Test
    void whoAsksItAsAMemberHearsOfItsEndAtOnce() throws Exception {
        RaftNode node = node(Counter::new).start();
        try (RaftClient client = node.newClient(); MemberClient before = client.member("a:1", PATIENCE)) {
            assertTrue(before.statusJson(PATIENCE).contains("\"node\":\"n1\""));
            node.close();
            assertEquals("a:1: the node has ended", assertThrows(IOException.class, () ->
                    before.statusJson(Duration.ofMinutes(1))).getMessage());
            assertEquals("a:1: the node has ended", assertThrows(IOException.class, () ->
                    client.member("a:1", Duration.ofMinutes(1))).getMessage());
        }
    }

    @Test
    void whoAsksForItsEndTwiceIsGivenOneFutureUntilThatIsSpoilt() throws Exception {
        RaftNode node = node(Counter::new).start();
        CompletableFuture<NodeEnd> given = node.ended();
        assertSame(given, node.ended(), "a node keeps what it gives until it ends");
        given.cancel(false);
        CompletableFuture<NodeEnd> again = node.ended();
        assertFalse(again.isDone());
        node.close();
        assertEquals(EndCause.STOPPED, again.get(60, TimeUnit.SECONDS).cause());
        again.obtrudeException(new IllegalStateException("spoilt"));
        assertEquals(EndCause.STOPPED, endOf(node).cause());
    }

    @Test
    void aClosedNodeSaysThatItWasClosed() {
        RaftNode node = node(Counter::new).start();
        node.close();
        assertEquals(NodeRole.STOPPED, node.status().role());
        assertEquals("the node was closed", node.status().blocked());
    }

    @Test
    void errorsAreListedAndClearedAlsoAfterARestartInPlace() throws Exception {
        NodeConfig restarts = NodeConfig.builder().onUnrecoverable(Action.RESTART).build();
        try (RaftNode node = node(Counter::new).config(restarts).start(); RaftClient client = node.newClient()) {
            assertInstanceOf(Outcome.Committed.class, client.execute(ONE, PATIENCE));
            long boot = node.status().boot();
            boolean[] once = {true};
            storage.beforeSync(() -> {
                if (once[0]) {
                    once[0] = false;
                    throw new IllegalStateException("the disk is gone");
                }
            });
            client.submit(ONE, PATIENCE);
            // The configuration decides, as no handler does.
            while (node.status().boot() <= boot || !node.awaitLeader(PATIENCE)) {
                Thread.onSpinWait();
            }
            assertEquals("in-memory log: the disk is gone", node.errors().getFirst().message());
            node.clearErrors();
            assertTrue(node.errors().isEmpty());
        }
    }

    @Test
    void aNullThatApplyReturnsEndsItNamingMachineAndIndex() throws Exception {
        try (RaftNode node = node(() -> new Counter() {
            @Override
            public Result apply(Command command) {
                return null;
            }
        }).start(); RaftClient client = node.newClient()) {
            CompletableFuture<Outcome> outcome = client.submit(ONE, PATIENCE);
            NodeEnd end = endOf(node);
            assertEquals(EndCause.STATE_MACHINE, end.cause());
            assertTrue(end.detail().startsWith("the state machine " + getClass().getName())
                    && end.detail().endsWith(": apply at index 3 returned null; it has to return a Result"),
                    end.detail());
            assertInstanceOf(Outcome.Unknown.class, outcome.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void aMachineThatThrowsAtTheSameIndexAgainIsNotRestartedAgain() throws Exception {
        isRestartedOnce(() -> throwing(new IllegalStateException("poison")));
    }

    private static StateMachine throwing(RuntimeException problem) {
        return new Counter() {
            @Override
            public Result apply(Command command) {
                throw problem;
            }
        };
    }

    /** One that keeps its data in a log of its own: this node's disk is sound. */
    @Test
    void aMachineWhoseOwnLogIsDamagedIsNotRestartedAgain() throws Exception {
        isRestartedOnce(() -> throwing(new LogCorruptException("poison")));
    }

    /** Fails once it was given a command, in that command or at the end of its batch or when it is asked after it. */
    private void isRestartedOnce(Supplier<? extends StateMachine> machine) throws Exception {
        assertEquals(EndCause.STATE_MACHINE, endAfterOneRestart(machine).cause());
    }

    private NodeEnd endAfterOneRestart(Supplier<? extends StateMachine> machine) throws Exception {
        AtomicInteger machines = new AtomicInteger();
        NodeConfig restarts = NodeConfig.builder().onUnrecoverable(Action.RESTART).build();
        try (RaftNode node = node(() -> {
            machines.incrementAndGet();
            return machine.get();
        }).config(restarts).start(); RaftClient client = node.newClient()) {
            client.submit(ONE, PATIENCE);
            while (!node.ended().isDone() && machines.get() <= 2) {
                // Has the machine say something of itself.
                node.status();
            }
            assertEquals(2, machines.get());
            NodeEnd end = endOf(node);
            assertTrue(end.detail().endsWith("poison; it failed there before the restart, too: the node is not "
                    + "restarted again"), end.detail());
            return end;
        }
    }

    /** Once the process has no thread left because of it, it has none after a restart either. */
    @Test
    void aMachineThatLacksThreadsAtTheSameIndexAgainIsNotRestartedAgain() throws Exception {
        assertEquals(EndCause.OUT_OF_RESOURCES, endAfterOneRestart(() -> throwing(new IllegalStateException("poison",
                new OutOfMemoryError("unable to create native thread")))).cause());
    }

    private static class Poisoned extends Counter {

        private boolean isPoisoned;

        @Override
        public Result apply(Command command) {
            isPoisoned = true;
            return super.apply(command);
        }

        void swallow() {
            if (isPoisoned) {
                throw new IllegalStateException("poison");
            }
        }
    }

    /** Each start adds an entry, so that the batch ends somewhere else. */
    @Test
    void aMachineThatThrowsInBatchAppliedAgainIsNotRestartedAgain() throws Exception {
        isRestartedOnce(() -> new Poisoned() {
            @Override
            public void batchApplied(long index) {
                swallow();
            }
        });
    }

    @Test
    void aMachineThatThrowsInGaugesAgainIsNotRestartedAgain() throws Exception {
        isRestartedOnce(() -> new Poisoned() {
            @Override
            public Map<String, Long> gauges() {
                swallow();
                return Map.of("one", 1L);
            }
        });
    }

    @Test
    void aMachineThatThrowsInAnotherBatchIsRestarted() throws Exception {
        AtomicInteger machines = new AtomicInteger();
        AtomicInteger poison = new AtomicInteger();
        NodeConfig restarts = NodeConfig.builder().onUnrecoverable(Action.RESTART).build();
        try (RaftNode node = node(() -> {
            machines.incrementAndGet();
            return new Counter() {
                @Override
                public void batchApplied(long index) {
                    if (poison.getAndSet(0) > 0) {
                        throw new IllegalStateException("poison");
                    }
                }
            };
        }).config(restarts).start(); RaftClient client = node.newClient()) {
            for (int i = 1; i <= 3; i++) {
                assertInstanceOf(Outcome.Committed.class, client.execute(ONE, PATIENCE));
                poison.set(1);
                assertInstanceOf(Outcome.Committed.class, client.execute(ONE, PATIENCE));
                int expected = i + 1;
                while (machines.get() < expected) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    void aQueryThatThrowsOrReturnsNullIsToldAndTheNodeGoesOn() throws Exception {
        try (RaftNode node = node(() -> new Counter() {
            @Override
            public Result query(ByteBuffer query, long appliedIndex) {
                if (query.hasRemaining()) {
                    throw new IllegalArgumentException("planned");
                }
                return null;
            }
        }).start(); MemberClient admin = MemberClient.connect(network.clients(), node.address(), PATIENCE)) {
            assertTrue(node.awaitLeader(PATIENCE));
            String threw = assertThrows(IOException.class, () -> admin.query(new byte[1], Consistency.LINEARIZABLE,
                    PATIENCE)).getMessage();
            assertTrue(threw.contains("query at index ") && threw.contains("planned"), threw);
            String none = assertThrows(IOException.class, () -> admin.query(new byte[0], Consistency.STALE, PATIENCE))
                    .getMessage();
            assertTrue(none.contains("returned null"), none);
            NodeStatus status = node.status();
            assertTrue(status.role() == NodeRole.LEADER, status::toString);
            assertEquals(List.of(0L, 0L, 2L), List.of(status.queriesWaiting(), status.queriesAnswered(),
                    status.queriesFailed()));
        }
    }

    /** Cannot even be asked what it says. */
    private static final class Hidden extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new StackOverflowError();
        }
    }

    @Test
    void aMachineThatThrowsWhatNobodyExpectsIsNamed() throws Exception {
        try (RaftNode node = node(() -> new Counter() {
            @Override
            public Result apply(Command command) {
                throw new Hidden();
            }
        }).start(); RaftClient client = node.newClient()) {
            client.submit(ONE, PATIENCE);
            NodeEnd end = endOf(node);
            assertEquals(EndCause.STATE_MACHINE, end.cause());
            assertTrue(end.detail().contains("apply at index 3 threw"), end.detail());
        }
    }

    private void isRefused(String call, StateMachine machine) {
        NodeStartException refused = assertThrows(NodeStartException.class, () -> node(() -> machine).start());
        assertEquals(EndCause.STATE_MACHINE, refused.endCause());
        assertTrue(refused.getMessage().contains(call) && refused.getMessage().endsWith("poison"),
                refused.getMessage());
    }

    /** Whatever it is that throws, it is the machine. */
    @Test
    void aMachineThatThrowsWhileTheNodeStartsIsNamed() {
        isRefused("does not open", new Counter() {
            @Override
            public long open(MachineContext context) {
                throw new LogCorruptException("poison");
            }
        });
        isRefused(": sessions at index 0 threw", new Counter() {
            @Override
            public SessionRows sessions() {
                throw new LogCorruptException("poison");
            }
        });
        isRefused(": takesSnapshots at index 0 threw", new Counter() {
            @Override
            public boolean takesSnapshots() {
                throw new LogCorruptException("poison");
            }
        });
        isRefused(": gauges at index 0 threw", new Counter() {
            @Override
            public Map<String, Long> gauges() {
                throw new LogCorruptException("poison");
            }
        });
    }

    @Test
    void namesThatAConfigurationFileRefusesAreRefusedByTheBuilder() {
        Members members = Members.parse("n1=a:1");
        for (String name : new String[] {"", "a b", "ü", "x".repeat(65)}) {
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                    () -> RaftNode.builder(name, "n1", members));
            assertTrue(refused.getMessage().startsWith("cluster.id: "), refused.getMessage());
        }
        assertTrue(assertThrows(IllegalArgumentException.class, () -> RaftNode.builder("c", "n 1", members))
                .getMessage().startsWith("node.id: "));
    }
}
