package io.driftless.bench.snapshot;

import io.driftless.bench.run.BenchCluster;
import io.driftless.bench.run.Medians;
import io.driftless.machine.SnapshotOutcome;
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
 * How fast a snapshot of 256 MiB of state reaches a follower that stood still, until it is durable there, beside a
 * plain copy of the same bytes through a socket to a file. Nothing else goes on. Several of each, in turns; the medians
 * count. Told beside it is how fast it reaches a process that has just begun, whose machine code is still being made.
 * Confined to one thread.
 */
final class TransferPart implements SnapshotPart {

    private static final double SHARE_BAR = 0.5;
    private static final int RUNS = 3;
    /** So often each key is put while the follower is away, so that the log at the leader begins behind what it has. */
    private static final int OVER = 2;

    /** Puts. */
    private interface Load {
        void run() throws InterruptedException;
    }

    @Override
    public String name() {
        return "transfer";
    }

    @Override
    public List<SnapshotFigure> measure(Bench bench) throws Exception {
        // The log of a follower that stands still is kept up to the last of these.
        Map<String, String> settings = bench.share() == 1 ? Map.of("log.retain.bytes.max", "256MiB")
                : Map.of("log.retain.bytes", Long.toString(bench.of(128L << 20)), "log.retain.bytes.max",
                        Long.toString(bench.of(256L << 20)), "log.segment.bytes", "4MiB",
                        "log.max.entry.bytes", "512KiB");
        BenchCluster cluster = BenchCluster.start(bench.scratch(), bench.cleanup(), settings, TakingPart.HEAP_MIB);
        String leader = cluster.leader();
        String away = cluster.follower();
        int keys = (int) bench.of(TakingPart.STATE / TakingPart.VALUE);
        try (Puts puts = new Puts(cluster.members(), keys, TakingPart.VALUE)) {
            puts.quota(TakingPart.QUOTA);
            puts.run(keys, bench);
            cluster.stop(away);
            SnapshotOutcome.Taken first = takeBehind(cluster, leader, () -> puts.run((long) OVER * keys, bench));
            cluster.restart(away);
            double begun = rate(cluster, away, first);
            List<Double> rates = new ArrayList<>();
            List<Double> plain = new ArrayList<>();
            while (rates.size() < RUNS) {
                cluster.await(away, "it has the snapshot before", status -> status.number("applied")
                        >= first.index() && !Watching.receives(status));
                cluster.standStill(away);
                SnapshotOutcome.Taken taken = takeBehind(cluster, leader, () -> puts.run((long) OVER * keys, bench));
                plain.add(PlainCopy.bytesPerSecond(newest(cluster.dataFolder(leader).resolve("snapshots")),
                        bench.scratch().path()));
                cluster.goOn(away);
                rates.add(rate(cluster, away, taken));
            }
            cluster.requireAlive();
            bench.note(String.format(Locale.ROOT, "transfers %s MB/s, plain copies %s MB/s", megabytes(rates),
                    megabytes(plain)));
            double rate = Medians.median(rates, Double::doubleValue);
            double plainRate = Medians.median(plain, Double::doubleValue);
            return List.of(SnapshotFigure.told("transfer", "MB/s", rate / 1e6),
                    SnapshotFigure.told("transfer-plain", "MB/s", plainRate / 1e6),
                    SnapshotFigure.atLeast("transfer-over-plain", "", rate / plainRate, SHARE_BAR),
                    SnapshotFigure.told("transfer-at-start", "MB/s", begun / 1e6));
        }
    }

    /** While a follower is away: its leader takes a snapshot, and has no log any more that reaches back to it. */
    private static SnapshotOutcome.Taken takeBehind(BenchCluster cluster, String leader, Load load)
            throws Exception {
        load.run();
        Watching.awaitNoSnapshot(cluster, leader);
        return Watching.take(cluster, leader);
    }

    private static double rate(BenchCluster cluster, String away, SnapshotOutcome.Taken taken)
            throws InterruptedException {
        return taken.bytes() * 1e9 / took(cluster, away, taken.index()).toNanos();
    }

    private static List<String> megabytes(List<Double> rates) {
        return rates.stream().map(each -> String.format(Locale.ROOT, "%.1f", each / 1e6)).toList();
    }

    /**
     * Between two lines of the follower's log: the offer has come, and the snapshot is verified and durable. Questions
     * to the node would slow it down.
     */
    private static Duration took(BenchCluster cluster, String away, long index) throws InterruptedException {
        return Duration.between(
                Watching.awaitLine(cluster, away, "the leader sends the snapshot of index " + index + ","),
                Watching.awaitLine(cluster, away, "received the snapshot of index " + index));
    }

    private static Path newest(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".snapshot"))
                    .max(Comparator.comparing(Path::toString)).orElseThrow();
        }
    }
}
