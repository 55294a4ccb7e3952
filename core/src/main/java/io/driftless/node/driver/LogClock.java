package io.driftless.node.driver;

/**
 * The log's own clock: it goes on from the last entry's stamp with this server's elapsed time, so that a
 * wrong wall clock, or a time without a leader, moves nothing. Confined to the owner of the core.
 */
final class LogClock {

    private long lastStampMs;
    private long lastNs;

    LogClock(long lastStampMs, long nowNs) {
        this.lastStampMs = lastStampMs;
        this.lastNs = nowNs;
    }

    /** The log's last entry is another leader's now and carries this stamp, which may be lower than one of our own. */
    void follows(long stampMs, long nowNs) {
        lastStampMs = stampMs;
        lastNs = nowNs;
    }

    /** A new leader goes on from the last stamp: what went by without a leader does not count. */
    void leads(long nowNs) {
        lastNs = nowNs;
    }

    /** The stamp of an entry made now; never below that of the log's last entry. */
    long stampMs(long nowNs) {
        long elapsedMs = (nowNs - lastNs) / 1_000_000;
        lastStampMs += elapsedMs;
        lastNs += elapsedMs * 1_000_000;
        return lastStampMs;
    }
}
