package io.driftless.bench;

import io.driftless.bench.LogFigure.Bar;
import io.driftless.bench.LogFigure.Taken;
import java.io.IOException;
import java.util.Map;

/**
 * Reads with checksum of a log with many entries: in order, and any.
 *
 * @param bench what all parts share
 */
record Reads(Bench bench) implements LogMeasurement {

    private static final double IN_ORDER_PER_S = 10_000_000;
    private static final double ANY_US = 1;

    @Override
    public String name() {
        return "read";
    }

    @Override
    public void round(int number, LogFigures figures) throws IOException {
        int entries = bench.entries();
        Map<String, String> log = Map.of("folder", bench.fixtures().shared(entries).toString(),
                "count", Integer.toString(entries));
        figures.add("read-in-order-" + entries + "-per-s", Bar.atLeast(IN_ORDER_PER_S),
                Taken.of(entries / bench.jmh().shot(LogBenchmark.class, "readInOrder", log, 0, 1)));
        figures.add("read-any-of-" + entries + "-p50-us", Bar.atMost(ANY_US),
                Taken.of(bench.jmh().latency(LogBenchmark.class, "readAny", log, bench.millis()).p50Us()));
    }
}
