package io.driftless.bench.snapshot;

import io.driftless.bench.run.BenchCluster;
import io.driftless.bench.run.Medians;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How fast a snapshot of 256 MiB of state reaches a follower that was away, until it is durable there, beside a plain
 * copy of the same bytes through a socket to a file. Nothing else goes on. Confined to one thread.
 */
final class TransferPart implements SnapshotPart {

    private static final double SHARE_BAR = 0.5;
    private static final int PLAIN_RUNS = 3;
    /** So often each key is put while the follower is away, so that the log at the leader begins behind what it has. */
    private static final int OVER = 2;

    @Override
    public String name() {
        return "transfer";
    }

    @Override
    public List<SnapshotFigure> measure(Bench bench) throws Exception {
        Map<String, String> settings = bench.share() == 1 ? Map.of()
                : Map.of("log.retain.bytes", Long.toString(bench.of(128L << 20)), "log.segment.bytes", "4MiB",
                        "log.max.entry.bytes", "512KiB");
        BenchCluster cluster = BenchCluster.start(bench.scratch(), bench.cleanup(), settings, TakingPart.HEAP_MIB);
        String leader = cluster.leader();
        String away = cluster.follower();
        int keys = (int) bench.of(TakingPart.STATE / TakingPart.VALUE);
        try (Puts puts = new Puts(cluster.members(), keys, TakingPart.VALUE)) {
            puts.quota(TakingPart.QUOTA);
            puts.run(keys, bench);
            cluster.stop(away);
            puts.run((long) OVER * keys, bench);
        }
        Watching.awaitNoSnapshot(cluster, leader);
        long size = Watching.take(cluster, leader).bytes();
        Path file = newest(cluster.dataFolder(leader).resolve("snapshots"));

        List<Double> plain = new ArrayList<>(List.of(PlainCopy.bytesPerSecond(file, bench.scratch().path())));
        cluster.restart(away);
        Duration took = took(cluster, away);
        double rate = size * 1e9 / took.toNanos();
        cluster.requireAlive();
        while (plain.size() < PLAIN_RUNS) {
            plain.add(PlainCopy.bytesPerSecond(file, bench.scratch().path()));
        }
        double plainRate = Medians.median(plain, Double::doubleValue);
        bench.note(String.format(Locale.ROOT, "%,d bytes: %.1f MB/s, plain copies %s MB/s", size, rate / 1e6,
                plain.stream().map(each -> String.format(Locale.ROOT, "%.1f", each / 1e6)).toList()));
        return List.of(SnapshotFigure.told("transfer", "MB/s", rate / 1e6),
                SnapshotFigure.told("transfer-plain", "MB/s", plainRate / 1e6),
                SnapshotFigure.atLeast("transfer-over-plain", "", rate / plainRate, SHARE_BAR));
    }

    /**
     * Between two lines of the follower's log: the offer has come, and the snapshot is verified and durable. Questions
     * to the node would slow it down.
     */
    private static Duration took(BenchCluster cluster, String away) throws InterruptedException {
        return Duration.between(Watching.awaitLine(cluster, away, "the leader sends the snapshot of index "),
                Watching.awaitLine(cluster, away, "received the snapshot of index "));
    }

    private static Path newest(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".snapshot"))
                    .max(Comparator.comparing(Path::toString)).orElseThrow();
        }
    }
}
