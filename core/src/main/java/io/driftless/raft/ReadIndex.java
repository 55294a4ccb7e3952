package io.driftless.raft;

/**
 * How a leader answers reads without an entry (thesis §6.4, R20). A read may see everything that was committed when it
 * came; that this server still led then is confirmed by a round of AppendEntries that began later and that a quorum has
 * answered. One round is under way at a time: reads that come meanwhile share the next. Confined to the core's owner.
 */
final class ReadIndex {

    private final ServerState state;

    ReadIndex(ServerState state) {
        this.state = state;
    }

    /**
     * A read has come, of this server or of another one. What is committed is known once the no-op of the term is:
     * everything committed before stands below it.
     */
    void add(Role.Leader leader, ServerId from, long id) {
        leader.reads.add(new Role.WaitingRead(from, id, leader.round + 1, Math.max(state.commitIndex,
                leader.noopIndex), state.nowNs));
    }

    /**
     * Answers reads whose round is confirmed, once the no-op of the term is committed: a leader that is deposed before
     * refuses them. Returns whether a round has begun, for reads that wait for it: its messages are to be sent.
     */
    boolean confirm(Role.Leader leader) {
        if (leader.reads.isEmpty() || state.commitIndex < leader.noopIndex) {
            return false;
        }
        long confirmed = confirmedRound(leader);
        for (Role.WaitingRead read = leader.reads.peek(); read != null && read.round() <= confirmed;
                read = leader.reads.peek()) {
            leader.reads.remove();
            answer(read);
        }
        boolean begins = !leader.reads.isEmpty() && confirmed == leader.round;
        if (begins) {
            leader.round++;
        }
        return begins;
    }

    /**
     * A server's connection has ended, or it has another one: whatever it asked before it asks again, if it still wants
     * it. Its next process may use the same numbers.
     */
    void forget(Role.Leader leader, ServerId from) {
        leader.reads.removeIf(read -> read.from().equals(from));
    }

    /**
     * Refuses reads that nobody has confirmed for long. Servers in doubt can keep a leader in office, and confirm no
     * round.
     */
    void refuseOld(Role.Leader leader) {
        long beforeNs = state.nowNs - state.settings.electionTimeoutMinNs();
        for (Role.WaitingRead read = leader.reads.peek(); read != null && read.atNs() <= beforeNs;
                read = leader.reads.peek()) {
            leader.reads.remove();
            if (read.from().equals(state.self)) {
                state.effects.add(new Effect.ReadRefused(read.id(), ServerId.NONE));
            }
        }
    }

    private void answer(Role.WaitingRead read) {
        if (read.from().equals(state.self)) {
            state.effects.add(new Effect.ReadConfirmed(read.id(), read.index()));
        } else if (state.reaches(read.from())) {
            state.send(read.from(), Lane.CONTROL, new Message.ReadIndexReply(state.currentTerm(), read.id(),
                    read.index()));
        }
    }

    /** By the configuration in force now: both majorities if it is joint, and no learner. */
    private long confirmedRound(Role.Leader leader) {
        return Quorum.acceptedIndex(state.configuration, id -> {
            Progress progress = leader.progress.get(id);
            return id.equals(state.self) ? leader.round : progress == null ? 0 : progress.confirmedRound();
        });
    }
}
