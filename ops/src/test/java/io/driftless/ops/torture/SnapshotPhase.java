package io.driftless.ops.torture;

import java.util.Locale;

/** What a node is doing with its snapshots or its log when SIGKILL ends it. */
enum SnapshotPhase {
    /** It writes a snapshot of its own. */
    TAKING,
    /** It leads, and its snapshot is on its way to a follower. */
    SENDING,
    /** It writes the snapshot that the leader sends. */
    RECEIVING,
    /** The leader's snapshot is durable, and the log is about to be reset and the state machine restored. */
    INSTALLING,
    /** It starts, and its state machine reads a snapshot. */
    RESTORING,
    /** Its log has just dropped segments. */
    COMPACTING,
    /** Anything. */
    ANY;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
