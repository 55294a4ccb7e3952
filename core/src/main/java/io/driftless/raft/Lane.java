package io.driftless.raft;

/** The two ordered streams to a peer; nothing on one waits for what is on the other. */
public enum Lane {
    /** Elections, heartbeats and their replies: small, urgent. */
    CONTROL,
    /** Entries and their acknowledgements. */
    DATA
}
