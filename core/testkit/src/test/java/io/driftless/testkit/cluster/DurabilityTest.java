package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.DurabilityPolicy;
import io.driftless.log.RaftLog;
import io.driftless.log.Storage;
import io.driftless.log.StorageFactory;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Outcome;
import io.driftless.node.Members;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeStatus;
import io.driftless.node.RaftNode;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.testkit.InMemoryNetwork;
import io.driftless.testkit.InMemoryStorage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** `log.durability` in whole nodes, and servers in doubt (R18). */
@Timeout(180)
class DurabilityTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static NodeConfig config(String durability) {
        return NodeConfig.builder().durability(DurabilityPolicy.of(durability)).build();
    }

    private static InMemoryCluster cluster(String durability) {
        return InMemoryCluster.of(3, Counter::new, config(durability), UnrecoverableErrorHandler.STOP);
    }

    private static void commit(RaftClient client, int times) {
        for (int i = 0; i < times; i++) {
            assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1}, PATIENCE));
        }
    }

    @Test
    void onlyUnderOsDoWrittenEntriesStayUnsynced() {
        try (InMemoryCluster cluster = cluster("os"); RaftClient client = cluster.client()) {
            commit(client, 20);
            assertTrue(cluster.disk(cluster.leader()).unsynced() >= 20);
            assertEquals(DurabilityPolicy.OS, cluster.node("n1").status().durability());
        }
        try (InMemoryCluster cluster = cluster("always"); RaftClient client = cluster.client()) {
            commit(client, 20);
            // A majority has synced them; the leader's own disk may be behind it.
            String leader = cluster.leader();
            cluster.await("the leader's own sync", () -> cluster.disk(leader).unsynced() == 0);
        }
    }

    @Test
    void underIntervalTheLogIsSyncedSoonWithoutAnotherWrite() {
        try (InMemoryCluster cluster = cluster("interval"); RaftClient client = cluster.client()) {
            commit(client, 20);
            cluster.await("the sync", () -> cluster.names().stream().allMatch(name -> cluster.disk(name)
                    .unsynced() == 0));
        }
    }

    @Test
    void aFailedSyncInTheBackgroundEndsTheNodeAndTheNextStartIsInDoubt() {
        try (InMemoryCluster cluster = cluster("interval"); RaftClient client = cluster.client()) {
            commit(client, 1);
            String victim = cluster.followers().getFirst();
            cluster.await("the sync", () -> cluster.disk(victim).unsynced() == 0);
            boolean[] failsOnce = {true};
            cluster.disk(victim).beforeSync(() -> {
                if (failsOnce[0]) {
                    failsOnce[0] = false;
                    throw new IllegalStateException("planned");
                }
            });
            commit(client, 1);
            assertEquals(EndCause.FAILED_SYNC, cluster.node(victim).ended().orTimeout(60, java.util.concurrent.TimeUnit
                    .SECONDS).join().cause());
            cluster.stop(victim);
            cluster.restart(victim);
            cluster.await("the doubt", () -> cluster.notes().stream().anyMatch(note -> note.startsWith(victim
                    + " WARNING in doubt since")));
            cluster.await("the end of the doubt", () -> !cluster.node(victim).status().inDoubt());
        }
    }

    @Test
    void aHeapThatIsFullAsEntriesAreWrittenBringsNoDoubtSinceNothingIsLost() {
        Members members = Members.parse("n1=a:1");
        InMemoryStorage disk = new InMemoryStorage();
        AtomicBoolean isFull = new AtomicBoolean();
        UnaryOperator<Object> watched = answer -> answer instanceof RaftLog log
                ? around(RaftLog.class, log, same -> same, isFull) : answer;
        StorageFactory factory = context -> around(Storage.class, disk.open(context), watched, new AtomicBoolean());
        try (RaftNode node = RaftNode.builder("c", "n1", members).config(config("interval")).storage(factory)
                .transport(new InMemoryNetwork().factory()).stateMachine(Counter::new)
                .onUnrecoverable(UnrecoverableErrorHandler.STOP).start(); RaftClient client = node.newClient()) {
            commit(client, 3);
            isFull.set(true);
            client.submit(new byte[] {1}, PATIENCE);
            assertEquals(EndCause.INVARIANT, node.ended().orTimeout(60, java.util.concurrent.TimeUnit.SECONDS)
                    .join().cause());
        }
        try (RaftNode node = node(members, disk, false, 0); RaftClient client = node.newClient()) {
            assertFalse(node.status().inDoubt());
            commit(client, 1);
        }
    }

    /** The same, whose answers are changed, and whose appends find the heap full when told to. */
    private static <T> T around(Class<T> type, T target, UnaryOperator<Object> change, AtomicBoolean isFull) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            if (method.getName().equals("append") && isFull.get()) {
                throw new OutOfMemoryError("Java heap space");
            }
            try {
                return change.apply(method.invoke(target, given));
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        }));
    }

    @Test
    void aRestartInPlaceIsInDoubtThoughTheNoteOfItFailed() {
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Counter::new, config("interval"),
                error -> UnrecoverableErrorHandler.Action.RESTART); RaftClient client = cluster.client()) {
            commit(client, 1);
            String victim = cluster.followers().getFirst();
            cluster.await("the sync", () -> cluster.disk(victim).unsynced() == 0);
            AtomicInteger failures = new AtomicInteger(2);
            cluster.disk(victim).beforeSync(() -> {
                if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    throw new IllegalStateException("planned");
                }
            });
            commit(client, 1);
            cluster.await("the doubt", () -> cluster.notes().stream().anyMatch(note -> note.startsWith(victim
                    + " WARNING in doubt since")));
            cluster.await("the end of the doubt", () -> !cluster.node(victim).status().inDoubt());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"interval", "os"})
    void aServerWhoseMachineRestartedIsInDoubtUntilItHasCaughtUpAndAKilledOneIsNot(String durability) {
        try (InMemoryCluster cluster = cluster(durability); RaftClient client = cluster.client()) {
            commit(client, 20);
            String victim = cluster.followers().getFirst();
            cluster.powerCut(victim);
            commit(client, 5);
            cluster.restart(victim);
            cluster.await("the end of the doubt", () -> cluster.notes().stream().anyMatch(note -> note.startsWith(victim
                    + " not in doubt any more")));
            assertFalse(cluster.node(victim).status().inDoubt());
            // Applied there after it has been written, behind the note that the doubt has ended.
            commit(client, 1);
            cluster.awaitAllApplied();
            int notes = cluster.notes().size();
            cluster.kill(victim);
            cluster.restart(victim);
            cluster.awaitAllApplied();
            assertTrue(cluster.notes().stream().skip(notes).noneMatch(note -> note.contains("in doubt")),
                    cluster.notes().toString());
        }
    }

    @Test
    void nobodyLeadsWhileAMajorityIsInDoubtAndAnAcceptedLossGoesOn() {
        Members members = Members.parse("n1=a:1");
        InMemoryStorage disk = new InMemoryStorage();
        try (RaftNode node = node(members, disk, false, 0); RaftClient client = node.newClient()) {
            commit(client, 3);
            disk.powerCut();
        }
        try (RaftNode node = node(members, disk, false, 0)) {
            assertFalse(awaitsLeader(node, Duration.ofMillis(1500)));
            NodeStatus status = node.status();
            assertTrue(status.inDoubt() && status.blocked().equals("in doubt"), status.toString());
        }
        NodeStartException refused = assertThrows(NodeStartException.class, () -> node(members, disk, true, 9));
        assertEquals(EndCause.LOST_DATA, refused.endCause());
        try (RaftNode node = node(members, disk, true, 0); RaftClient client = node.newClient()) {
            commit(client, 1);
            assertTrue(node.status().term() > 1_000_000_000 && !node.status().inDoubt(), node.status().toString());
        }
        try (RaftNode node = node(members, disk, true, 0); RaftClient client = node.newClient()) {
            commit(client, 1);
            assertTrue(node.status().term() < 1_100_000_000, "there was nothing to accept");
        }
    }

    private static boolean awaitsLeader(RaftNode node, Duration timeout) {
        try {
            return node.awaitLeader(timeout);
        } catch (InterruptedException nobodyDoesThis) {
            throw new AssertionError(nobodyDoesThis);
        }
    }

    private static RaftNode node(Members members, InMemoryStorage disk, boolean acceptLoss, long applied) {
        return RaftNode.builder("c", "n1", members).config(config("os")).storage(disk)
                .transport(new InMemoryNetwork().factory()).stateMachine(() -> new Counter() {
                    @Override
                    public long open(MachineContext context) {
                        return applied;
                    }
                }).acceptLoss(acceptLoss).start();
    }
}
