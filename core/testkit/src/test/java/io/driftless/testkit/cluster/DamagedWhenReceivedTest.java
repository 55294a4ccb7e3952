package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.MemberClient;
import io.driftless.client.RaftClient;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.node.LogRetention;
import io.driftless.node.NodeConfig;
import io.driftless.node.SnapshotTriggers;
import io.driftless.testkit.InMemoryCluster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
        public Result queryLocal(ByteBuffer query, long appliedIndex) throws Exception {
            if (query.get() == HANGING[0]) {
                hangs.countDown();
                release.await();
            }
            return super.queryLocal(query, appliedIndex);
        }
    }

    private static void add(InMemoryCluster cluster, int count) {
        try (RaftClient client = cluster.client()) {
            for (int i = 0; i < count; i++) {
                assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1}, PATIENCE));
            }
        }
    }

    /** The handler has any error end the node. */
    private void isMended(ToIntFunction<Integer> damagedAt) throws Exception {
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Adding::new, OFTEN, UnrecoverableErrorHandler.STOP)) {
            String away = cluster.followers().getFirst();
            add(cluster, 10);
            cluster.kill(away);
            long last = cluster.disk(away).entries().getLast().index();
            cluster.await("logs without what is needed", () -> {
                add(cluster, 10);
                return cluster.names().stream().filter(name -> !name.equals(away))
                        .allMatch(name -> cluster.node(name).status().firstIndex() > last + 1);
            });
            cluster.partition(away);
            cluster.restart(away);
            try (MemberClient member = MemberClient.connect(cluster.network().clients(),
                    cluster.node(away).address(), PATIENCE)) {
                CompletableFuture<Void> query = CompletableFuture.runAsync(() -> {
                    try {
                        member.queryLocal(HANGING, PATIENCE);
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
                    && error.message().endsWith("; the node restarts in place, and asks a leader for another one")),
                    cluster.node(away).errors().toString());
            assertEquals(sum(cluster, cluster.leader()), sum(cluster, away));
        }
    }

    private static String sum(InMemoryCluster cluster, String name) throws IOException {
        try (MemberClient member = MemberClient.connect(cluster.network().clients(), cluster.node(name).address(),
                PATIENCE)) {
            return member.queryLocal(new byte[] {1}, PATIENCE).result().text();
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
}
