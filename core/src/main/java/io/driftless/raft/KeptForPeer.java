package io.driftless.raft;

import org.jspecify.annotations.Nullable;

/**
 * What a leader keeps for one peer that it brings up to date (R31): the snapshot that it sends, and then the log behind
 * that. Neither depends on a connection, only on whether the peer gets on. Confined to the core's owner.
 */
final class KeptForPeer {

    /** If the peer has not got on for so long, nothing more is kept for it. */
    private static final long GRACE_NS = 60_000_000_000L;

    /** What it is sent; null if it needs none. */
    private @Nullable SnapshotId snapshot;
    /** Whether it was sent one, and has not had all of the log since. */
    private boolean catchingUp;
    /** How far it has said that it takes the snapshot: what is written there, and a window. */
    private long reach;
    private long gotOnNs;

    KeptForPeer(long nowNs) {
        this.gotOnNs = nowNs;
    }

    /** The peer is sent this snapshot, perhaps again. */
    void sends(SnapshotId id, long nowNs) {
        if (!isSent(id)) {
            snapshot = id;
            reach = 0;
            gotOnNs = nowNs;
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

    /** It takes the snapshot up to there. What it has once taken is no news. */
    void reached(long upTo, long nowNs) {
        if (upTo > reach) {
            reach = upTo;
            gotOnNs = nowNs;
        }
    }

    /** Its matchIndex has risen. */
    void gotOn(long nowNs) {
        gotOnNs = nowNs;
    }

    /** When it last got on. */
    long gotOnNs() {
        return gotOnNs;
    }

    /** Whether the snapshot must stay for it. */
    boolean holdsSnapshot(long nowNs) {
        return snapshot != null && nowNs - gotOnNs < GRACE_NS;
    }

    /** Whether the log must stay for it behind what it is known to have, connected or not. */
    boolean holdsLog(long nowNs) {
        return catchingUp && nowNs - gotOnNs < GRACE_NS;
    }
}
