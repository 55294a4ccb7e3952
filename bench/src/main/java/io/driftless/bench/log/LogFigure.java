package io.driftless.bench.log;

import io.driftless.bench.run.Medians;
import java.util.ArrayList;
import java.util.List;

/**
 * One figure of {@code bench log}: what each round measured, and the bar that its median must meet. Immutable.
 *
 * @param name  words and numbers joined by hyphens, the unit last
 * @param bar   what is good enough
 * @param taken what was measured; at least one round
 */
record LogFigure(String name, Bar bar, List<Taken> taken) {

    /**
     * The same thing measured of the log and of the floors in one round; NaN for a floor that was not.
     *
     * @param log   the log
     * @param w     floor W
     * @param m     floor M
     * @param plain the mapped writer without Chronicle
     */
    record Taken(double log, double w, double m, double plain) {

        /** Without floors. */
        static Taken of(double log) {
            return new Taken(log, Double.NaN, Double.NaN, Double.NaN);
        }
    }

    /** What is judged. */
    enum Judged {
        /** The log's own figure. */
        LOG,
        /** The log's figure divided by that of W, in the same round. */
        OVER_W,
        /** The log's figure divided by that of M, in the same round. */
        OVER_M;

        private double of(Taken round) {
            return switch (this) {
                case LOG -> round.log();
                case OVER_W -> round.log() / round.w();
                case OVER_M -> round.log() / round.m();
            };
        }
    }

    /**
     * What is good enough.
     *
     * @param judged what is looked at
     * @param least  the lowest value allowed
     * @param most   the highest value allowed
     */
    record Bar(Judged judged, double least, double most) {

        /** Anything is. */
        static final Bar NONE = new Bar(Judged.LOG, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

        static Bar atMost(double most) {
            return new Bar(Judged.LOG, Double.NEGATIVE_INFINITY, most);
        }

        static Bar atLeast(double least) {
            return new Bar(Judged.LOG, least, Double.POSITIVE_INFINITY);
        }

        static Bar atMostTimesW(double most) {
            return new Bar(Judged.OVER_W, Double.NEGATIVE_INFINITY, most);
        }

        static Bar atLeastTimesM(double least) {
            return new Bar(Judged.OVER_M, least, Double.POSITIVE_INFINITY);
        }
    }

    LogFigure {
        taken = List.copyOf(taken);
        if (taken.isEmpty()) {
            throw new IllegalArgumentException(name + ": no rounds");
        }
    }

    /** With one round more. */
    LogFigure and(Taken round) {
        List<Taken> more = new ArrayList<>(taken);
        more.add(round);
        return new LogFigure(name, bar, more);
    }

    /** The median of each column apart. */
    Taken median() {
        return new Taken(Medians.median(taken, Taken::log), Medians.median(taken, Taken::w),
                Medians.median(taken, Taken::m), Medians.median(taken, Taken::plain));
    }

    /** What the bar is about: the median of what the rounds gave, a ratio being that of one and the same round. */
    double judged() {
        return Medians.median(taken, bar.judged()::of);
    }

    /** Chronicle's price: the median of log ÷ plain mapped writer; NaN if that was not measured. */
    double overPlain() {
        return Medians.median(taken, round -> round.log() / round.plain());
    }

    /** Whether the bar is met; never by something that could not be measured. */
    boolean met() {
        return judged() >= bar.least() && judged() <= bar.most();
    }
}
