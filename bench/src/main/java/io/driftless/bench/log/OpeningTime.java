package io.driftless.bench.log;

import io.driftless.bench.log.LogFigure.Bar;
import io.driftless.bench.log.LogFigure.Taken;
import java.io.IOException;
import java.util.Map;

/**
 * Opening a log whose files are in the page cache, in a JVM that opened one before and in a fresh one. The latter is
 * forked; its start does not count, the loading of the log's classes does.
 *
 * @param bench what all parts share
 */
record OpeningTime(Bench bench) implements LogMeasurement {

    private static final int TENTH = 10;
    private static final int MANY = 1_000_000;

    @Override
    public String name() {
        return "open";
    }

    @Override
    public void round(int number, LogFigures figures) throws IOException {
        open(figures, bench.entries() / TENTH);
        open(figures, bench.entries());
    }

    private void open(LogFigures figures, int entries) throws IOException {
        Map<String, String> log = Map.of("folder", bench.fixtures().shared(entries).toString());
        figures.add("open-" + entries + "-again-s", Bar.atMost(entries > MANY ? 2 : 0.5),
                Taken.of(bench.jmh().shot(LogBenchmark.class, "open", log, 1, 3)));
        figures.add("open-" + entries + "-fresh-jvm-s", Bar.atMost(entries > MANY ? 3 : 1.5),
                Taken.of(bench.jmh().firstShot(LogBenchmark.class, "open", log)));
    }
}
