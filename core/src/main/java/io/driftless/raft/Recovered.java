package io.driftless.raft;

import java.util.Optional;

/**
 * What a server finds when it starts, all of it durable (R14); in doubt it may lack entries that it acknowledged, but
 * only at the end of its log (R18). Immutable.
 *
 * @param hardState     term and vote
 * @param boundaryTerm  the term of the entry before the first one; 0 if that is index 0
 * @param log           indexes and terms of all entries
 * @param stored        the weights of those entries
 * @param appliedIndex  what the state machine has applied already; 0 if it keeps nothing
 * @param doubtTerm     the term it had when it came into doubt, at least 1; 0 if it is not in doubt (R18)
 * @param snapshot      its newest good snapshot; empty without one
 */
public record Recovered(HardState hardState, long boundaryTerm, TermRuns log, StoredWeights stored, long appliedIndex,
        long doubtTerm, Optional<OwnSnapshot> snapshot) {

    /** A server without a snapshot. */
    public Recovered(HardState hardState, long boundaryTerm, TermRuns log, StoredWeights stored, long appliedIndex,
            long doubtTerm) {
        this(hardState, boundaryTerm, log, stored, appliedIndex, doubtTerm, Optional.empty());
    }

    /**
     * A snapshot that the server holds, durably.
     *
     * @param id   which one
     * @param size the length of its content, in bytes
     * @param era  in which what it holds was known to be committed (R18)
     */
    public record OwnSnapshot(SnapshotId id, long size, long era) { }

    /** A server that has nothing yet. */
    public static Recovered nothing() {
        return new Recovered(HardState.INITIAL, 0, TermRuns.empty(1), (from, to) -> 0, 0, 0);
    }
}
