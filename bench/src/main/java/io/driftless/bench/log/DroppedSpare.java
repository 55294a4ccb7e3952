package io.driftless.bench.log;

import io.driftless.bench.log.LogFigure.Bar;
import io.driftless.bench.log.LogFigure.Taken;
import java.util.Map;

/**
 * Commits into a prepared segment whose cached pages were dropped before it was used, against a fresh one.
 *
 * @param bench what all parts share
 */
record DroppedSpare(Bench bench) implements LogMeasurement {

    private static final double TIMES_FRESH = 1.2;

    @Override
    public String name() {
        return "spare";
    }

    @Override
    public void round(int number, LogFigures figures) {
        double fresh = take(false);
        double dropped = take(true);
        figures.add("spare-fresh-p50-us", Bar.NONE, Taken.of(fresh));
        figures.add("spare-dropped-p50-us", Bar.NONE, Taken.of(dropped));
        figures.add("spare-dropped-times-fresh", Bar.atMost(TIMES_FRESH), Taken.of(dropped / fresh));
    }

    private double take(boolean dropped) {
        return bench.jmh().latency(SpareBenchmark.class, "appendAndSync",
                Map.of("directory", bench.folder().toString(), "dropped", Boolean.toString(dropped)),
                bench.millis()).p50Us();
    }
}
