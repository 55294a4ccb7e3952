package io.driftless.bench.snapshot;

import io.driftless.bench.run.BenchCluster;
import io.driftless.machine.SnapshotOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What clients notice while one node after the other takes a snapshot of 256 MiB of state, in values of 1 KiB, with a
 * heap of 1 GiB. Confined to one thread.
 */
final class TakingPart implements SnapshotPart {

    static final long HEAP_MIB = 1_024;
    static final int VALUE = 1_024;
    static final long STATE = 256L << 20;
    static final long QUOTA = 1L << 30;

    private static final int PER_SECOND = 2_000;
    private static final Duration SETTLING = Duration.ofSeconds(10);
    private static final Duration BEFORE = Duration.ofSeconds(20);
    private static final Duration BETWEEN = Duration.ofSeconds(3);
    private static final double P99_MS = 10;
    /** Half of the default of election.timeout.min. */
    private static final double SILENCE_MS = 150;
    private static final double MS = 1e6;

    @Override
    public String name() {
        return "take";
    }

    @Override
    public List<SnapshotFigure> measure(Bench bench) throws Exception {
        BenchCluster cluster = BenchCluster.start(bench.scratch(), bench.cleanup(), Map.of(), HEAP_MIB);
        int keys = (int) bench.of(STATE / VALUE);
        try (Puts puts = new Puts(cluster.members(), keys, VALUE)) {
            puts.quota(QUOTA);
            puts.run(keys, bench);
            Watching.awaitNoSnapshot(cluster);
            long term = Watching.term(cluster);
            Thread pacing = puts.pace(PER_SECOND);
            Thread.sleep(SETTLING);
            puts.lap();
            Thread.sleep(BEFORE);
            double beforeMs = p99Ms(puts.lap());
            double silenceBeforeMs = silenceMs(cluster);
            bench.note(String.format(Locale.ROOT, "p99 before: %.2f ms", beforeMs));

            double takingMs = 0;
            double bytesPerSecond = Double.MAX_VALUE;
            for (String node : cluster.names()) {
                Thread.sleep(BETWEEN);
                puts.lap();
                SnapshotOutcome.Taken taken = Watching.take(cluster, node);
                Histogram lap = puts.lap();
                takingMs = Math.max(takingMs, p99Ms(lap));
                bytesPerSecond = Math.min(bytesPerSecond, taken.bytes() * 1e3 / Math.max(1, taken.took().toMillis()));
                bench.note(String.format(Locale.ROOT, "%s: %,d bytes in %,d ms, p99 of %,d puts meanwhile: %.2f ms",
                        node, taken.bytes(), taken.took().toMillis(), lap.getTotalCount(), p99Ms(lap)));
            }
            puts.stop(pacing);
            cluster.requireAlive();
            return List.of(SnapshotFigure.told("take-p99-before", "ms", beforeMs),
                    SnapshotFigure.atMost("take-p99", "ms", takingMs, Math.max(2 * beforeMs, P99_MS)),
                    SnapshotFigure.atMost("take-leader-changes", "", Watching.term(cluster) - term, 0),
                    SnapshotFigure.told("take-silence-before", "ms", silenceBeforeMs),
                    SnapshotFigure.atMost("take-silence", "ms", silenceMs(cluster), SILENCE_MS),
                    SnapshotFigure.told("take-slowest", "MB/s", bytesPerSecond / 1e6));
        }
    }

    private static double p99Ms(Histogram nanos) {
        return nanos.getValueAtPercentile(99) / MS;
    }

    /** The longest time in this term without a word of the leader, of any follower. */
    private static double silenceMs(BenchCluster cluster) throws InterruptedException {
        long longest = 0;
        for (String node : cluster.names()) {
            longest = Math.max(longest, cluster.status(node).number("leader_silence_max_ms"));
        }
        return longest;
    }
}
