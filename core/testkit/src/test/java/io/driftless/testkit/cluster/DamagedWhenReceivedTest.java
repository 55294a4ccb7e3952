package io.driftless.testkit.cluster;

import io.driftless.machine.Consistency;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.MemberClient;
import io.driftless.client.RaftClient;
import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogEntry;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.node.LogRetention;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeEnd;
import io.driftless.node.SnapshotTriggers;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.testkit.InMemoryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A snapshot of a leader that is damaged between its receipt and the moment when the machine is restored from it. */
@Timeout(180)
class DamagedWhenReceivedTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final NodeConfig OFTEN = NodeConfig.builder().snapshotTriggers(new SnapshotTriggers(0, 20,
            Duration.ZERO)).logRetention(new LogRetention(0, 0, 1 << 20)).build();
    private static final byte[] HANGING = {13};

    private final CountDownLatch hangs = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    /** In a query 13 it hangs, and any other is answered with the sum. */
    private final class Adding extends PaddedCounter {

        Adding() {
            super(200_000);
        }

        @Override
        public Result query(ByteBuffer query, long appliedIndex) throws Exception {
            if (query.get() == HANGING[0]) {
                hangs.countDown();
                release.await();
            }
            return super.query(query, appliedIndex);
        }
    }

    private static void add(InMemoryCluster cluster, int count) {
        try (RaftClient client = cluster.client()) {
            for (int i = 0; i < count; i++) {
                assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1}, PATIENCE));
            }
        }
    }

    /** Has all others take snapshots, and forget what this one lacks. */
    private static void forgetWhatIsNeededBy(InMemoryCluster cluster, String away) {
        List<LogEntry> there = cluster.disk(away).entries();
        // Its log may have been reset, and nothing has come since.
        long last = there.isEmpty() ? cluster.node(away).status().lastApplied() : there.getLast().index();
        cluster.await("logs without what is needed", () -> {
            add(cluster, 10);
            return cluster.names().stream().filter(name -> !name.equals(away))
                    .allMatch(name -> cluster.node(name).status().firstIndex() > last + 1);
        });
    }

    private static String killedAndBehind(InMemoryCluster cluster) {
        String away = cluster.followers().getFirst();
        add(cluster, 10);
        cluster.kill(away);
        forgetWhatIsNeededBy(cluster, away);
        return away;
    }

    private static long setAsideBy(InMemoryCluster cluster, String name) {
        return cluster.node(name).errors().stream().filter(error -> error.message().startsWith("set aside: "))
                .count();
    }

    /** The handler has any error end the node. */
    private void isMended(ToIntFunction<Integer> damagedAt) throws Exception {
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Adding::new, OFTEN, UnrecoverableErrorHandler.STOP)) {
            String away = killedAndBehind(cluster);
            cluster.partition(away);
            cluster.restart(away);
            try (MemberClient member = MemberClient.connect(cluster.network().clients(),
                    cluster.node(away).address(), PATIENCE)) {
                CompletableFuture<Void> query = CompletableFuture.runAsync(() -> {
                    try {
                        member.query(HANGING, Consistency.STALE, PATIENCE);
                    } catch (IOException broken) {
                        // The node restarts in place.
                        return;
                    }
                });
                assertTrue(hangs.await(60, TimeUnit.SECONDS));
                cluster.heal();
                cluster.await("a snapshot", () -> cluster.disk(away).snapshotBytes().isPresent());
                long boot = cluster.node(away).status().boot();
                cluster.disk(away).damageSnapshot(damagedAt.applyAsInt(cluster.disk(away).snapshotBytes().getAsInt()));
                release.countDown();
                query.get(60, TimeUnit.SECONDS);
                cluster.await("a restart in place", () -> cluster.node(away).status().boot() > boot);
            }
            cluster.awaitAllApplied();
            assertTrue(cluster.node(away).errors().stream().anyMatch(error -> error.message().startsWith("set aside: ")
                    && error.message().endsWith("; once it has started again, the node asks a leader for another one")),
                    cluster.node(away).errors().toString());
            assertEquals(sum(cluster, cluster.leader()), sum(cluster, away));
        }
    }

    private static String sum(InMemoryCluster cluster, String name) throws IOException {
        try (MemberClient member = MemberClient.connect(cluster.network().clients(), cluster.node(name).address(),
                PATIENCE)) {
            return member.query(new byte[] {1}, Consistency.STALE, PATIENCE).result().text();
        }
    }

    @Test
    void r32DamageThatTheMachineHasNotHeardOfIsMendedByTheNode() throws Exception {
        isMended(size -> 1);
    }

    @Test
    void r32AMachineThatIsHalfRestoredIsNotUsedFurther() throws Exception {
        isMended(size -> size - 1);
    }

    /** The machine has had no state in between: without end it would be sent one snapshot after the other. */
    @Test
    void aDiskThatDamagesEachSnapshotIsAMatterForTheHandler() throws Exception {
        List<EndCause> asked = new CopyOnWriteArrayList<>();
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Adding::new, OFTEN, error -> {
            asked.add(error.cause());
            return UnrecoverableErrorHandler.Action.STOP;
        })) {
            String away = killedAndBehind(cluster);
            InMemoryStorage disk = cluster.disk(away);
            disk.afterSnapshot(() -> disk.damageSnapshot(disk.snapshotBytes().getAsInt() - 1));
            cluster.restart(away);
            NodeEnd end = cluster.node(away).ended().get(60, TimeUnit.SECONDS);
            assertEquals(EndCause.CORRUPT, end.cause());
            assertTrue(end.detail().endsWith("; the one before was damaged, too"), end.detail());
            assertEquals(List.of(EndCause.CORRUPT), asked);
            assertEquals(2, setAsideBy(cluster, away));
        }
    }

    @Test
    void oneThatDamagesASnapshotNowAndThenIsNot() throws Exception {
        AtomicBoolean damages = new AtomicBoolean(true);
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Adding::new, OFTEN, UnrecoverableErrorHandler.STOP)) {
            String away = killedAndBehind(cluster);
            InMemoryStorage disk = cluster.disk(away);
            disk.afterSnapshot(() -> {
                if (damages.getAndSet(false)) {
                    disk.damageSnapshot(disk.snapshotBytes().getAsInt() - 1);
                }
            });
            cluster.restart(away);
            cluster.await("a restart in place", () -> setAsideBy(cluster, away) == 1);
            cluster.awaitAllApplied();
            cluster.partition(away);
            forgetWhatIsNeededBy(cluster, away);
            damages.set(true);
            cluster.heal();
            cluster.await("another one", () -> setAsideBy(cluster, away) == 2);
            cluster.awaitAllApplied();
            assertEquals(sum(cluster, cluster.leader()), sum(cluster, away));
        }
    }

    /** Its data are in a log of its own, which is damaged: this node's snapshot is sound. */
    private static final class Broken extends PaddedCounter {

        Broken() {
            super(200_000);
        }

        @Override
        public void restore(InputStream content, long index) {
            throw new LogCorruptException("the log of mine");
        }
    }

    @Test
    void aMachineThatTakesNoSoundSnapshotEndsTheNodeAndTheSnapshotStays() throws Exception {
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Broken::new, OFTEN, UnrecoverableErrorHandler.STOP)) {
            String away = killedAndBehind(cluster);
            cluster.restart(away);
            assertEquals(EndCause.STATE_MACHINE, cluster.node(away).ended().get(60, TimeUnit.SECONDS).cause());
            assertTrue(cluster.disk(away).snapshotBytes().isPresent());
            cluster.stop(away);
            assertEquals(EndCause.STATE_MACHINE, assertThrows(NodeStartException.class, () -> cluster.restart(away))
                    .endCause());
            assertTrue(cluster.disk(away).snapshotBytes().isPresent());
        }
    }
}
