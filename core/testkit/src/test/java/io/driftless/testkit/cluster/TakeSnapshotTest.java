package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.MemberClient;
import io.driftless.client.RaftClient;
import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.errors.UnrecoverableErrorHandler.Action;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.SnapshotOutcome.NotTaken;
import io.driftless.machine.SnapshotOutcome.Reason;
import io.driftless.machine.SnapshotOutcome.Taken;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeEnd;
import io.driftless.node.RaftNode;
import io.driftless.node.SnapshotTriggers;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that is asked for a snapshot: by its embedder, and by an operator. */
@Timeout(180)
class TakeSnapshotTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final NodeConfig BY_ITSELF_NEVER = NodeConfig.builder().snapshotTriggers(new SnapshotTriggers(0, 0,
            Duration.ZERO)).build();

    private NodeConfig config = BY_ITSELF_NEVER;
    private final InMemoryNetwork network = new InMemoryNetwork();
    private final InMemoryStorage storage = new InMemoryStorage();
    private final Map<RaftNode, RaftClient> clients = new HashMap<>();

    /** Writes what the test says. */
    private interface Writing {
        void writeTo(OutputStream out) throws Exception;
    }

    private static class Machine implements StateMachine {

        private final Writing writing;

        Machine(Writing writing) {
            this.writing = writing;
        }

        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            return Result.ok("");
        }

        @Override
        public boolean takesSnapshots() {
            return true;
        }

        @Override
        public MachineSnapshot snapshot() {
            return writing::writeTo;
        }

        @Override
        public void restore(InputStream content, long index) throws IOException {
            content.readAllBytes();
        }

        @Override
        public void close() { }
    }

    private RaftNode start(Writing writing) {
        return start(new Machine(writing));
    }

    private RaftNode start(StateMachine machine) {
        return RaftNode.builder("c", "n1", Members.parse("n1=a:1")).config(config)
                .storage(storage).transport(network.factory()).stateMachine(() -> machine)
                .onUnrecoverable(UnrecoverableErrorHandler.STOP).start();
    }

    /** One client for all that a test adds to a node: when the closing of a session is applied, nobody can tell. */
    private void add(RaftNode node, int count) {
        RaftClient client = clients.computeIfAbsent(node, RaftNode::newClient);
        for (int i = 0; i < count; i++) {
            assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1}, PATIENCE));
        }
    }

    @AfterEach
    void closeClients() {
        clients.values().forEach(RaftClient::close);
    }

    private static NotTaken notTaken(SnapshotOutcome outcome, Reason reason) {
        NotTaken not = assertInstanceOf(NotTaken.class, outcome);
        assertEquals(reason, not.reason(), not.toString());
        return not;
    }

    private static CompletableFuture<SnapshotOutcome> asked(RaftNode node) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return node.takeSnapshot(PATIENCE);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });
    }

    @Test
    void oneIsTakenOfAllThatWasAppliedAndNoneWhereNothingIsNew() throws Exception {
        try (RaftNode node = start(out -> out.write(new byte[100_000]))) {
            add(node, 3);
            Taken taken = assertInstanceOf(Taken.class, node.takeSnapshot(PATIENCE));
            assertEquals(node.status().snapshot().index(), taken.index());
            assertEquals(5, taken.index(), "a no-op, an opening and 3 commands");
            assertEquals(node.status().snapshot().bytes(), taken.bytes());
            assertTrue(taken.bytes() > 100_000, taken.toString());
            assertEquals(new NotTaken(Reason.UP_TO_DATE, 5, "nothing was applied since the snapshot of index 5"),
                    node.takeSnapshot(PATIENCE));
            add(node, 1);
            assertEquals(6, assertInstanceOf(Taken.class, node.takeSnapshot(PATIENCE)).index());
        }
    }

    @Test
    void anOperatorIsAnsweredOverTheNetwork() throws Exception {
        try (RaftNode node = start(out -> out.write(7));
                MemberClient member = MemberClient.connect(network.clients(), "a:1", PATIENCE)) {
            add(node, 1);
            assertEquals(3, assertInstanceOf(Taken.class, member.takeSnapshot(PATIENCE)).index());
            notTaken(member.takeSnapshot(PATIENCE), Reason.UP_TO_DATE);
        }
    }

    @Test
    void aMachineThatTakesNoneIsNotAsked() throws Exception {
        try (RaftNode node = start(new Machine(out -> { }) {
            @Override
            public boolean takesSnapshots() {
                return false;
            }
        })) {
            add(node, 1);
            notTaken(node.takeSnapshot(PATIENCE), Reason.OFF);
        }
    }

    @Test
    void whoAsksIsToldWhyItFailedAndMayAskAgainAtOnce() throws Exception {
        CompletableFuture<Void> repaired = new CompletableFuture<>();
        try (RaftNode node = start(out -> {
            if (!repaired.isDone()) {
                throw new IOException("no pen");
            }
        })) {
            add(node, 1);
            assertTrue(notTaken(node.takeSnapshot(PATIENCE), Reason.FAILED).detail().contains("no pen"));
            assertTrue(node.errors().getFirst().message().matches("no snapshot of index \\d+, the next attempt follows "
                    + "after 60 s at the earliest: the state machine .*no pen"), node.errors().toString());
            repaired.complete(null);
            assertInstanceOf(Taken.class, node.takeSnapshot(PATIENCE));
        }
    }

    @Test
    void whoAsksWhileOneIsWrittenGetsALaterOneUnlessNothingIsNew() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (RaftNode node = start(out -> {
            inside.countDown();
            goOn.await();
        })) {
            add(node, 1);
            CompletableFuture<SnapshotOutcome> first = asked(node);
            assertTrue(inside.await(60, TimeUnit.SECONDS));
            add(node, 1);
            CompletableFuture<SnapshotOutcome> second = asked(node);
            assertEquals("none within 50 ms; one may still come", notTaken(node.takeSnapshot(Duration.ofMillis(50)),
                    Reason.TIMEOUT).detail());
            goOn.countDown();
            assertEquals(3, assertInstanceOf(Taken.class, first.get(60, TimeUnit.SECONDS)).index());
            assertEquals(4, assertInstanceOf(Taken.class, second.get(60, TimeUnit.SECONDS)).index());
        }
    }

    @Test
    void aMachineThatHangsWhileItWritesIsReportedOnceUntilItGoesOn() throws Exception {
        // What hangs for 300 ms is reported.
        config = BY_ITSELF_NEVER.toBuilder().heartbeatInterval(Duration.ofMillis(5))
                .electionTimeout(Duration.ofMillis(20), Duration.ofMillis(30)).build();
        CountDownLatch goOn = new CountDownLatch(1);
        try (RaftNode node = start(out -> goOn.await())) {
            add(node, 1);
            CompletableFuture<SnapshotOutcome> asked = asked(node);
            String hangs = "the snapshot of index \\d+ hangs: writeTo of \\Q" + Machine.class.getName()
                    + "\\E has written nothing for \\d+ m?s";
            await("the report", () -> node.errors().stream().anyMatch(error -> error.message().matches(hangs)));
            assertTrue(node.status().snapshot().problem().matches(hangs), node.status().toString());
            add(node, 1);
            goOn.countDown();
            assertInstanceOf(Taken.class, asked.get(60, TimeUnit.SECONDS));
            assertEquals("", node.status().snapshot().problem());
            // A pause of the computer may be taken for another thing that hangs.
            assertEquals(1, node.errors().stream().filter(error -> error.message().matches(hangs)).count(),
                    node.errors().toString());
        }
    }

    /** Each start adds an entry, so that the next one would be of another index. */
    @ParameterizedTest
    @ValueSource(strings = {"snapshot", "writeTo of its snapshot"})
    void aMachineThatNeverHasTheMemoryForOneIsNotRestartedAgain(String method) throws Exception {
        AtomicInteger machines = new AtomicInteger();
        config = NodeConfig.builder().onUnrecoverable(Action.RESTART).snapshotTriggers(new SnapshotTriggers(0, 1,
                Duration.ZERO)).build();
        try (RaftNode node = RaftNode.builder("c", "n1", Members.parse("n1=a:1")).config(config).storage(storage)
                .transport(network.factory()).stateMachine(() -> {
                    machines.incrementAndGet();
                    return withoutMemory(method);
                }).start(); RaftClient client = node.newClient()) {
            client.submit(new byte[] {1}, PATIENCE);
            NodeEnd end = node.ended().get(60, TimeUnit.SECONDS);
            assertEquals(EndCause.STATE_MACHINE, end.cause());
            assertTrue(end.detail().matches("the state machine .*: " + method + " at index \\d+ threw "
                    + "java.lang.OutOfMemoryError: Java heap space; it failed there before the restart, too: the node "
                    + "is not restarted again"), end.detail());
            assertEquals(2, machines.get());
        }
    }

    private static Machine withoutMemory(String method) {
        return new Machine(out -> {
            throw new OutOfMemoryError("Java heap space");
        }) {
            @Override
            public MachineSnapshot snapshot() {
                if (method.equals("snapshot")) {
                    throw new OutOfMemoryError("Java heap space");
                }
                return super.snapshot();
            }
        };
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what);
            Thread.onSpinWait();
        }
    }

    @Test
    void whoWaitsIsToldThatTheNodeStops() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        RaftNode node = start(out -> {
            inside.countDown();
            goOn.await();
        });
        add(node, 1);
        CompletableFuture<SnapshotOutcome> asked = asked(node);
        assertTrue(inside.await(60, TimeUnit.SECONDS));
        CompletableFuture<Void> closing = CompletableFuture.runAsync(node::close);
        notTaken(asked.get(60, TimeUnit.SECONDS), Reason.CLOSED);
        goOn.countDown();
        closing.get(60, TimeUnit.SECONDS);
        notTaken(node.takeSnapshot(PATIENCE), Reason.CLOSED);
    }

    @Test
    void aMachineThatReadsOnlyAPartOfItsSnapshotIsNamed() throws Exception {
        try (RaftNode node = start(out -> out.write(new byte[100_000]))) {
            add(node, 1);
            assertInstanceOf(Taken.class, node.takeSnapshot(PATIENCE));
        }
        NodeStartException refused = assertThrows(NodeStartException.class, () -> start(new Machine(out -> { }) {
            @Override
            public void restore(InputStream content, long index) throws IOException {
                content.skipNBytes(1_000);
                assertEquals(0, content.read());
                content.readNBytes(3);
                content.close();
            }
        }));
        assertEquals(EndCause.STATE_MACHINE, refused.endCause());
        assertTrue(refused.getMessage().matches("the state machine " + TakeSnapshotTest.class.getName() + "\\$\\d+: "
                + "restore at index 3 read 1004 bytes of the snapshot's content, which has 100000: it has to read all "
                + "of it, given snapshot .*"), refused.getMessage());
        try (RaftNode node = start(new Machine(out -> { }))) {
            assertEquals(3, node.status().snapshot().index());
        }
    }

    @Test
    void theMachineItselfMayNotWaitForOne() throws Exception {
        CompletableFuture<RaftNode> self = new CompletableFuture<>();
        Function<RaftNode, String> asking = node -> {
            try {
                return node.takeSnapshot(PATIENCE).toString();
            } catch (IllegalStateException | InterruptedException refused) {
                return String.valueOf(refused.getMessage());
            }
        };
        try (RaftNode node = start(new Machine(out -> { }) {
            @Override
            public Result apply(Command command) {
                return Result.ok(asking.apply(self.join()));
            }
        }); RaftClient client = node.newClient()) {
            self.complete(node);
            Outcome.Committed told = assertInstanceOf(Outcome.Committed.class, client.execute(new byte[1], PATIENCE));
            assertEquals("a snapshot is waited for inside the state machine, which takes it", told.result().text());
        }
    }
}
