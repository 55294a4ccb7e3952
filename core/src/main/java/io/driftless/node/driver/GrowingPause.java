package io.driftless.node.driver;

/**
 * When something that goes on, or comes again and again, is to be told once more: at once, then after a pause that
 * doubles up to a limit. It begins anew when it is over, or when nothing has come for twice the pause. Time is handed
 * in, in nanoseconds that never fall. Not thread safe.
 */
final class GrowingPause {

    /** Behind the first time. */
    static final long FIRST_NS = 5_000_000_000L;
    /** The longest one. */
    static final long LAST_NS = 600_000_000_000L;

    private boolean told;
    private long pauseNs;
    private long toldNs;
    private long dueNs;
    private long cameNs;
    private long held;

    /** It comes, or goes on: whether it is to be told now, which counts as done then. */
    boolean isDue(long nowNs) {
        if (told && nowNs - cameNs > 2 * pauseNs) {
            over();
        }
        cameNs = nowNs;
        if (told && nowNs < dueNs) {
            held++;
            return false;
        }
        pauseNs = told ? Math.min(2 * pauseNs, LAST_NS) : FIRST_NS;
        told = true;
        toldNs = nowNs;
        dueNs = nowNs + pauseNs;
        return true;
    }

    /** It has changed: it may be told again after the first pause already, and the pauses go on growing. */
    void changed() {
        dueNs = Math.min(dueNs, toldNs + FIRST_NS);
    }

    /** How often it has come without being told since this was last asked. */
    long takeHeld() {
        long count = held;
        held = 0;
        return count;
    }

    /** Whether it was told since it began. */
    boolean wasTold() {
        return told;
    }

    /** It is over: the next time it is told at once. */
    void over() {
        told = false;
        held = 0;
    }
}
