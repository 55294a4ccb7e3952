package io.driftless.raft;

/** When a leader may call an entry committed (Raft §5.3, §5.4.2). Confined to the core's owner. */
final class CommitRule {

    private final ServerState state;

    CommitRule(ServerState state) {
        this.state = state;
    }

    /** Counts who has what, itself only as far as it is durable (R5), and commits. */
    void leaderCommits(Role.Leader leader) {
        long quorumIndex = Quorum.acceptedIndex(state.configuration, id -> {
            Progress progress = leader.progress.get(id);
            return progress == null ? state.log.durableIndex() : progress.matchIndex();
        });
        // Counting replicas proves commitment only for entries of our own term. An older entry that reached a majority
        // can still be overwritten by a leader elected without it (Raft figure 8), so it is committed by the first
        // entry of this term above it.
        if (quorumIndex > state.commitIndex && state.log.termAt(quorumIndex) == state.currentTerm()) {
            state.commitTo(quorumIndex);
        }
    }
}
