package io.driftless.ops.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.cluster.LoadRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three node processes under load, whose leader is stopped in order: nobody is left in doubt about a command. */
class StopUnderLoadTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int COMMANDS = 20_000;
    /** A machine that has no time for a node must not cost it its place: such an outcome is rightly unknown. */
    private static final Map<String, String> SETTINGS = Map.of("log.segment.bytes", "8MiB",
            "election.timeout.min", "1s", "election.timeout.max", "2s");

    @TempDir
    private Path folder;

    @Test
    void aLeaderThatIsStoppedUnderLoadLeavesNoOutcomeUnknown() throws Exception {
        ScratchFolder scratch = ScratchFolder.createIn(folder);
        try (LocalCluster cluster = LocalCluster.startAndAwaitLeader(scratch, 3, SETTINGS,
                256, PATIENCE, started -> { })) {
            CountDownLatch first = new CountDownLatch(COMMANDS / 4);
            CountDownLatch second = new CountDownLatch(COMMANDS / 2);
            LoadRun.Watcher watcher = (settled, committed) -> {
                first.countDown();
                second.countDown();
            };
            CompletableFuture<LoadRun.Tally> load = CompletableFuture.supplyAsync(() -> run(cluster, watcher),
                    task -> Thread.ofPlatform().name("load").start(task));
            for (CountDownLatch reached : new CountDownLatch[] {first, second}) {
                assertTrue(reached.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS), "the load stands still");
                String leader = cluster.awaitLeader(PATIENCE);
                cluster.node(leader).terminate();
                assertTrue(cluster.node(leader).awaitEnd(PATIENCE));
                assertEquals(0, cluster.node(leader).exitCode());
                cluster.restart(leader);
            }
            LoadRun.Tally tally = load.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            System.out.println("stop the leader under load: " + tally.committed() + " committed, " + tally.rejected()
                    + " rejected, " + tally.unknown() + " unknown " + tally.reasons());
            assertEquals(0, tally.unknown(), tally.reasons().toString());
            assertEquals(COMMANDS, tally.committed());
        }
    }

    private static LoadRun.Tally run(LocalCluster cluster, LoadRun.Watcher progress) {
        try {
            return new LoadRun(COMMANDS, 256, 4, 256, PATIENCE).run(cluster.addresses(), progress);
        } catch (InterruptedException nobodyDoesThis) {
            throw new AssertionError(nobodyDoesThis);
        }
    }
}
