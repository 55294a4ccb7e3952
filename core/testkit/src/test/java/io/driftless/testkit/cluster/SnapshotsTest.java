package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.codec.SnapshotBoundary;
import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.NodeStartException;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.Bytes;
import io.driftless.log.LogFullException;
import io.driftless.log.LogListener;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import io.driftless.log.StorageFactory;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.RaftNode;
import io.driftless.node.SnapshotStatus;
import io.driftless.node.SnapshotTriggers;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that takes snapshots and starts from them, and what goes wrong there. */
@Timeout(180)
class SnapshotsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final NodeConfig EVERY_TEN = NodeConfig.builder().snapshotTriggers(new SnapshotTriggers(0, 10,
            Duration.ZERO)).build();

    private NodeConfig config = EVERY_TEN;
    private InMemoryStorage storage = new InMemoryStorage();
    private final InMemoryNetwork network = new InMemoryNetwork();
    /** What the present machine was given since it was made. */
    private final AtomicInteger applied = new AtomicInteger();

    /** Adds up, and can be put back to a sum. */
    private class Adding implements StateMachine {

        private long sum;

        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) throws Exception {
            applied.incrementAndGet();
            sum += command.payload().get();
            return Result.ok(Long.toString(sum));
        }

        @Override
        public boolean takesSnapshots() {
            return true;
        }

        @Override
        public MachineSnapshot snapshot() throws Exception {
            long now = sum;
            return out -> new DataOutputStream(out).writeLong(now);
        }

        @Override
        public void restore(InputStream content, long index) throws IOException {
            sum = new DataInputStream(content).readLong();
        }

        @Override
        public void close() { }
    }

    private RaftNode start(Supplier<? extends StateMachine> machine) {
        applied.set(0);
        return RaftNode.builder("c", "n1", Members.parse("n1=a:1")).config(config).storage(storage)
                .transport(network.factory()).stateMachine(machine)
                .onUnrecoverable(UnrecoverableErrorHandler.STOP).start();
    }

    private static void add(RaftNode node, int count) {
        try (RaftClient client = node.newClient()) {
            for (int i = 0; i < count; i++) {
                sum(client.execute(new byte[]{1}, PATIENCE));
            }
        }
    }

    private static String sum(Outcome outcome) {
        return assertInstanceOf(Outcome.Committed.class, outcome).result().text();
    }

    private static String sum(RaftNode node) {
        try (RaftClient client = node.newClient()) {
            return sum(client.execute(new byte[]{0}, PATIENCE));
        }
    }

    private void awaitSnapshot() {
        await("a snapshot", () -> storage.snapshotBytes().isPresent());
    }

    /** Its snapshot is of 10 commands at least. */
    private void fill() {
        try (RaftNode node = start(Adding::new)) {
            add(node, 50);
            awaitSnapshot();
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what);
            Thread.onSpinWait();
        }
    }

    private static boolean hasError(RaftNode node, String words) {
        return node.errors().stream().map(ErrorEntry::message).anyMatch(message -> message.contains(words));
    }

    @Test
    void r22AStartRestoresTheSnapshotAndReplaysOnlyTheRest() {
        fill();
        try (RaftNode node = start(Adding::new)) {
            assertEquals("50", sum(node));
            assertTrue(applied.get() <= 45, applied + " commands were replayed, of 50");
        }
    }

    @Test
    void aMachineThatIsAppliedToOnAConnectionsThreadIsViewedOnItsOwn() {
        CompletableFuture<String> viewer = new CompletableFuture<>();
        try (RaftNode node = start(() -> new Adding() {
            @Override
            public boolean appliesInline() {
                return true;
            }

            @Override
            public MachineSnapshot snapshot() throws Exception {
                viewer.complete(Thread.currentThread().getName());
                return super.snapshot();
            }
        })) {
            add(node, 20);
            awaitSnapshot();
            assertEquals("driftless-n1-apply", viewer.join());
        }
    }

    @Test
    void whatHasBeenAppliedForLongIsTakenWithoutAnotherCommand() {
        config = NodeConfig.builder().snapshotTriggers(new SnapshotTriggers(0, 0, Duration.ofMillis(1_500))).build();
        try (RaftNode node = start(Adding::new)) {
            add(node, 1);
            long last = node.status().lastApplied();
            assertTrue(last >= 3, "a no-op, an opening and a command, up to " + last);
            // The store has it before the status says so.
            await("a snapshot of all that, told", () -> node.status().snapshot().index() >= last
                    && node.status().snapshot().state().equals("idle"));
            assertTrue(storage.snapshotBytes().isPresent());
        }
    }

    @Test
    void aClientThatRetriesOverAStartIsToldWhatItsCommandGave() throws Exception {
        RaftNode node = start(Adding::new);
        RaftNode again;
        try (RaftClient client = RaftClient.connect(ClientConfig.builder(List.of("a:1"), network.clients())
                .clusterId("c").build())) {
            for (int i = 0; i < 30; i++) {
                sum(client.execute(new byte[]{1}, PATIENCE));
            }
            awaitSnapshot();
            node.close();
            CompletableFuture<Outcome> waiting = client.submit(new byte[]{1}, PATIENCE);
            again = start(Adding::new);
            assertEquals("31", sum(waiting.get(60, TimeUnit.SECONDS)), "in the session of before");
            assertEquals(1, again.status().sessions());
        }
        again.close();
    }

    @Test
    void r27ADamagedSnapshotIsSetAsideAndTheLogReplayed() {
        fill();
        storage.damageSnapshot(storage.snapshotBytes().getAsInt() - 1);
        try (RaftNode node = start(Adding::new)) {
            assertTrue(hasError(node, "set aside: "), node.errors().toString());
            assertEquals("50", sum(node));
            assertEquals(51, applied.get());
        }
    }

    @Test
    void aMachineThatTakesNoSnapshotsAnyMoreReplaysTheLog() {
        fill();
        try (RaftNode node = start(() -> new Adding() {
            @Override
            public boolean takesSnapshots() {
                return false;
            }
        })) {
            assertEquals("50", sum(node));
            assertEquals(51, applied.get());
        }
    }

    @Test
    void aMachineThatGivesNoViewIsReportedAndGoesOn() {
        try (RaftNode node = start(() -> new Adding() {
            @Override
            public MachineSnapshot snapshot() {
                throw new IllegalStateException("no view today");
            }
        })) {
            add(node, 50);
            assertTrue(hasError(node, "no view today"), node.errors().toString());
            assertEquals(1, node.errors().size(), "it is not asked again at once");
            assertEquals("50", sum(node));
        }
    }

    @Test
    void aSnapshotThatCannotBeWrittenIsReportedAndTheNodeGoesOn() {
        AtomicInteger closed = new AtomicInteger();
        try (RaftNode node = start(() -> new Adding() {
            @Override
            public MachineSnapshot snapshot() throws Exception {
                return new MachineSnapshot() {
                    @Override
                    public void writeTo(OutputStream out) throws IOException {
                        throw new IOException("half of it was written");
                    }

                    @Override
                    public void close() {
                        closed.incrementAndGet();
                    }
                };
            }
        })) {
            add(node, 50);
            await("the report", () -> hasError(node, "half of it was written"));
            SnapshotStatus status = node.status().snapshot();
            assertTrue(status.problem().matches("the state machine " + SnapshotsTest.class.getName() + "\\$\\d+: "
                    + "writeTo of its snapshot at index \\d+ threw java.io.IOException: half of it was written"),
                    status.problem());
            assertEquals(new SnapshotStatus(true, false, 0, 0, status.problem()), status);
            assertEquals(1, closed.get());
            assertEquals("50", sum(node));
            assertTrue(storage.snapshotBytes().isEmpty());
        }
    }

    @Test
    void aFullDiskIsReportedAndTheNodeGoesOn() {
        storage.beforeSnapshot(() -> {
            throw new LogFullException("no room for it");
        });
        try (RaftNode node = start(Adding::new)) {
            add(node, 50);
            await("the report", () -> hasError(node, "no room for it"));
            assertEquals("50", sum(node));
        }
        storage.beforeSnapshot(() -> { });
        fill();
    }

    @Test
    void commandsGoOnWhileASnapshotIsWritten() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (RaftNode node = start(() -> new Adding() {
            @Override
            public MachineSnapshot snapshot() throws Exception {
                MachineSnapshot view = super.snapshot();
                return out -> {
                    begun.countDown();
                    goOn.await();
                    view.writeTo(out);
                };
            }
        })) {
            add(node, 20);
            assertTrue(begun.await(60, TimeUnit.SECONDS));
            add(node, 100);
            assertEquals("120", sum(node));
            assertTrue(storage.snapshotBytes().isEmpty());
            goOn.countDown();
            awaitSnapshot();
        }
    }

    @Test
    void aNodeThatStopsEndsWhatItsMachineWrites() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        CompletableFuture<Boolean> closedBefore = new CompletableFuture<>();
        RaftNode node = start(() -> new Adding() {
            @Override
            public MachineSnapshot snapshot() {
                return out -> {
                    begun.countDown();
                    try {
                        while (true) {
                            out.write(new byte[1 << 16]);
                        }
                    } catch (IOException stopped) {
                        ended.complete(stopped);
                        throw stopped;
                    }
                };
            }

            @Override
            public void close() {
                closedBefore.complete(!ended.isDone());
            }
        });
        add(node, 20);
        assertTrue(begun.await(60, TimeUnit.SECONDS));
        node.close();
        assertInstanceOf(InterruptedIOException.class, ended.get(60, TimeUnit.SECONDS));
        assertEquals(false, closedBefore.get(60, TimeUnit.SECONDS), "the machine is closed once its view is");
        assertTrue(storage.snapshotBytes().isEmpty());
    }

    @Test
    void aMachineThatDoesNotTakeItsSnapshotBackIsNamed() {
        fill();
        NodeStartException refused = assertThrows(NodeStartException.class, () -> start(() -> new Adding() {
            @Override
            public void restore(InputStream content, long index) throws IOException {
                throw new IOException("not a sum");
            }
        }));
        assertEquals(EndCause.STATE_MACHINE, refused.endCause());
        assertTrue(refused.getMessage().contains("restore at index"), refused.getMessage());
        assertTrue(refused.getMessage().contains("not a sum"), refused.getMessage());
        fill();
    }

    @Test
    void r22NoViewIsTakenOfAMachineThatFailedInTheMiddleOfACommand() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        RaftNode node = start(() -> new Adding() {
            private int calls;

            @Override
            public Result apply(Command command) throws Exception {
                Result result = super.apply(command);
                calls++;
                if (calls == 1) {
                    first.await();
                } else if (calls == 40) {
                    inside.countDown();
                    goOn.await();
                    throw new IOException("once");
                }
                return result;
            }

            @Override
            public Map<String, Long> gauges() {
                return Map.of("calls", (long) calls);
            }
        });
        try (RaftClient client = node.newClient()) {
            for (int i = 0; i < 60; i++) {
                client.submit(new byte[]{1}, PATIENCE);
            }
            await("a no-op, an opening and all commands committed", () -> node.status().commitIndex() >= 62);
            first.countDown();
            assertTrue(inside.await(60, TimeUnit.SECONDS));
            // Has the machine speak of itself again, behind the batch.
            node.status();
            goOn.countDown();
            node.ended().get(60, TimeUnit.SECONDS);
            node.close();
        }
        try (RaftNode again = start(Adding::new)) {
            assertEquals(List.of(), again.errors());
            assertEquals("60", sum(again));
        }
    }

    @Test
    void aDiskThatIsSlowToTakeASnapshotIsNoHungMachine() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        storage.beforeSnapshot(() -> {
            inside.countDown();
            try {
                goOn.await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });
        RaftNode node = start(() -> new Adding() {
            @Override
            public void close() {
                closed.countDown();
            }
        });
        add(node, 30);
        assertTrue(inside.await(60, TimeUnit.SECONDS));
        CompletableFuture<Void> closing = CompletableFuture.runAsync(node::close);
        assertTrue(closed.await(60, TimeUnit.SECONDS));
        goOn.countDown();
        closing.get(60, TimeUnit.SECONDS);
        assertFalse(hasError(node, "the state machine hangs"), node.errors().toString());
    }

    @Test
    void aSnapshotOfAnotherClusterIsSetAside() {
        InMemoryStorage own = storage;
        fill();
        storage = new InMemoryStorage();
        try (RaftNode node = start(() -> new Adding() {
            @Override
            public boolean takesSnapshots() {
                return false;
            }
        })) {
            add(node, 70);
        }
        StorageFactory mixed = context -> {
            Storage mine = storage.open(context);
            Storage theirs = own.open(context);
            return (Storage) Proxy.newProxyInstance(Storage.class.getClassLoader(), new Class<?>[] {Storage.class},
                    (proxy, method, arguments) -> method.invoke(method.getName().equals("snapshots") ? theirs : mine,
                            arguments));
        };
        try (RaftNode node = RaftNode.builder("c", "n1", Members.parse("n1=a:1")).storage(mixed)
                .transport(network.factory()).stateMachine(Adding::new).start()) {
            assertEquals("70", sum(node));
            assertTrue(hasError(node, "is of another cluster"), node.errors().toString());
        }
    }

    @Test
    void aSnapshotWhoseBoundaryCannotBeReadIsSetAside() throws IOException {
        config = NodeConfig.builder().build();
        try (RaftNode node = start(Adding::new)) {
            add(node, 50);
        }
        byte[] boundary = Arrays.copyOf(new SnapshotBoundary(1, 0, 0, Bytes.EMPTY).encode().toByteArray(), 20);
        try (Storage opened = storage.open(new StorageContext("c", "n1", 256 << 10, 16 << 10, LogListener.NONE));
                SnapshotWriter writer = opened.snapshots().begin(opened.log().lastIndex(), 1,
                        opened.identity().incarnation(), Bytes.wrap(boundary))) {
            writer.finish();
        }
        try (RaftNode node = start(Adding::new)) {
            assertTrue(hasError(node, "the boundary of a snapshot ends after 20 bytes"), node.errors().toString());
            assertEquals("50", sum(node));
            assertEquals(51, applied.get());
        }
    }
}
