package io.driftless.bench.snapshot;

import io.driftless.bench.run.BenchCluster;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What ten million commands over 1,024 keys leave on the disks with the default settings, at most, and how long a node
 * needs after its start until it has applied all that was committed before. Confined to one thread.
 */
final class DiskPart implements SnapshotPart {

    private static final long COMMANDS = 10_000_000;
    private static final int KEYS = 1_024;
    private static final int VALUE = 256;
    private static final long MIB = 1 << 20;
    private static final long EVERY = 256 * MIB;
    private static final long RETAIN = 128 * MIB;
    private static final long SEGMENT = 64 * MIB;
    private static final double RESTART_S = 2;

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public List<SnapshotFigure> measure(Bench bench) throws Exception {
        BenchCluster cluster = BenchCluster.start(bench.scratch(), bench.cleanup());
        List<Path> folders = cluster.names().stream().map(cluster::dataFolder).toList();
        DiskUse use = DiskUse.watch(folders, bench.cleanup());
        double seconds;
        try (Puts puts = new Puts(cluster.members(), KEYS, VALUE)) {
            long beganNs = System.nanoTime();
            puts.run(bench.of(COMMANDS), bench);
            seconds = (System.nanoTime() - beganNs) / 1e9;
        }
        Watching.awaitNoSnapshot(cluster);
        long most = use.end();
        long snapshot = 0;
        for (Path folder : folders) {
            snapshot = Math.max(snapshot, Watching.bytes(folder.resolve("snapshots")));
        }
        double bound = 2 * snapshot + 1.25 * EVERY + RETAIN + 3 * SEGMENT;
        bench.note(String.format(Locale.ROOT, "%,.0f puts a second; a snapshot takes %,d bytes",
                bench.of(COMMANDS) / seconds, snapshot));

        String node = cluster.follower();
        long committed = cluster.status(cluster.leader()).number("commit");
        cluster.await(node, "all is applied", status -> status.number("applied") >= committed);
        cluster.stop(node);
        cluster.restart(node);
        cluster.await(node, "it answers", status -> true);
        long readyNs = System.nanoTime();
        cluster.await(node, "it has applied all", status -> status.number("applied") >= committed);
        double restart = (System.nanoTime() - readyNs) / 1e9;
        cluster.requireAlive();
        return List.of(SnapshotFigure.atMost("disk-most", "MiB", most / (double) MIB, bound / MIB),
                SnapshotFigure.atMost("disk-restart", "s", restart, RESTART_S));
    }
}
