package io.driftless.node.driver;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Write ids that do not come again in a process, not even after a restart in place: a late completion of the run before
 * must not pass for one of this run. Each run has 2^40 of its own. They are positive, and begin anew after 2^23 - 1
 * runs, when nobody remembers the first. Thread safe.
 */
final class WriteIds {

    private static final long A_RUN = 1L << 40;
    private static final long RUNS_MAX = Long.MAX_VALUE / A_RUN;
    private static final AtomicLong RUNS = new AtomicLong();

    private WriteIds() { }

    /** The first id of a run that begins. */
    static long ofNewRun() {
        return firstOf(RUNS.getAndIncrement());
    }

    static long firstOf(long run) {
        return 1 + run % RUNS_MAX * A_RUN;
    }
}
