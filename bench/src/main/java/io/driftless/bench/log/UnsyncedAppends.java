package io.driftless.bench.log;

import io.driftless.bench.log.EntryWriter.Kind;
import io.driftless.bench.log.LogFigure.Bar;
import io.driftless.bench.log.LogFigure.Taken;
import java.util.Map;

/**
 * Appends without a sync, one entry at a time: within one segment, and many in a row with all changes of segments.
 *
 * @param bench what all parts share
 */
record UnsyncedAppends(Bench bench) implements LogMeasurement {

    private static final double WITHIN_PER_S = 1_500_000;
    private static final double IN_A_ROW_TIMES_M = 0.8;
    /** What fits into a segment. */
    private static final int WITHIN = 180_000;
    private static final int SHOTS = 3;

    @Override
    public String name() {
        return "append";
    }

    @Override
    public void round(int number, LogFigures figures) {
        int within = Math.min(WITHIN, bench.entries());
        figures.add("append-256-in-a-segment-per-s", Bar.atLeast(WITHIN_PER_S), new Taken(
                perSecond(Kind.LOG, within, 1, SHOTS), Double.NaN, perSecond(Kind.M, within, 1, SHOTS),
                perSecond(Kind.PLAIN, within, 1, SHOTS)));
        // Takes a minute: in every other round.
        if (number % 2 == 0) {
            return;
        }
        figures.add("append-256-" + bench.entries() + "-in-a-row-per-s", Bar.atLeastTimesM(IN_A_ROW_TIMES_M),
                new Taken(perSecond(Kind.LOG, bench.entries(), 0, 1), Double.NaN,
                        perSecond(Kind.M, bench.entries(), 0, 1), Double.NaN));
    }

    private double perSecond(Kind writer, int count, int warmups, int shots) {
        return count / bench.jmh().shot(LogBenchmark.class, "append",
                Map.of("directory", bench.folder().toString(), "writer", writer.label(),
                        "size", Integer.toString(LogBenchmark.SIZE), "count", Integer.toString(count)),
                warmups, shots);
    }
}
