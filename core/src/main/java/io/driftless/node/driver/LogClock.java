package io.driftless.node.driver;

import java.util.function.LongSupplier;

/**
 * The log's own clock (R23): the stamp of the newest entry, and while this server leads its elapsed time on top. So a
 * wrong wall clock, or a time without a leader, moves nothing. What goes by between two looks counts up to a limit
 * only: a leader that was suspended does not jump ahead. The first entry of a log begins at the wall clock of the
 * leader that makes it, so that a stamp can be read as a date. Confined to the owner of the core.
 */
final class LogClock {

    private final LongSupplier wallMs;
    private final long stepNsMax;
    private long lastStampMs;
    private long lookedNs;
    /** What has gone by since the last stamp and is less than a millisecond. */
    private long restNs;

    /**
     * @param lastStampMs the stamp of the log's last entry, or of the one before an empty log; anything if that is
     *                    index 0
     * @param wallMs      the wall clock in milliseconds
     * @param stepNsMax   how much time counts at most between two looks
     */
    LogClock(long lastStampMs, LongSupplier wallMs, long stepNsMax) {
        this.lastStampMs = lastStampMs;
        this.wallMs = wallMs;
        this.stepNsMax = stepNsMax;
    }

    /** The log's last entry is another leader's now and carries this stamp, which may be lower than one of our own. */
    void follows(long stampMs) {
        lastStampMs = stampMs;
        restNs = 0;
    }

    /** A new leader goes on from the last stamp: what went by without a leader does not count. */
    void leads(long nowNs) {
        lookedNs = nowNs;
        restNs = 0;
    }

    /** The leader looks: to be called at least every heartbeat interval. */
    void look(long nowNs) {
        long elapsedNs = restNs + Math.min(nowNs - lookedNs, stepNsMax);
        lookedNs = nowNs;
        lastStampMs += elapsedNs / 1_000_000;
        restNs = elapsedNs % 1_000_000;
    }

    /** The stamp of an entry that the leader makes now; never below that of the log's last entry. */
    long stampMs(long index, long nowNs) {
        if (index == 1) {
            lastStampMs = wallMs.getAsLong();
            leads(nowNs);
        } else {
            look(nowNs);
        }
        return lastStampMs;
    }

    /** What the leader's clock showed at the last look. */
    long lastMs() {
        return lastStampMs;
    }
}
