package io.driftless.raft;

/**
 * How a follower answers reads: its leader tells it an index, and once that is applied here, the read may be answered
 * (thesis §6.4, R20). One request is under way at a time: reads that come meanwhile share the next. Confined to the
 * core's owner.
 */
final class FollowerReads {

    private final ServerState state;

    FollowerReads(ServerState state) {
        this.state = state;
    }

    /** A read has come. */
    void add(Role.Follower follower, long id) {
        if (!state.reaches(state.leaderId) || !state.hearsALeader()) {
            state.effects.add(new Effect.ReadRefused(id, state.leaderId));
            return;
        }
        follower.reads.add(id);
        if (follower.readRequest == 0) {
            ask(follower);
        }
    }

    /** Asks for all that wait. The number was never used in this process, so that no other answer is taken for this. */
    private void ask(Role.Follower follower) {
        follower.readRequest = state.newNumber();
        follower.readAskedNs = state.nowNs;
        follower.readsAsked = follower.reads.size();
        state.sendDurably(state.leaderId, Lane.CONTROL, new Message.ReadIndex(state.currentTerm(),
                follower.readRequest));
    }

    /** The leader has answered. */
    void answered(Message.ReadIndexReply reply) {
        if (!(state.role instanceof Role.Follower follower) || reply.id() != follower.readRequest
                || reply.term() != state.currentTerm()) {
            return;
        }
        follower.readRequest = 0;
        for (; follower.readsAsked > 0; follower.readsAsked--) {
            state.effects.add(new Effect.ReadConfirmed(follower.reads.remove(), reply.index()));
        }
        if (!follower.reads.isEmpty()) {
            ask(follower);
        }
    }

    /** The leader is not to be heard, and this server perhaps stays its follower all the same: nobody would answer. */
    void refuse(Role.Follower follower) {
        for (Long id = follower.reads.poll(); id != null; id = follower.reads.poll()) {
            state.effects.add(new Effect.ReadRefused(id, ServerId.NONE));
        }
        follower.readRequest = 0;
        follower.readsAsked = 0;
    }

    /** The leader was heard: a request that it has not answered for long is lost, and made again. */
    void heard(Role.Follower follower) {
        if (follower.readRequest != 0
                && state.nowNs - follower.readAskedNs >= state.settings.electionTimeoutMinNs()) {
            ask(follower);
        }
    }
}
