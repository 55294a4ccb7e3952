package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.SnapshotOutcome.NotTaken;
import io.driftless.machine.SnapshotOutcome.Reason;
import io.driftless.machine.SnapshotOutcome.Taken;
import io.driftless.machine.StateMachine;
import io.driftless.node.LogRetention;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeRole;
import io.driftless.node.NodeStatus;
import io.driftless.node.RaftNode;
import io.driftless.node.SnapshotTriggers;
import io.driftless.node.TransferStatus;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What both sides say of a snapshot that is on its way, slowly. */
@Timeout(180)
class TransferStatusTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int STATE_BYTES = 2 << 20;
    private static final int RATE = 512 << 10;
    private static final Members MEMBERS = Members.parse("n1=a:1,n2=b:1,n3=c:1");
    /** Whoever leads has the snapshot, and goes on leading, also over a pause of the computer. */
    private static final NodeConfig CONFIG = NodeConfig.builder().electionTimeout(Duration.ofSeconds(3),
            Duration.ofSeconds(4)).snapshotTriggers(new SnapshotTriggers(0, 0, Duration.ZERO))
            .logRetention(new LogRetention(0, 0, 1L << 30)).snapshotRateMax(RATE).build();

    private final InMemoryNetwork network = new InMemoryNetwork();
    private final Map<String, InMemoryStorage> storages = new TreeMap<>();
    private final Map<String, RaftNode> nodes = new TreeMap<>();

    /** Has a state of that size, whatever it is told. */
    private static final class Large implements StateMachine {

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
            return out -> out.write(new byte[STATE_BYTES]);
        }

        @Override
        public void restore(InputStream content, long index) throws IOException {
            assertEquals(STATE_BYTES, content.readAllBytes().length);
        }

        @Override
        public void close() { }
    }

    private void start(String name) {
        start(name, CONFIG);
    }

    private void start(String name, NodeConfig config) {
        nodes.put(name, RaftNode.builder("c", name, MEMBERS).config(config)
                .storage(storages.computeIfAbsent(name, each -> new InMemoryStorage())).transport(network.factory())
                .stateMachine(Large::new).start());
    }

    @AfterEach
    void close() {
        nodes.values().forEach(RaftNode::close);
    }

    private static <T> T await(String what, Supplier<T> seen, Predicate<T> isEnough) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        T now = seen.get();
        while (!isEnough.test(now)) {
            assertTrue(System.nanoTime() < end, what + ": " + now);
            Thread.onSpinWait();
            now = seen.get();
        }
        return now;
    }

    private String leader() {
        return await("a leader", () -> nodes.entrySet().stream()
                .filter(each -> each.getValue().status().role() == NodeRole.LEADER).map(Map.Entry::getKey).findFirst(),
                Optional::isPresent).orElseThrow();
    }

    private static void execute(int commands, RaftNode leader) throws InterruptedException {
        try (RaftClient client = leader.newClient()) {
            for (int i = 0; i < commands; i++) {
                assertInstanceOf(Outcome.Committed.class, client.execute(new byte[1_000], PATIENCE));
            }
        }
    }

    private static Optional<TransferStatus> sentTo(String peer, NodeStatus leader) {
        return leader.peers().stream().filter(each -> each.node().equals(peer)).findFirst()
                .flatMap(NodeStatus.PeerStatus::snapshot);
    }

    @Test
    void bothSidesSayHowFarItIsAndHowFastItGoesUntilItIsThere() throws Exception {
        List.of("n1", "n2", "n3").forEach(this::start);
        String leads = leader();
        String away = leads.equals("n3") ? "n2" : "n3";
        RaftNode leader = nodes.get(leads);
        nodes.get(away).close();
        execute(20, leader);
        Taken taken = assertInstanceOf(Taken.class, leader.takeSnapshot(PATIENCE));
        await("a shorter log", () -> leader.status().firstIndex(), first -> first > 1);
        start(away);
        TransferStatus sent = await("a rate", () -> sentTo(away, leader.status()),
                transfer -> transfer.isPresent() && transfer.get().bytesPerSecond() > 0).orElseThrow();
        assertEquals(taken.index(), sent.index());
        assertTrue(sent.size() >= STATE_BYTES && sent.offset() <= sent.size(), sent.toString());
        assertTrue(sent.left().orElseThrow().toSeconds() <= 60, sent.toString());
        TransferStatus received = await("what comes in", () -> nodes.get(away).status().incoming(),
                Optional::isPresent).orElseThrow();
        assertEquals(new NotTaken(Reason.BUSY, taken.index(), "the newest one is being sent to a follower that needs "
                + "it"), leader.takeSnapshot(PATIENCE));
        assertEquals(new NotTaken(Reason.BUSY, 0, "one is coming in from the leader"),
                nodes.get(away).takeSnapshot(PATIENCE));
        assertEquals(leads + " " + taken.index() + " " + sent.size(), received.node() + " " + received.index() + " "
                + received.size());
        await("the end", () -> nodes.get(away).status(), status -> status.incoming().isEmpty()
                && status.lastApplied() >= taken.index());
        await("the end", () -> sentTo(away, leader.status()), Optional::isEmpty);
        assertEquals(taken.index(), nodes.get(away).status().snapshot().index());
    }

    @Test
    void r31ATransferThatIsCutGoesOnWithTheSameSnapshotAlthoughAnotherOneIsDue() throws Exception {
        NodeConfig often = NodeConfig.builder().electionTimeout(Duration.ofSeconds(3), Duration.ofSeconds(4))
                .snapshotTriggers(new SnapshotTriggers(0, 60, Duration.ZERO))
                .logRetention(new LogRetention(0, 0, 1L << 30)).snapshotRateMax(RATE).build();
        List.of("n1", "n2", "n3").forEach(name -> start(name, often));
        String leads = leader();
        String away = leads.equals("n3") ? "n2" : "n3";
        RaftNode leader = nodes.get(leads);
        nodes.get(away).close();
        execute(20, leader);
        assertInstanceOf(Taken.class, leader.takeSnapshot(PATIENCE));
        await("a shorter log", () -> leader.status().firstIndex(), first -> first > 1);
        start(away, often);
        long index = await("a part", () -> sentTo(away, leader.status()), transfer -> transfer.isPresent()
                && transfer.get().offset() > 0).orElseThrow().index();
        network.cut(leads, away);
        await("a cut", () -> sentTo(away, leader.status()), Optional::isEmpty);
        execute(150, leader);
        network.heal();
        assertEquals(index, await("the rest", () -> sentTo(away, leader.status()), Optional::isPresent).orElseThrow()
                .index());
        await("the end", () -> nodes.get(away).status().lastApplied(), applied -> applied >= index);
    }
}
