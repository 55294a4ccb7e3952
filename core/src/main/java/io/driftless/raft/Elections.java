package io.driftless.raft;

/**
 * Elections: Raft §5.2 and §5.4.1, with PreVote (thesis §9.6) and leader stickiness (thesis §4.2.3). Confined to the
 * core's owner.
 */
final class Elections {

    private final ServerState state;
    private final Replication replication;

    Elections(ServerState state, Replication replication) {
        this.state = state;
        this.replication = replication;
    }

    /** The election timer has run out: a round of one's own begins, whatever came of the last one (Raft §5.2). */
    void timedOut() {
        state.resetElectionTimer();
        if (!state.mayCampaign()) {
            if (!(state.role instanceof Role.Follower)) {
                state.stepDown(state.isDiskStuck() ? "its disk is stuck" : "may not campaign");
            }
            return;
        }
        Role.PreCandidate round = new Role.PreCandidate();
        round.granted.add(state.self);
        state.become(round, ServerId.NONE, "election timeout");
        if (!preVoteDecided(round)) {
            for (ServerId peer : state.configuration.members()) {
                if (!peer.equals(state.self)) {
                    state.sendDurably(peer, Lane.CONTROL, new Message.PreVote(state.currentTerm() + 1, state.self,
                            state.log.lastIndex(),
                            state.log.lastTerm()));
                }
            }
        }
    }

    /** Answers whether a vote would be given. Changes no term, vote, timer or disk here (R8). */
    void preVote(ServerId from, Lane lane, Message.PreVote request) {
        boolean granted = !sticksToLeader() && !state.silent && request.term() > state.currentTerm()
                && !state.isInDoubt() && isUpToDate(request.lastLogIndex(), request.lastLogTerm());
        state.sendDurably(from, lane, new Message.PreVoteReply(state.currentTerm(), request.term(), granted));
    }

    /** Counts an answer to the present round only (R2). */
    void preVoteReply(ServerId from, Message.PreVoteReply reply) {
        if (state.role instanceof Role.PreCandidate round && reply.requestTerm() == state.currentTerm() + 1) {
            (reply.voteGranted() ? round.granted : round.refused).add(from);
            preVoteDecided(round);
        }
    }

    private boolean preVoteDecided(Role.PreCandidate round) {
        return switch (Quorum.tally(state.configuration, round.granted::contains, round.refused::contains)) {
            case WON -> {
                campaign(false);
                yield true;
            }
            // The next round waits for the timer, as after a split vote (Raft §5.2).
            case OPEN, LOST -> false;
        };
    }

    /**
     * The leader hands its leadership over, to this server (thesis §3.10). It campaigns without asking first whether it
     * would be elected, and its requests say that no voter needs to stick to that leader. Whoever else says so, or who
     * may not campaign, changes nothing (R26).
     */
    void timeoutNow(ServerId from, Message.TimeoutNow request) {
        if (request.term() == state.currentTerm() && state.leaderId.equals(from)
                && state.role instanceof Role.Follower && state.mayCampaign()) {
            state.resetElectionTimer();
            campaign(true);
        }
    }

    private void campaign(boolean isTransfer) {
        long term = state.currentTerm() + 1;
        long ownVote = state.persist(new HardState(term, state.self));
        state.become(new Role.Candidate(ownVote), ServerId.NONE, isTransfer ? "its leader hands over"
                : "a quorum would vote for it");
        // Held back until the candidate's own term and vote are durable (R1).
        for (ServerId peer : state.configuration.members()) {
            if (!peer.equals(state.self)) {
                state.sendDurably(peer, Lane.CONTROL, new Message.RequestVote(term, state.self, state.log.lastIndex(),
                        state.log.lastTerm(),
                        isTransfer));
            }
        }
    }

    /** The candidate's own vote counts once it is durable (R1). */
    void hardStatePersisted(long writeId) {
        if (state.role instanceof Role.Candidate candidate && candidate.ownVoteWriteId <= writeId
                && candidate.granted.add(state.self)) {
            voteDecided(candidate);
        }
    }

    /** Whether a PreVote or RequestVote is refused because there is a leader that works (R9). */
    boolean sticksToLeader() {
        return state.role instanceof Role.Leader leader ? replication.hearsAQuorum(leader) : state.hearsALeader();
    }

    /** Refuses without adopting the term (R9). */
    void refuse(ServerId from, Lane lane, Message.RequestVote request) {
        state.sendDurably(from, lane, new Message.RequestVoteReply(state.currentTerm(), request.term(), false));
    }

    /** Gives its vote or not (Raft figure 2, RequestVote); the term rule has been applied. */
    void requestVote(ServerId from, Lane lane, Message.RequestVote request) {
        // The voter's term check: a candidate of an earlier term is refused, and learns of ours (Raft figure 2,
        // RequestVote 1).
        boolean granted = request.term() == state.currentTerm() && !state.isInDoubt()
                && (state.votedFor().isNone() || state.votedFor().equals(request.candidateId()))
                && isUpToDate(request.lastLogIndex(), request.lastLogTerm());
        if (granted) {
            if (state.votedFor().isNone()) {
                state.persist(new HardState(state.currentTerm(), request.candidateId()));
            }
            state.resetElectionTimer();
            if (state.role instanceof Role.PreCandidate) {
                // Its own round, won late, would unseat whom it has just helped to elect.
                state.stepDown("voted for " + request.candidateId());
            }
        }
        state.sendDurably(from, lane, new Message.RequestVoteReply(state.currentTerm(), request.term(), granted));
    }

    /** Counts a vote of this very election (R2). */
    void requestVoteReply(ServerId from, Message.RequestVoteReply reply) {
        if (state.role instanceof Role.Candidate candidate && reply.requestTerm() == state.currentTerm()) {
            (reply.voteGranted() ? candidate.granted : candidate.refused).add(from);
            voteDecided(candidate);
        }
    }

    private void voteDecided(Role.Candidate candidate) {
        if (Quorum.tally(state.configuration, candidate.granted::contains, candidate.refused::contains)
                == Quorum.Tally.WON) {
            replication.lead();
        }
    }

    /** Whether a log that ends so is at least as up to date as ours, all of it, synced or not (Raft §5.4.1, R6). */
    private boolean isUpToDate(long lastLogIndex, long lastLogTerm) {
        return lastLogTerm > state.log.lastTerm() || lastLogTerm == state.log.lastTerm()
                && lastLogIndex >= state.log.lastIndex();
    }
}
