package io.driftless.bench.log;

import io.driftless.bench.log.EntryWriter.Kind;
import io.driftless.bench.log.LogFigure.Bar;
import io.driftless.bench.log.LogFigure.Taken;
import io.driftless.bench.run.Measuring;
import io.driftless.ops.process.ScratchFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The same three figures of logs with few, more and many entries; how far their medians are apart.
 *
 * @param bench what all parts share
 */
record Growth(Bench bench) implements LogMeasurement {

    private static final int FEW = 1_000;
    private static final int TENTH = 10;
    private static final int APPENDS = 10_000;
    private static final int READS = 1_000_000;
    private static final int SHOTS = 5;
    private static final double SPREAD = 1.25;
    private static final String APPEND = "grown-append-per-s";
    private static final String SYNC = "grown-sync-p50-us";
    private static final String SYNC_OVER_W = "grown-sync-over-w";
    private static final String READ = "grown-read-in-order-per-s";

    @Override
    public String name() {
        return "growth";
    }

    private List<Integer> counts() {
        return List.of(FEW, bench.entries() / TENTH, bench.entries());
    }

    @Override
    public void round(int number, LogFigures figures) throws IOException {
        for (int count : counts()) {
            if (count == bench.entries()) {
                round(figures, count, bench.fixtures().shared(count));
            } else {
                // Each round adds entries, which does not matter to a log with many.
                ScratchFolder fresh = bench.fixtures().fresh(count);
                try {
                    round(figures, count, fresh.path());
                } finally {
                    fresh.remove();
                }
            }
        }
    }

    private void round(LogFigures figures, int count, Path folder) {
        Measuring jmh = bench.jmh();
        int reads = Math.min(READS, bench.entries());
        figures.add(READ + "-" + count, Bar.NONE, Taken.of(reads / jmh.shot(LogBenchmark.class, "readInOrder",
                Map.of("folder", folder.toString(), "count", Integer.toString(reads), "readBefore", "true"), 1,
                SHOTS)));
        figures.add(APPEND + "-" + count, Bar.NONE, Taken.of(APPENDS / jmh.shot(LogBenchmark.class, "appendBehind",
                Map.of("folder", folder.toString(), "count", Integer.toString(APPENDS)), 1, SHOTS)));
        double sync = jmh.latency(LogBenchmark.class, "appendBehindAndSync", Map.of("folder", folder.toString(),
                "count", "1"), bench.millis()).p50Us();
        double floor = jmh.latency(LogBenchmark.class, "appendAndSync",
                DurableAppends.parameters(bench, Kind.W, LogBenchmark.SIZE, 1), bench.millis()).p50Us();
        figures.add(SYNC + "-" + count, Bar.NONE, new Taken(sync, floor, Double.NaN, Double.NaN));
        // The disk is another one within seconds: what the log adds is what can be compared.
        figures.add(SYNC_OVER_W + "-" + count, Bar.NONE, Taken.of(sync / floor));
    }

    @Override
    public void finish(LogFigures figures) {
        for (String name : List.of(READ, APPEND, SYNC_OVER_W)) {
            double[] medians = counts().stream().mapToDouble(count -> figures.median(name + "-" + count)).sorted()
                    .toArray();
            figures.add(name + "-spread", Bar.atMost(SPREAD), Taken.of(medians[medians.length - 1] / medians[0]));
        }
    }
}
