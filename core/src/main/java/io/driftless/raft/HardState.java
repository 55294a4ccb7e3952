package io.driftless.raft;

/**
 * What a server must never forget: its term, and its vote in that term (Raft figure 2, "persistent state on all
 * servers"). Immutable.
 *
 * @param currentTerm latest term the server has seen; 0 at first, only rises
 * @param votedFor    candidate that got its vote in that term, or {@link ServerId#NONE}
 */
public record HardState(long currentTerm, ServerId votedFor) {

    /** The state of a server that has seen nothing. */
    public static final HardState INITIAL = new HardState(0, ServerId.NONE);

    /** Checks the term. */
    public HardState {
        if (currentTerm < 0) {
            throw new IllegalArgumentException("negative term " + currentTerm);
        }
        if (currentTerm == 0 && !votedFor.isNone()) {
            throw new IllegalArgumentException("a vote in term 0, where there is no election");
        }
    }
}
