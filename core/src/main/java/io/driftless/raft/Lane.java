package io.driftless.raft;

/** The ordered streams to a peer; nothing on one waits for what is on another. */
public enum Lane {
    /** Elections, heartbeats and their replies: small, urgent. */
    CONTROL,
    /** Entries and their acknowledgements. */
    DATA,
    /**
     * Chunks of a snapshot: large, and in no hurry. It opens when something is sent on it and ends alone, which ends
     * nothing else: what it loses is offered again (R30).
     */
    BULK
}
