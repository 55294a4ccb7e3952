package io.driftless.raft;

/**
 * What must hold after every step, and between one step and the next. Cheap enough to be checked always; a breach ends
 * the server. Confined to the core's owner.
 */
final class Invariants {

    private long lastTerm;
    private ServerId lastVote = ServerId.NONE;
    private long lastCommit;
    private long lastApply;

    /** Throws {@link IllegalStateException} naming the breach. */
    void check(ServerState state) {
        LogTail log = state.log;
        require(log.boundaryIndex() <= log.durableIndex() && log.durableIndex() <= log.lastIndex(), state,
                "durableIndex lies within the log");
        require(state.applyIndex <= state.commitIndex, state, "only what is committed is applied");
        require(state.applyIndex <= Math.max(log.durableIndex(), state.restoredIndex), state,
                "only what is durable here is applied (R5)");
        require(log.boundaryIndex() <= state.commitIndex && state.commitIndex <= log.lastIndex(), state,
                "commitIndex lies within the log");
        require(log.lastTerm() <= state.currentTerm(), state, "no entry is of a term to come (R16)");
        require(state.currentTerm() >= lastTerm, state, "currentTerm never falls");
        require(state.currentTerm() > lastTerm || lastVote.isNone() || lastVote.equals(state.votedFor()), state,
                "a vote is never changed");
        require(state.commitIndex >= lastCommit && state.applyIndex >= lastApply, state,
                "commitIndex and lastApplied never fall");
        require(!state.isInDoubt() || state.role instanceof Role.Follower, state,
                "a server in doubt neither campaigns nor leads (R18)");
        require(!(state.needsSnapshot || state.isRestoring) || state.role instanceof Role.Follower, state,
                "a server without its state neither campaigns nor leads (R32)");
        switch (state.role) {
            case Role.Leader leader -> {
                require(state.leaderId.equals(state.self) && state.votedFor().equals(state.self), state,
                        "a leader voted for itself");
                require(state.hardState.isDurable(), state, "a leader's term and vote are durable (R1)");
                leader.progress.forEach((peer, progress) -> require(progress.matchIndex() < progress.nextIndex()
                        && progress.nextIndex() <= log.lastIndex() + 1, state,
                        "matchIndex < nextIndex <= last index + 1 of " + peer));
            }
            case Role.Candidate candidate -> require(state.votedFor().equals(state.self), state,
                    "a candidate voted for itself");
            case Role.PreCandidate round -> require(state.leaderId.isNone(), state, "a pre-candidate knows no leader");
            case Role.Follower follower -> require(!state.leaderId.equals(state.self), state,
                    "a follower does not follow itself");
        }
        lastTerm = state.currentTerm();
        lastVote = state.votedFor();
        lastCommit = state.commitIndex;
        lastApply = state.applyIndex;
    }

    private static void require(boolean holds, ServerState state, String rule) {
        if (!holds) {
            throw new IllegalStateException("broken invariant on " + state.self + " in term " + state.currentTerm()
                    + " as " + state.role.name()
                    + ": " + rule + " (last " + state.log.lastIndex() + ", durable " + state.log.durableIndex()
                    + ", commit " + state.commitIndex
                    + ", applied " + state.applyIndex + ")");
        }
    }
}
