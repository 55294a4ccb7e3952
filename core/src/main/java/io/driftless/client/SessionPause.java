package io.driftless.client;

/**
 * While it lasts nothing new is sent in a session, so that what the server refused goes again before what came later.
 * It has no clock: the time is an argument. Guarded by the lane's lock.
 */
final class SessionPause {

    private static final long NO_SERIAL = Long.MAX_VALUE;

    private boolean on;
    private long endNs;
    /** It ends early once this serial is not wanted any more. */
    private long awaited = NO_SERIAL;

    /** Whether it lasts. */
    boolean isOn() {
        return on;
    }

    /** Begins, or goes on, until that time at least: the server asked for it. */
    void until(long untilNs) {
        endNs = on && endNs - untilNs > 0 ? endNs : untilNs;
        awaited = NO_SERIAL;
        on = true;
    }

    /** Begins, if none lasts, until that time, or until {@code serial} is not wanted any more. */
    void untilUnwanted(long serial, long untilNs) {
        if (!on) {
            endNs = untilNs;
            awaited = serial;
            on = true;
        }
    }

    /** Whether it lasts only for the sake of a serial below the lowest wanted one. */
    boolean isVain(long lowestWanted) {
        return on && lowestWanted > awaited;
    }

    /** How long it still lasts: zero or less if its time has come, {@link Long#MAX_VALUE} if there is none. */
    long leftNs(long nowNs) {
        return on ? endNs - nowNs : Long.MAX_VALUE;
    }

    /** Ends. */
    void end() {
        on = false;
    }
}
