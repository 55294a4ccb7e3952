package io.driftless.raft;

/**
 * The receiver of AppendEntries (Raft figure 2 and §5.3). A heartbeat is handled by the same rules: one whose term is
 * old is refused with ours (figure 2, AppendEntries 1), one whose prevLogIndex and prevLogTerm do not match is refused
 * with a hint (AppendEntries 2). Confined to the core's owner.
 */
final class AppendReceiver {

    private final ServerState state;
    private final FollowerReads reads;

    AppendReceiver(ServerState state, FollowerReads reads) {
        this.state = state;
        this.reads = reads;
    }

    /** The term rule has been applied: the request's term is ours or older. */
    void appendEntries(ServerId from, Lane lane, Message.AppendEntries request, long arrivedNs) {
        if (request.term() < state.currentTerm()) {
            state.sendDurably(from, lane, refusal(request, 0, 0));
            return;
        }
        Role.Follower follower = follow(request.leaderId(), arrivedNs);
        if (state.log.lastIndex() < request.acknowledgedIndex() && !state.isInDoubt()) {
            // Within a term a leader only appends, so what we acknowledged to it cannot have been overwritten: it is
            // gone (R18).
            state.fail(Effect.Failure.LOST_DATA, "entries up to " + request.acknowledgedIndex()
                    + " were acknowledged in term " + request.term()
                    + ", and the log ends at " + state.log.lastIndex());
            return;
        }
        if (state.isInDoubt() && isAnotherEra(request.term())) {
            return;
        }
        // With prevLogIndex 0 and no entries nothing is asked.
        if (request.lastIndex() > 0 && isUnverifiable(request.term(), request.prevLogIndex())) {
            return;
        }
        if (!matches(request)) {
            refuseMismatch(from, lane, request);
            return;
        }
        accept(request);
        if (state.silent) {
            return;
        }
        long last = request.lastIndex();
        state.verified(last);
        follower.catchUpIndex = Math.max(follower.catchUpIndex, request.catchUpIndex());
        state.commitTo(Math.min(request.leaderCommit(), last));
        boolean isDurable = state.log.durableIndex() >= last;
        if (!isDurable) {
            // Also for a probe: what it verified may still be on its way to the disk since an earlier term, and nobody
            // would ask again.
            follower.owesAcknowledgement = true;
            follower.owedPrevLogIndex = request.prevLogIndex();
            follower.owedRound = request.round();
        }
        if (isDurable || request.entries().isEmpty()) {
            state.sendDurably(from, lane, acknowledgement(request.prevLogIndex(), last, request.round()));
        }
        endDoubt(follower);
    }

    /**
     * A machine that is ahead of the log was given only what was committed, and no leader lacks that, unless a loss was
     * accepted since. Then other entries may stand where it would skip (R18).
     */
    boolean isAnotherEra(long leaderTerm) {
        boolean another = state.log.lastIndex() < state.machineIndex && Era.of(leaderTerm) > Era.of(state.doubtTerm);
        if (another) {
            state.fail(Effect.Failure.LOST_DATA, "the state machine has applied entries up to " + state.machineIndex
                    + ", the log ends at " + state.log.lastIndex() + ", and a loss was accepted since (term "
                    + leaderTerm + "): what stands there now may be something else");
        }
        return another;
    }

    /**
     * Every leader has what is committed here, and so never asks below the log's boundary before it has found that the
     * logs agree above. One that does so was elected after a loss was accepted: what it has there may be something
     * else, and cannot be compared any more (R18).
     */
    boolean isUnverifiable(long leaderTerm, long index) {
        LogTail log = state.log;
        boolean unverifiable = index < log.boundaryIndex() && state.verifiedIndex() < log.boundaryIndex()
                && isLaterEra(leaderTerm) && Era.of(leaderTerm) > snapshotEra();
        if (unverifiable) {
            state.fail(Effect.Failure.LOST_DATA, "the log here begins behind index " + log.boundaryIndex()
                    + ", and a loss was accepted since (term " + leaderTerm + "): the leader asks at index " + index
                    + ", and what stands there may be something else");
        }
        return unverifiable;
    }

    /** Whether a leader of this term need not have what is committed here, since a loss was accepted in between. */
    boolean isLaterEra(long leaderTerm) {
        return Era.of(leaderTerm) > state.committedEra();
    }

    /** In which the entry that the log begins behind is known to be committed, as the snapshot tells. */
    private long snapshotEra() {
        Recovered.OwnSnapshot own = state.snapshot;
        return own == null || own.id().index() < state.log.boundaryIndex() ? 0 : own.era();
    }

    /**
     * Ends the doubt when the leader has brought the log to where it stood when it took note of this start (R18). That
     * the doubt has ended may be on the disk before any write that is under way, so it rests on none of them.
     */
    void endDoubt(Role.Follower follower) {
        if (!state.isInDoubt() || follower.catchUpIndex == 0 || state.log.isResetting()
                || Math.min(state.verifiedIndex(), state.log.durableIndex()) < follower.catchUpIndex) {
            return;
        }
        if (state.log.lastIndex() < state.machineIndex) {
            state.fail(Effect.Failure.LOST_DATA, "the state machine has applied entries up to " + state.machineIndex
                    + ", and the leader's log ended at " + follower.catchUpIndex);
            return;
        }
        state.doubtTerm = 0;
        if (state.votedFor().isNone()) {
            // A copy of the folder may have voted in this term, and only the leader's own vote can do no harm.
            state.persist(new HardState(state.currentTerm(), state.leaderId));
        }
        state.effects.add(new Effect.SettleDoubt("not in doubt any more: caught up with " + state.leaderId + " of term "
                + state.currentTerm() + " at index " + follower.catchUpIndex));
    }

    /** A write of a follower is durable: a doubt may end with it (R18), and what is owed is acknowledged (R3). */
    void acknowledgeWhatIsOwed(Role.Follower follower) {
        endDoubt(follower);
        if (!state.silent && follower.owesAcknowledgement && !state.leaderId.isNone()) {
            follower.owesAcknowledgement = state.log.durableIndex() < state.verifiedIndex();
            state.sendDurably(state.leaderId, Lane.DATA, acknowledgement(follower.owedPrevLogIndex,
                    state.verifiedIndex(), follower.owedRound));
        }
    }

    /** Recognises the leader of the current term, also as a candidate (Raft §5.2). */
    Role.Follower follow(ServerId leader, long arrivedNs) {
        if (!state.leaderId.isNone() && !state.leaderId.equals(leader)) {
            throw new IllegalStateException("two leaders in term " + state.currentTerm() + ": " + state.leaderId
                    + " and " + leader);
        }
        if (!(state.role instanceof Role.Follower) || !state.leaderId.equals(leader)) {
            Role.Follower role = state.role instanceof Role.Follower same ? same : new Role.Follower();
            state.become(role, leader, "heard the leader");
        }
        state.leaderHeardNs = state.heardALeader ? Math.max(state.leaderHeardNs, arrivedNs) : arrivedNs;
        state.heardALeader = true;
        state.silence.heard(state.currentTerm(), arrivedNs);
        state.resetElectionTimer();
        Role.Follower follower = (Role.Follower) state.role;
        reads.heard(follower);
        return follower;
    }

    /**
     * The consistency check: an entry at prevLogIndex with prevLogTerm (Raft §5.3). What is committed here matches
     * every leader's log.
     */
    private boolean matches(Message.AppendEntries request) {
        long index = request.prevLogIndex();
        return index < state.log.boundaryIndex()
                || index <= state.log.lastIndex() && state.log.termAt(index) == request.prevLogTerm();
    }

    private void refuseMismatch(ServerId from, Lane lane, Message.AppendEntries request) {
        long index = request.prevLogIndex();
        if (index > state.log.lastIndex()) {
            state.sendDurably(from, lane, refusal(request, state.log.lastIndex() + 1, 0));
        } else {
            state.sendDurably(from, lane, refusal(request, state.log.firstOfRun(index), state.log.termAt(index)));
        }
    }

    /**
     * Writes what is new. Entries are overwritten only on a real conflict; a stale or repeated request removes nothing
     * (R7).
     */
    private void accept(Message.AppendEntries request) {
        TermRuns entries = request.entries();
        long index = Math.max(entries.firstIndex(), state.log.boundaryIndex() + 1);
        long last = entries.lastIndex();
        while (index <= last && index <= state.log.lastIndex() && state.log.termAt(index) == entries.termAt(index)) {
            index++;
        }
        if (index > last) {
            return;
        }
        boolean conflict = index <= state.log.lastIndex();
        if (conflict && index <= Math.max(state.commitIndex, Math.max(state.machineIndex, snapshotIndex()))) {
            if (isLaterEra(request.term())) {
                state.fail(Effect.Failure.LOST_DATA, "entry " + index + " was committed here, and a loss was accepted "
                        + "since: the leader of term " + request.term() + " has another one");
                return;
            }
            throw new IllegalStateException("the leader of term " + request.term()
                    + " would overwrite the committed entry " + index);
        }
        if (conflict && index <= state.verifiedIndex()) {
            throw new IllegalStateException("the leader of term " + request.term() + " overwrites its own entry "
                    + index);
        }
        TermRuns fresh = index == entries.firstIndex() ? entries : entries.from(index);
        long writeId = state.newWriteId();
        if (conflict) {
            state.effects.add(new Effect.ProposalsUnknown(index));
        }
        state.log.extend(writeId, fresh, request.content(), state.nowNs);
        state.effects.add(new Effect.Append(writeId, fresh, conflict, Effect.AppendKind.RECEIVED, request.content()));
    }

    /** What its snapshot holds was committed. At a start that may be more than is known of the log. */
    private long snapshotIndex() {
        return state.snapshot == null ? 0 : state.snapshot.id().index();
    }

    /**
     * Names min(last index of the request, durableIndex): also what was there already counts only once it is durable
     * (R3).
     */
    private Message.AppendEntriesReply acknowledgement(long prevLogIndex, long last, long round) {
        return new Message.AppendEntriesReply(state.currentTerm(), state.currentTerm(), true, Math.min(last,
                state.log.durableIndex()),
                prevLogIndex, 0, 0, state.log.isWriting(), state.snapshotNeeded(), confirmed(round));
    }

    /**
     * The round that is confirmed: that this server has voted for nobody since the leader began it. In doubt it may
     * have, and have forgotten it (R18, R20).
     */
    private long confirmed(long round) {
        return state.isInDoubt() ? 0 : round;
    }

    private Message.AppendEntriesReply refusal(Message.AppendEntries request, long conflictIndex, long conflictTerm) {
        return new Message.AppendEntriesReply(state.currentTerm(), request.term(), false, 0, request.prevLogIndex(),
                conflictIndex,
                conflictTerm, state.log.isWriting(), state.snapshotNeeded(), confirmed(request.round()));
    }
}
