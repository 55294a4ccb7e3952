package io.driftless.bench.snapshot;

/**
 * A figure and its bar. Immutable.
 *
 * @param name  what it is, without spaces
 * @param unit  of the value
 * @param value what was measured
 * @param kind  how it is judged
 * @param bar   against what; 0 if it is not judged
 */
record SnapshotFigure(String name, String unit, double value, Kind kind, double bar) {

    /** How a figure is judged. */
    enum Kind { AT_MOST, AT_LEAST, NOT_JUDGED }

    static SnapshotFigure atMost(String name, String unit, double value, double bar) {
        return new SnapshotFigure(name, unit, value, Kind.AT_MOST, bar);
    }

    static SnapshotFigure atLeast(String name, String unit, double value, double bar) {
        return new SnapshotFigure(name, unit, value, Kind.AT_LEAST, bar);
    }

    static SnapshotFigure told(String name, String unit, double value) {
        return new SnapshotFigure(name, unit, value, Kind.NOT_JUDGED, 0);
    }

    /** Whether the bar is met; a figure that is not judged meets it. */
    boolean isMet() {
        return switch (kind) {
            case AT_MOST -> value <= bar;
            case AT_LEAST -> value >= bar;
            case NOT_JUDGED -> true;
        };
    }
}
