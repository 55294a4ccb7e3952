package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.codec.OwnSerializer;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import io.driftless.machine.StateMachine;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeStatus;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions of real clients over nodes that fail: every command once, and every caller told so. */
@Timeout(180)
class SessionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Counts how often it was given each command; the answer is that number. */
    private static final class Tally implements StateMachine {
        private final Map<String, Integer> times = new HashMap<>();
        private final Map<String, Integer> worst;

        Tally(Map<String, Integer> worst) {
            this.worst = worst;
        }

        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            String text = StandardCharsets.UTF_8.decode(command.payload()).toString();
            int now = times.merge(text, 1, Integer::sum);
            worst.merge(text, now, Math::max);
            return Result.ok(text + " x " + now);
        }

        @Override
        public boolean appliesInline() {
            return true;
        }

        @Override
        public void close() { }
    }

    private static void assertOnce(String command, Outcome outcome) {
        assertEquals(command + " x 1", assertInstanceOf(Outcome.Committed.class, outcome, command).result().text());
    }

    @Test
    void leadersAreKilledAndEveryCommandIsExecutedOnce() throws Exception {
        Map<String, Integer> worst = new ConcurrentHashMap<>();
        try (InMemoryCluster cluster = InMemoryCluster.of(3, () -> new Tally(worst)); RaftClient client =
                cluster.client()) {
            int clients = 4;
            int each = 300;
            AtomicInteger done = new AtomicInteger();
            List<CompletableFuture<Void>> callers = new ArrayList<>();
            for (int number = 0; number < clients; number++) {
                String name = "c" + number;
                callers.add(CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < each; i++) {
                        String command = name + "-" + i;
                        assertOnce(command, client.execute(command.getBytes(StandardCharsets.UTF_8), PATIENCE));
                        done.incrementAndGet();
                    }
                }));
            }
            for (int kills = 1; kills <= 3; kills++) {
                int mark = kills * clients * each / 5;
                cluster.await("some commands", () -> done.get() >= mark
                        || callers.stream().anyMatch(CompletableFuture::isCompletedExceptionally));
                String leader = cluster.leader();
                cluster.kill(leader);
                cluster.restart(leader);
            }
            for (CompletableFuture<Void> caller : callers) {
                caller.get(60, TimeUnit.SECONDS);
            }
            assertEquals(clients * each, worst.size());
            cluster.awaitAllApplied();
            worst.forEach((command, times) -> assertEquals(1, times, command));
        }
    }

    @Test
    void manyUnderWayAreExecutedOnceThoughTheLeaderIsKilled() throws Exception {
        Map<String, Integer> worst = new ConcurrentHashMap<>();
        try (InMemoryCluster cluster = InMemoryCluster.of(3, () -> new Tally(worst)); RaftClient client =
                cluster.client()) {
            Map<String, CompletableFuture<Outcome>> outcomes = new TreeMap<>();
            for (int i = 0; i < 4_000; i++) {
                String command = "p" + i;
                outcomes.put(command, client.submitWhenRoom(command.getBytes(StandardCharsets.UTF_8), PATIENCE));
                if (i == 1_000 || i == 2_500) {
                    String leader = cluster.leader();
                    cluster.kill(leader);
                    cluster.restart(leader);
                }
            }
            for (Map.Entry<String, CompletableFuture<Outcome>> entry : outcomes.entrySet()) {
                assertOnce(entry.getKey(), entry.getValue().get(60, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void statusShowsASessionUntilItsClientCloses() {
        try (InMemoryCluster cluster = InMemoryCluster.of(1, Counter::new)) {
            String node = cluster.names().getFirst();
            try (RaftClient client = cluster.client()) {
                assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1}, PATIENCE));
                assertEquals(1, cluster.node(node).status().sessions());
                assertTrue(cluster.node(node).status().sessionBytes() > 0);
            }
            cluster.await("the session is closed", () -> cluster.node(node).status().sessions() == 0);
            assertEquals(0, cluster.node(node).status().sessionBytes());
        }
    }

    @Test
    void whoDeduplicatesByItselfNeedsNoSession() {
        try (InMemoryCluster cluster = InMemoryCluster.of(1, Counter::new)) {
            String node = cluster.names().getFirst();
            ClientConfig config = ClientConfig.builder(cluster.node(node).address(), cluster.network().clients())
                    .sessions(false).build();
            try (RaftClient client = RaftClient.connect(config)) {
                assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1}, PATIENCE));
                assertEquals(0, cluster.node(node).status().sessions());
            }
        }
    }

    /** What a durable machine has on its disk. */
    private static final class Disk {
        private final Map<List<Long>, SessionRows.Row> rows = new HashMap<>();
        private long applied;
        private long sum;
    }

    /** Adds up, and keeps sum, index and rows together. */
    private static final class Durable implements StateMachine {
        private final Disk disk;
        private long sum;

        Durable(Disk disk) {
            this.disk = disk;
        }

        @Override
        public long open(MachineContext context) {
            sum = disk.sum;
            return disk.applied;
        }

        @Override
        public SessionRows sessions() {
            return new SessionRows(List.copyOf(disk.rows.values()));
        }

        @Override
        public Result apply(Command command) {
            sum += command.payload().get();
            return Result.ok(Long.toString(sum));
        }

        @Override
        public void batchApplied(long index, SessionRows changed) {
            for (SessionRows.Row row : changed.rows()) {
                List<Long> key = List.of(row.session(), row.part());
                if (row.isRemoved()) {
                    disk.rows.remove(key);
                } else {
                    disk.rows.put(key, row);
                }
            }
            disk.sum = sum;
            disk.applied = index;
        }

        @Override
        public void close() { }
    }

    @Test
    void r22ASessionGoesOnOverRestartsOfAMachineThatKeepsItsState() {
        Disk disk = new Disk();
        try (InMemoryCluster cluster = InMemoryCluster.of(1, () -> new Durable(disk)); RaftClient client =
                cluster.client()) {
            String node = cluster.names().getFirst();
            for (int i = 1; i <= 20; i++) {
                assertEquals(Integer.toString(i), assertInstanceOf(Outcome.Committed.class,
                        client.execute(new byte[] {1}, PATIENCE)).result().text());
                if (i % 7 == 0) {
                    cluster.kill(node);
                    cluster.restart(node);
                }
            }
            assertEquals(1, cluster.node(node).status().sessions());
            assertTrue(disk.applied >= 20 && disk.rows.size() > 1, "index and rows were kept");
        }
    }

    /** Keeps its index, and no rows. */
    private static StateMachine withoutRows(Disk disk) {
        return new Counter() {
            @Override
            public long open(MachineContext context) {
                return disk.applied;
            }

            @Override
            public void batchApplied(long index) {
                disk.applied = index;
            }
        };
    }

    private static RaftClient withoutSession(InMemoryCluster cluster) {
        return RaftClient.connect(ClientConfig.builder(List.of(cluster.node("n1").address()),
                cluster.network().clients()).sessions(false).build());
    }

    @Test
    void aMachineThatKeepsNoRowsIsWarnedOfWhenASessionIsOpened() {
        Disk disk = new Disk();
        try (InMemoryCluster cluster = InMemoryCluster.of(1, () -> withoutRows(disk));
                RaftClient plain = withoutSession(cluster); RaftClient client = cluster.client()) {
            assertInstanceOf(Outcome.Committed.class, plain.execute(new byte[] {1}, PATIENCE));
            cluster.stop("n1");
            cluster.restart("n1");
            assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1}, PATIENCE));
            cluster.await("the warning", () -> cluster.notes().stream()
                    .anyMatch(note -> note.startsWith("n1 WARNING ") && note.contains("keeps no rows")));
        }
    }

    @Test
    void aMachineThatKeepsNoRowsStartsAlsoAfterANameOfNoSession() throws Exception {
        Disk disk = new Disk();
        try (InMemoryCluster cluster = InMemoryCluster.of(1, () -> withoutRows(disk));
                RaftClient plain = withoutSession(cluster)) {
            assertInstanceOf(Outcome.Committed.class, plain.execute(new byte[] {1}, PATIENCE));
            CompletableFuture<ClientReply> answer = new CompletableFuture<>();
            try (ClientChannel channel = cluster.network().clients().connect("", cluster.node("n1").address(), PATIENCE,
                    new ClientTransport.Listener() {
                        @Override
                        public void replied(List<ClientReply> replies) {
                            answer.complete(replies.getFirst());
                        }

                        @Override
                        public void closed(String why) { }
                    })) {
                channel.send(new ClientRequest.NameSession(1, 1_000_000, new UUID(1, 2)));
                channel.flush();
                answer.get(60, TimeUnit.SECONDS);
            }
            assertInstanceOf(Outcome.Committed.class, plain.execute(new byte[] {1}, PATIENCE));
            cluster.stop("n1");
            cluster.restart("n1");
            assertInstanceOf(Outcome.Committed.class, plain.execute(new byte[] {1}, PATIENCE));
        }
    }

    @Test
    void aSessionOfALocalClientLivesOverARestartInPlace() {
        AtomicBoolean breaks = new AtomicBoolean();
        try (InMemoryCluster cluster = InMemoryCluster.of(1, () -> new Counter() {
            @Override
            public Result apply(Command command) {
                if (breaks.getAndSet(false)) {
                    throw new IllegalStateException("once");
                }
                return super.apply(command);
            }
        }, NodeConfig.builder().build(), error -> UnrecoverableErrorHandler.Action.RESTART);
                RaftClient local = cluster.node("n1").newClient()) {
            assertInstanceOf(Outcome.Committed.class, local.execute(new byte[] {1}, PATIENCE));
            breaks.set(true);
            assertEquals("2", assertInstanceOf(Outcome.Committed.class, local.execute(new byte[] {1}, PATIENCE))
                    .result().text());
            assertEquals(2, cluster.node("n1").status().boot());
            assertEquals(1, cluster.node("n1").status().sessions());
        }
    }

    @Test
    void aSerializerThatIsChosenByItsClassReadsWhatItWrote() {
        NodeConfig config = NodeConfig.builder().serializer(OwnSerializer.class.getName()).build();
        try (InMemoryCluster cluster = InMemoryCluster.of(1, Counter::new, config, UnrecoverableErrorHandler.STOP);
                RaftClient client = cluster.client()) {
            String node = cluster.names().getFirst();
            assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1}, PATIENCE));
            cluster.kill(node);
            cluster.restart(node);
            assertEquals("2", assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1}, PATIENCE))
                    .result().text());
        }
    }

    @Test
    void moreSessionsThanTheClusterHoldsAreRefusedAndSaidSo() {
        NodeConfig config = NodeConfig.builder().sessionsMax(1).sessionResultBytes(1 << 16).build();
        try (InMemoryCluster cluster = InMemoryCluster.of(1, Counter::new, config, UnrecoverableErrorHandler.STOP);
                RaftClient first = cluster.client()) {
            assertInstanceOf(Outcome.Committed.class, first.execute(new byte[] {1}, PATIENCE));
            try (RaftClient second = cluster.client()) {
                // The computer may stand still until the deadline: then it has heard nothing.
                cluster.await("the refusal", () -> {
                    Outcome.Rejected refused = assertInstanceOf(Outcome.Rejected.class,
                            second.execute(new byte[] {1}, Duration.ofMillis(300)));
                    return refused.reason() == Outcome.Reason.OVERLOADED
                            && refused.detail().equals("there is 1 session, the limit");
                });
                NodeStatus status = cluster.node(cluster.names().getFirst()).status();
                assertEquals("1 of 1", status.sessions() + " of " + status.sessionsMax());
                assertEquals(1 << 16, status.sessionResultBytesMax());
            }
        }
    }
}
