package io.driftless.raft;

/**
 * What a leader does: replicates its log, pipelined and batched with a window in bytes, and keeps its place by
 * heartbeats (Raft §5.3), or gives it up (thesis §6.2). Confined to the core's owner.
 */
final class Replication {

    /** With so many batches under way, only a full one follows: entries gather while the follower's disk is busy. */
    private static final int PARTIAL_BATCHES_MAX = 2;

    private final ServerState state;
    private final CommitRule commitRule;
    private final SnapshotSender snapshots;
    private final LeadershipTransfer transfer;
    private final ReadIndex reads;

    Replication(ServerState state, CommitRule commitRule, SnapshotSender snapshots, LeadershipTransfer transfer,
            ReadIndex reads) {
        this.state = state;
        this.commitRule = commitRule;
        this.snapshots = snapshots;
        this.transfer = transfer;
        this.reads = reads;
    }

    /**
     * An election is won: nextIndex is the leader's last index + 1, matchIndex 0 (Raft figure 2), and a no-op begins
     * the term (Raft §8).
     */
    void lead() {
        Role.Leader leader = new Role.Leader();
        for (ServerId peer : state.configuration.members()) {
            if (!peer.equals(state.self)) {
                Progress progress = new Progress(state.log.lastIndex() + 1, state.nowNs);
                Introduction introduction = state.connected.get(peer);
                if (introduction != null) {
                    progress.connected(introduction, state.log.boundaryIndex(), state.log.lastIndex(),
                            state.nowNs);
                }
                leader.progress.put(peer, progress);
            }
        }
        state.become(leader, state.self, "won the election");
        append(TermRuns.of(state.log.lastIndex() + 1, state.currentTerm(), 1), Effect.AppendKind.NOOP, Content.NONE);
        leader.noopIndex = state.log.lastIndex();
        for (ServerId peer : leader.progress.keySet()) {
            begin(leader, peer);
        }
        heartbeat(leader);
    }

    /**
     * The first message to a peer is the no-op itself, which is all that most of them lack. The probe behind it is
     * answered without waiting for the peer's disk, so that commands need not wait either. Where more is missing, both
     * are refused, and probing goes on below.
     */
    private void begin(Role.Leader leader, ServerId peer) {
        if (state.reaches(peer)) {
            Progress progress = leader.progress.get(peer);
            long noop = state.log.lastIndex();
            state.send(peer, Lane.DATA, appendEntries(leader, progress, noop - 1, noop, state.commitIndex));
            progress.sentUpTo(noop, state.nowNs);
            probe(leader, peer);
        }
    }

    /** Clients' commands get their indexes and go to everyone at once (Raft §5.3). */
    void propose(Content commands) {
        if (state.role instanceof Role.Leader leader && !state.silent) {
            append(TermRuns.of(state.log.lastIndex() + 1, state.currentTerm(), commands.count()),
                    Effect.AppendKind.COMMANDS, commands);
            for (ServerId peer : leader.progress.keySet()) {
                replicate(leader, peer);
            }
        } else {
            state.effects.add(new Effect.ProposalsRejected(commands, state.leaderId));
        }
    }

    private void append(TermRuns terms, Effect.AppendKind kind, Content content) {
        long writeId = state.newWriteId();
        state.log.extend(writeId, terms, content, state.nowNs);
        state.effects.add(new Effect.Append(writeId, terms, false, kind, content));
    }

    /** Sends what the peer lacks and the window allows, without waiting for replies. */
    private void replicate(Role.Leader leader, ServerId peer) {
        Progress progress = leader.progress.get(peer);
        while (state.reaches(peer) && !progress.isProbing() && progress.nextIndex() <= state.log.lastIndex()
                && state.log.weight(atLeastBoundary(progress.matchIndex()) + 1, progress.nextIndex() - 1)
                < state.settings.windowBytesMax()) {
            long first = progress.nextIndex();
            long last = endOfBatch(first);
            if (last == state.log.lastIndex() && progress.batchesUnderWay() >= PARTIAL_BATCHES_MAX) {
                // More will have come by the next acknowledgement, and goes as one batch then.
                return;
            }
            state.send(peer, Lane.DATA, appendEntries(leader, progress, first - 1, last, state.commitIndex));
            progress.sentUpTo(last, state.nowNs);
        }
    }

    private long endOfBatch(long first) {
        long low = first;
        long high = state.log.lastIndex();
        if (state.log.weight(first, high) <= state.settings.batchBytesMax()) {
            return high;
        }
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (state.log.weight(first, middle) <= state.settings.batchBytesMax()) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private Message.AppendEntries appendEntries(Role.Leader leader, Progress progress, long prevLogIndex, long last,
            long leaderCommit) {
        long prevLogTerm = prevLogIndex == 0 ? 0 : state.log.termAt(prevLogIndex);
        return new Message.AppendEntries(state.currentTerm(), state.self, prevLogIndex, prevLogTerm,
                state.log.terms(prevLogIndex + 1, last), leaderCommit, progress.acknowledgedIndex(),
                progress.catchUpIndex(), leader.round, Content.NONE);
    }

    /**
     * An AppendEntries without entries finds out where the logs agree. It goes where the entries go, so its answer
     * tells of all that was sent before it; that of a heartbeat does not.
     */
    private void probe(Role.Leader leader, ServerId peer) {
        if (state.reaches(peer)) {
            Progress progress = leader.progress.get(peer);
            long prevLogIndex = atLeastBoundary(progress.probedIndex());
            state.send(peer, Lane.DATA, appendEntries(leader, progress, prevLogIndex, prevLogIndex, state.commitIndex));
        }
    }

    private long atLeastBoundary(long index) {
        return Math.max(index, state.log.boundaryIndex());
    }

    /**
     * Heartbeats overtake entries: they verify nothing beyond matchIndex, and commit nothing beyond it. Below the log's
     * boundary no term is known but that of index 0 (R12).
     */
    private void heartbeat(Role.Leader leader) {
        leader.heartbeatDueNs = state.nowNs + state.settings.heartbeatIntervalNs();
        leader.progress.forEach((peer, progress) -> {
            if (state.reaches(peer)) {
                sendHeartbeat(leader, peer, progress);
            }
        });
    }

    private void sendHeartbeat(Role.Leader leader, ServerId peer, Progress progress) {
        progress.sentRound(leader.round);
        long match = progress.matchIndex() < state.log.boundaryIndex() ? 0 : progress.matchIndex();
        state.send(peer, Lane.CONTROL, appendEntries(leader, progress, match, match, Math.min(state.commitIndex,
                match)));
    }

    /** Time passes for a leader: it steps down, or sends heartbeats, and again what seems lost. */
    void tick(Role.Leader leader) {
        if (state.isDiskStuck()) {
            // A leader whose own log takes nothing would hold the cluster back for as long as its disk hangs (R11).
            state.stepDown("its disk is stuck");
            return;
        }
        if (!hearsAQuorum(leader)) {
            state.stepDown("heard no quorum for electionTimeoutMin");
            return;
        }
        if (state.nowNs >= leader.heartbeatDueNs) {
            heartbeat(leader);
            leader.progress.forEach((peer, progress) -> {
                boolean waits = progress.isProbing() || progress.nextIndex() > progress.matchIndex() + 1;
                if (state.reaches(peer) && waits && !progress.isBehind()
                        && state.nowNs - progress.stalledSinceNs() >= state.settings.electionTimeoutMinNs()
                        && state.nowNs - progress.lastReplyNs() < state.settings.electionTimeoutMinNs()) {
                    // Heartbeats return, and what was sent is neither acknowledged nor being written (R13).
                    progress.ask(state.nowNs);
                    probe(leader, peer);
                }
                if (progress.isOnShortcut() && progress.transfer() == null) {
                    // Nothing has come of it, and the log will do.
                    goOnBehind(leader, peer, progress, progress.matchIndex());
                }
            });
            snapshots.beat(leader);
        }
        snapshots.tick(leader);
        reads.refuseOld(leader);
        transfer.look(leader);
    }

    /** When a leader must be woken at the latest. */
    long deadlineNs(Role.Leader leader) {
        long ownNs = Math.min(state.diskStuckAtNs(), quorumHeardNs(leader) + state.settings.electionTimeoutMinNs());
        return Math.min(Math.min(leader.heartbeatDueNs, snapshots.deadlineNs(leader)),
                Math.min(transfer.deadlineNs(leader), ownNs));
    }

    /** Whether replies of this term came from a quorum within electionTimeoutMin (R11). */
    boolean hearsAQuorum(Role.Leader leader) {
        return state.nowNs - quorumHeardNs(leader) < state.settings.electionTimeoutMinNs();
    }

    private long quorumHeardNs(Role.Leader leader) {
        return Quorum.acceptedIndex(state.configuration, id -> {
            Progress progress = leader.progress.get(id);
            return progress == null ? state.nowNs : progress.lastReplyNs();
        });
    }

    /** What was under way to a peer is lost. */
    void disconnected(Role.Leader leader, Progress progress, ServerId peer) {
        snapshots.disconnected(leader, progress);
        reads.forget(leader, peer);
    }

    /** A peer has connected: its log is probed afresh, from where it was confirmed in this term and boot (R13). */
    void connected(Role.Leader leader, Introduction peer) {
        Progress progress = leader.progress.get(peer.id());
        if (progress != null) {
            disconnected(leader, progress, peer.id());
            progress.connected(peer, state.log.boundaryIndex(), state.log.lastIndex(), state.nowNs);
            probe(leader, peer.id());
        }
    }

    /**
     * Whether a reply is to a request of this term and from a peer, which counts as heard then. Others are ignored,
     * after the term rule (R2).
     */
    private boolean heard(Role.Leader leader, ServerId from, long requestTerm, long arrivedNs) {
        Progress progress = leader.progress.get(from);
        if (progress == null || requestTerm != state.currentTerm()) {
            return false;
        }
        progress.replied(arrivedNs);
        return true;
    }

    /** What a peer makes of AppendEntries (Raft §5.3). */
    void appendEntriesReply(ServerId from, Lane lane, Message.AppendEntriesReply reply, long arrivedNs) {
        if (!(state.role instanceof Role.Leader leader) || !heard(leader, from, reply.requestTerm(), arrivedNs)) {
            return;
        }
        Progress progress = leader.progress.get(from);
        progress.confirmed(reply.round());
        if (reply.writeUnderWay()) {
            progress.noteWriting(state.nowNs);
        }
        if (reply.snapshotNeeded() > 0) {
            snapshots.asked(leader, from, progress, reply.snapshotNeeded());
        } else if (reply.success()) {
            snapshots.asksForNone(leader, progress, reply.matchIndex());
        }
        if (reply.success()) {
            succeeded(leader, from, progress, lane, reply);
        } else {
            refused(leader, from, progress, reply);
        }
        confirm(leader);
        if (!leader.reads.isEmpty()) {
            sendRound(leader, from, progress);
        }
    }

    /** Somebody wants to read what was committed before it asked, without an entry (thesis §6.4, R20). */
    void read(Role.Leader leader, ServerId from, long id) {
        reads.add(leader, from, id);
        confirm(leader);
    }

    /** Answers the reads that are confirmed; those that came since share the next round, which begins at once. */
    void confirm(Role.Leader leader) {
        while (reads.confirm(leader)) {
            leader.progress.forEach((peer, progress) -> sendRound(leader, peer, progress));
        }
    }

    /** A round goes out as a heartbeat beside the others, which come at their time. */
    private void sendRound(Role.Leader leader, ServerId peer, Progress progress) {
        if (state.reaches(peer) && progress.wantsRound(leader.round)) {
            sendHeartbeat(leader, peer, progress);
        }
    }

    private void requireOwn(ServerId from, long matchIndex) {
        if (matchIndex > state.log.lastIndex()) {
            throw new IllegalStateException(from + " acknowledges " + matchIndex + ", and the log ends at "
                    + state.log.lastIndex());
        }
    }

    private void succeeded(Role.Leader leader, ServerId from, Progress progress, Lane lane,
            Message.AppendEntriesReply reply) {
        requireOwn(from, reply.matchIndex());
        boolean news = progress.matched(reply.matchIndex(), state.nowNs);
        if (lane == Lane.DATA) {
            boolean ended = progress.answered(reply.prevLogIndex(), news, reply.writeUnderWay(),
                    state.log.boundaryIndex());
            if (ended) {
                snapshots.considerShortcut(leader, from, progress);
            }
        }
        if (news) {
            gotOn(leader, progress);
        }
        replicate(leader, from);
        transfer.look(leader);
    }

    /** matchIndex has risen. */
    private void gotOn(Role.Leader leader, Progress progress) {
        if (progress.matchIndex() == state.log.lastIndex()) {
            progress.kept().caughtUp();
        }
        commitRule.leaderCommits(leader);
    }

    /**
     * Goes back, by whole terms where it can (Raft §5.3, the optimization), and never to or below matchIndex (R12).
     * What is refused at the log's boundary, or lies below it, is a matter for a snapshot (R31).
     */
    private void refused(Role.Leader leader, ServerId from, Progress progress, Message.AppendEntriesReply reply) {
        boolean stale = reply.prevLogIndex() <= progress.matchIndex()
                || progress.isProbing() && reply.prevLogIndex() >= progress.nextIndex()
                || reply.prevLogIndex() > state.log.lastIndex() || progress.isBehind();
        if (stale) {
            return;
        }
        long boundary = state.log.boundaryIndex();
        if (reply.prevLogIndex() <= boundary || reply.conflictTerm() == 0 && reply.conflictIndex() <= boundary) {
            snapshots.fellBehind(leader, from, progress);
            return;
        }
        long next = reply.conflictIndex();
        if (reply.conflictTerm() > 0) {
            // Above our last entry of that term or less nothing can match; and unless it is of that term, nothing of
            // the follower's run can.
            long candidate = state.log.lastWithTermAtMost(reply.conflictTerm(), reply.prevLogIndex() - 1);
            next = state.log.termAt(candidate) == reply.conflictTerm() ? candidate + 1 : Math.min(candidate + 1, next);
        }
        progress.probeFrom(Math.min(Math.max(next, boundary + 1), reply.prevLogIndex()), state.nowNs);
        probe(leader, from);
    }

    /** What a peer makes of a part of a snapshot (R30). */
    void installSnapshotReply(ServerId from, Message.InstallSnapshotReply reply, long arrivedNs) {
        if (!(state.role instanceof Role.Leader leader) || !heard(leader, from, reply.requestTerm(), arrivedNs)) {
            return;
        }
        Progress progress = leader.progress.get(from);
        if (snapshots.replied(leader, from, progress, reply)) {
            requireOwn(from, reply.matchIndex());
            if (progress.matched(reply.matchIndex(), state.nowNs)) {
                gotOn(leader, progress);
            }
            if (progress.isBehind()) {
                goOnBehind(leader, from, progress, reply.matchIndex());
            }
        }
    }

    /** The peer needs no snapshot any more: its log is probed from where the logs agree. */
    private void goOnBehind(Role.Leader leader, ServerId peer, Progress progress, long matchIndex) {
        progress.probeFrom(atLeastBoundary(matchIndex) + 1, state.nowNs);
        probe(leader, peer);
    }

    /** The log has dropped entries: who lacks them is found out where it begins now. */
    void compacted(Role.Leader leader) {
        leader.progress.forEach((peer, progress) -> {
            if (progress.nextIndex() <= state.log.boundaryIndex() && !progress.isBehind()) {
                progress.probeFrom(state.log.boundaryIndex() + 1, state.nowNs);
                probe(leader, peer);
            }
        });
    }
}
