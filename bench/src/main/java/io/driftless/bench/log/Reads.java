package io.driftless.bench.log;

import io.driftless.bench.log.LogFigure.Bar;
import io.driftless.bench.log.LogFigure.Taken;
import java.io.IOException;
import java.util.Map;

/**
 * Reads with checksum of a log with many entries: in order, and any. Judged when every page has been read before; what
 * the first touch of a page by this process costs stands beside it.
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
        figures.add("read-in-order-first-" + entries + "-per-s", Bar.NONE, Taken.of(inOrder(false)));
        figures.add("read-in-order-" + entries + "-per-s", Bar.atLeast(IN_ORDER_PER_S), Taken.of(inOrder(true)));
        figures.add("read-any-first-of-" + entries + "-p50-us", Bar.NONE, Taken.of(any(false)));
        figures.add("read-any-of-" + entries + "-p50-us", Bar.atMost(ANY_US), Taken.of(any(true)));
    }

    private double inOrder(boolean readBefore) throws IOException {
        return bench.entries() / bench.jmh().shot(LogBenchmark.class, "readInOrder", log(readBefore), 0, 1);
    }

    private double any(boolean readBefore) throws IOException {
        return bench.jmh().latency(LogBenchmark.class, "readAny", log(readBefore), bench.millis()).p50Us();
    }

    private Map<String, String> log(boolean readBefore) throws IOException {
        return Map.of("folder", bench.fixtures().shared(bench.entries()).toString(),
                "count", Integer.toString(bench.entries()), "readBefore", Boolean.toString(readBefore));
    }
}
