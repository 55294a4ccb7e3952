package io.driftless.raft;

import org.jspecify.annotations.Nullable;

/**
 * What a leader keeps for one peer that it brings up to date (R31): the snapshot that it sends, and then the log behind
 * that. A cut ends neither, as long as the peer gets on. Confined to the core's owner.
 */
final class KeptForPeer {

    /** If the peer has not got on for so long, no snapshot is kept for it, and no log if it is cut off. */
    private static final long GRACE_NS = 60_000_000_000L;

    /** What it is sent; null if it needs none. */
    private @Nullable SnapshotId snapshot;
    /** Whether it was sent one, and has not had all of the log since. */
    private boolean catchingUp;
    /** How far this start of it has said that it takes the snapshot: what is written there, and a window. */
    private long reach;
    /** When it last had more of the snapshot written. */
    private long wroteNs;
    /** When that was, or its matchIndex rose. */
    private long gotOnNs;

    KeptForPeer(long nowNs) {
        this.gotOnNs = nowNs;
    }

    /** The peer is sent this snapshot, perhaps again. */
    void sends(SnapshotId id, long nowNs) {
        if (!isSent(id)) {
            snapshot = id;
            reach = 0;
            wrote(nowNs);
        }
        catchingUp = true;
    }

    /** Whether it is sent one. */
    boolean isSentOne() {
        return snapshot != null;
    }

    /** Whether it is sent this one. */
    boolean isSent(SnapshotId id) {
        return id.equals(snapshot);
    }

    /** Whether what it is sent lies at or below {@code index}. */
    boolean isSentUpTo(long index) {
        return snapshot != null && snapshot.index() <= index;
    }

    /** It has the snapshot, or is not to get it any more. */
    void snapshotEnded() {
        snapshot = null;
    }

    /** It has all of the log. */
    void caughtUp() {
        catchingUp = false;
    }

    /** A new start of the peer: what it had of a snapshot is gone. */
    void restarted() {
        reach = 0;
    }

    /**
     * It takes the snapshot up to there. The first time in a start that is its window, and only from there on does it
     * tell what gets written. What it has once taken is no news.
     */
    void reached(long upTo, long nowNs) {
        if (upTo > reach) {
            if (reach > 0) {
                wrote(nowNs);
            }
            reach = upTo;
        }
    }

    private void wrote(long nowNs) {
        wroteNs = nowNs;
        gotOnNs = nowNs;
    }

    /** Its matchIndex has risen. */
    void gotOn(long nowNs) {
        gotOnNs = nowNs;
    }

    /** When it last got on. */
    long gotOnNs() {
        return gotOnNs;
    }

    /** Whether the snapshot must stay for it. That its log grows meanwhile, or is found anew, is no reason (R32). */
    boolean holdsSnapshot(long nowNs) {
        return snapshot != null && nowNs - wroteNs < GRACE_NS;
    }

    /** Whether the log must stay for it behind what it is known to have although it is cut off. */
    boolean holdsLog(long nowNs) {
        return catchingUp && nowNs - gotOnNs < GRACE_NS;
    }
}
