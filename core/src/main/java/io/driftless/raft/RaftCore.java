package io.driftless.raft;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One server of a Raft cluster as a pure function of what it is told: events in, effects out. No thread, clock, I/O,
 * lock or log; time is a number handed in, and randomness comes from a seed. The same events give the same effects.
 * Confined to its owner: one thread at a time, handed over with happens-before.
 */
public final class RaftCore {

    private final ServerState state;
    private final Forming forming;
    private final FolderCopies folderCopies;
    private final Elections elections;
    private final Replication replication;
    private final CommitRule commitRule;
    private final FollowerReads followerReads;
    private final AppendReceiver appendReceiver;
    private final SnapshotSender snapshotSender;
    private final LeadershipTransfer transfer;
    private final SnapshotReceiver snapshotReceiver;
    private final Compaction compaction;
    private final Invariants invariants = new Invariants();

    /**
     * A server as it starts.
     *
     * @param identity     who it is; {@code committed} says which cluster it belongs to, empty for an empty server
     * @param list         the members it was started with: in force on an empty server
     * @param settings     its numbers
     * @param seed         of its election timeouts
     * @param firstWriteId above every write id that this process has seen (also before a restart in place)
     * @param recovered    what it found on its disk
     * @param nowNs        the time, at least 0
     * @param effects      where effects go, those of the start at once
     */
    public RaftCore(Introduction identity, MemberList list, RaftSettings settings, long seed,
            long firstWriteId, Recovered recovered,
            long nowNs, Effects effects) {
        Optional<ClusterConfiguration> formed = identity.committed().map(CommittedConfiguration::cluster);
        state = new ServerState(identity.id(), identity.incarnation(),
                formed.map(ClusterConfiguration::configuration).orElse(list.configuration()), settings, seed,
                firstWriteId, recovered, effects);
        commitRule = new CommitRule(state);
        snapshotSender = new SnapshotSender(state);
        transfer = new LeadershipTransfer(state);
        replication = new Replication(state, commitRule, snapshotSender, transfer, new ReadIndex(state));
        elections = new Elections(state, replication);
        followerReads = new FollowerReads(state);
        appendReceiver = new AppendReceiver(state, followerReads);
        snapshotReceiver = new SnapshotReceiver(state, appendReceiver);
        compaction = new Compaction(state, replication);
        forming = new Forming(state, identity.members(), list);
        folderCopies = new FolderCopies(identity);
        state.nowNs = nowNs;
        state.leaderSinceNs = nowNs;
        // A crash between the two writes can leave entries of a term that the hard state does not know yet (R16).
        if (state.currentTerm() < state.log.lastTerm()) {
            state.persist(new HardState(state.log.lastTerm(), ServerId.NONE));
        }
        if (recovered.appliedIndex() > state.log.lastIndex() && !state.isInDoubt()) {
            // What was applied had been durable here (R5), so the log has lost it. In doubt that is to be expected: the
            // machine skips what it has when the log has it again.
            state.fail(Effect.Failure.LOST_DATA, "the state machine has applied entries up to "
                    + recovered.appliedIndex()
                    + ", and the log ends at " + state.log.lastIndex());
        }
        if (formed.isPresent()) {
            state.formation = formed.get();
            state.resetElectionTimer();
        } else if (!state.silent) {
            forming.formIfAllAgree();
        }
        invariants.check(state);
    }

    /**
     * Takes one event in, and adds what is to be done to the effects.
     *
     * @param nowNs the time of the event; never falls, at least 0
     * @throws IllegalStateException if an invariant is broken: the server must not be stepped again
     */
    public void step(long nowNs, Event event) {
        state.nowNs = Math.max(nowNs, state.nowNs);
        switch (event) {
            case Event.Tick tick -> tick();
            case Event.Received received -> received(received);
            case Event.Propose propose -> replication.propose(propose.commands());
            case Event.TransferLeadership request -> transfer.begin(request);
            case Event.Read read -> read(read.id());
            case Event.LogWriteCompleted completed -> logWriteCompleted(completed.writeId());
            case Event.HardStatePersisted persisted -> {
                if (!state.silent) {
                    state.diskHasMoved();
                    state.hardState.persisted(persisted.writeId(), state.effects);
                    elections.hardStatePersisted(persisted.writeId());
                }
            }
            case Event.FormationPersisted persisted -> forming.persisted();
            case Event.WriteFailed failed -> state.fail(Effect.Failure.WRITE_FAILED, failed.detail());
            case Event.PeerConnected connected -> connected(connected.peer());
            case Event.PeerDisconnected disconnected -> disconnected(disconnected.peer());
            case Event.PeerGone gone -> {
                // It may come late, when there is another connection to the same process.
                Introduction now = state.connected.get(gone.peer());
                if (now == null || !now.run().equals(gone.run())) {
                    gone(gone.peer(), gone.run());
                }
            }
            case Event.OfSnapshot news -> {
                if (!state.silent) {
                    snapshotNews(news);
                }
            }
        }
        snapshotReceiver.look();
        invariants.check(state);
    }

    private void read(long id) {
        if (!state.silent && state.role instanceof Role.Leader leader) {
            replication.read(leader, state.self, id);
        } else if (!state.silent && state.role instanceof Role.Follower follower) {
            followerReads.add(follower, id);
        } else {
            state.effects.add(new Effect.ReadRefused(id, ServerId.NONE));
        }
    }

    private void disconnected(ServerId peer) {
        state.connected.remove(peer);
        state.hardState.disconnected(peer);
        if (state.role instanceof Role.Leader leader && leader.progress.get(peer) instanceof Progress progress) {
            replication.disconnected(leader, progress, peer);
            transfer.look(leader);
        } else if (state.role instanceof Role.Follower follower && peer.equals(state.leaderId)) {
            followerReads.refuse(follower);
        }
    }

    private void snapshotNews(Event.OfSnapshot news) {
        Recovered.OwnSnapshot before = state.snapshot;
        switch (news) {
            case Event.SnapshotTaken taken -> {
                if (before == null || before.id().index() < taken.snapshot().index()) {
                    state.snapshot = new Recovered.OwnSnapshot(taken.snapshot(), taken.size(),
                            state.committedEra());
                }
            }
            case Event.SnapshotLost lost -> {
                if (before != null && before.id().equals(lost.snapshot())) {
                    state.snapshot = null;
                    if (state.log.boundaryIndex() > 0 && !state.needsSnapshot && !state.isRestoring) {
                        // What the log has dropped is in the state machine alone now.
                        state.effects.add(new Effect.TakeSnapshot());
                    }
                }
            }
            case Event.ChunkWritten written -> snapshotReceiver.written(written.snapshot(), written.offset());
            case Event.SnapshotReceived received -> snapshotReceiver.received(received);
            case Event.SnapshotNotReceived failed -> snapshotReceiver.notReceived(failed.snapshot());
            case Event.MachineRestored restored -> state.isRestoring = false;
        }
        if (state.snapshot != before) {
            if (state.role instanceof Role.Leader leader) {
                snapshotSender.replaced(leader);
            }
            compaction.look();
        }
    }

    private void tick() {
        if (state.silent || state.formation == null) {
            return;
        }
        switch (state.role) {
            case Role.Leader leader -> {
                replication.tick(leader);
                compaction.beat();
            }
            case Role.Follower follower -> electionTick();
            case Role.PreCandidate preCandidate -> electionTick();
            case Role.Candidate candidate -> electionTick();
        }
    }

    private void electionTick() {
        if (state.nowNs >= state.electionDeadlineNs) {
            if (state.role instanceof Role.Follower follower) {
                followerReads.refuse(follower);
            }
            elections.timedOut();
        }
    }

    private void logWriteCompleted(long writeId) {
        if (state.silent) {
            return;
        }
        state.diskHasMoved();
        state.log.completed(writeId);
        compaction.grown();
        if (state.role instanceof Role.Leader leader) {
            commitRule.leaderCommits(leader);
            replication.confirm(leader);
        }
        state.applyDurable();
        if (state.role instanceof Role.Follower follower) {
            appendReceiver.acknowledgeWhatIsOwed(follower);
        }
    }

    /** What is over is the start that leads, and no other one of that server (R41). */
    private void gone(ServerId peer, UUID run) {
        Introduction leader = state.leaderStart;
        if (!state.silent && state.role instanceof Role.Follower && leader != null && leader.id().equals(peer)
                && leader.run().equals(run) && !leader.leases()) {
            state.leaderIsGone();
        }
    }

    private void connected(Introduction peer) {
        state.connected.put(peer.id(), peer);
        if (state.silent) {
            return;
        }
        // Before anything is answered on this connection.
        folderCopies.in(peer).ifPresent(state::comeIntoDoubt);
        forming.introduced(peer);
        Introduction led = state.leaderStart;
        if (led != null && led.id().equals(peer.id()) && led.incarnation().equals(peer.incarnation())
                && peer.boot() > led.boot()) {
            gone(led.id(), led.run());
        }
        if (state.role instanceof Role.Leader leader && state.counts(peer.id(), peer.incarnation(), peer.run())) {
            replication.connected(leader, peer);
        }
    }

    private void received(Event.Received event) {
        if (state.silent || state.formation == null) {
            return;
        }
        Message message = event.message();
        if (!state.counts(event.from(), event.incarnation(), event.run())) {
            // An answer from another start says nothing but its sender's term, and that is obeyed before anything is
            // filtered (R2).
            if (isReply(message) && message.term() > state.currentTerm() && state.configuration.members()
                    .contains(event.from())) {
                state.adoptTerm(message.term(), nameOf(message) + " from " + event.from());
            }
            return;
        }
        if (message instanceof Message.RequestVote request && !request.leadershipTransfer()
                && elections.sticksToLeader()) {
            // Before the term rule: whoever hears a working leader does not let a stranger's higher term disturb it
            // (R9).
            elections.refuse(event.from(), event.lane(), request);
            return;
        }
        // The term rule (Raft §5.1): a higher term is obeyed by everyone, also by a leader, which is out of date then
        // and resigns. The term of a PreVote is only prospective and moves nobody (R8); that of its reply is the
        // receiver's own.
        if (!(message instanceof Message.PreVote) && message.term() > state.currentTerm()) {
            state.adoptTerm(message.term(), nameOf(message) + " from " + event.from());
        }
        switch (message) {
            case Message.PreVote request -> elections.preVote(event.from(), event.lane(), request);
            case Message.PreVoteReply reply -> elections.preVoteReply(event.from(), reply);
            case Message.RequestVote request -> elections.requestVote(event.from(), event.lane(), request);
            case Message.RequestVoteReply reply -> elections.requestVoteReply(event.from(), reply);
            case Message.TimeoutNow request -> elections.timeoutNow(event.from(), request);
            case Message.AppendEntries request -> appendReceiver.appendEntries(event.from(), event.lane(), request,
                    event.arrivedNs());
            case Message.AppendEntriesReply reply -> replication.appendEntriesReply(event.from(), event.lane(),
                    reply, event.arrivedNs());
            case Message.ReadIndex request -> {
                // One of an earlier term waits for another leader, and hears of it.
                if (state.role instanceof Role.Leader leader && request.term() == state.currentTerm()) {
                    replication.read(leader, event.from(), request.id());
                }
            }
            case Message.ReadIndexReply reply -> followerReads.answered(reply);
            case Message.InstallSnapshot request -> snapshotReceiver.installSnapshot(event.from(), request,
                    event.arrivedNs());
            case Message.InstallSnapshotReply reply -> replication.installSnapshotReply(event.from(), reply,
                    event.arrivedNs());
        }
    }

    private static boolean isReply(Message message) {
        return switch (message) {
            case Message.PreVoteReply reply -> true;
            case Message.RequestVoteReply reply -> true;
            case Message.AppendEntriesReply reply -> true;
            case Message.ReadIndexReply reply -> true;
            case Message.InstallSnapshotReply reply -> true;
            case Message.InstallSnapshot request -> false;
            case Message.PreVote request -> false;
            case Message.RequestVote request -> false;
            case Message.TimeoutNow request -> false;
            case Message.ReadIndex request -> false;
            case Message.AppendEntries request -> false;
        };
    }

    private static String nameOf(Message message) {
        return switch (message) {
            case Message.PreVote request -> "PreVote";
            case Message.PreVoteReply reply -> "PreVote reply";
            case Message.RequestVote request -> "RequestVote";
            case Message.RequestVoteReply reply -> "RequestVote reply";
            case Message.TimeoutNow request -> "TimeoutNow";
            case Message.AppendEntries request -> "AppendEntries";
            case Message.AppendEntriesReply reply -> "AppendEntries reply";
            case Message.ReadIndex request -> "ReadIndex";
            case Message.ReadIndexReply reply -> "ReadIndex reply";
            case Message.InstallSnapshot request -> "InstallSnapshot";
            case Message.InstallSnapshotReply reply -> "InstallSnapshot reply";
        };
    }

    /** When a {@link Event.Tick} must come at the latest; {@link Long#MAX_VALUE} if time alone changes nothing. */
    public long nextDeadlineNs() {
        if (state.silent || state.formation == null) {
            return Long.MAX_VALUE;
        }
        return state.role instanceof Role.Leader leader ? replication.deadlineNs(leader) : state.electionDeadlineNs;
    }

    /** What there is to be said of the server now. */
    public CoreStatus status() {
        List<CoreStatus.Peer> peers = state.role instanceof Role.Leader leader ? leader.progress.entrySet().stream()
                .map(entry -> peerStatus(entry.getKey(), entry.getValue())).toList() : List.of();
        String blocked = state.silent ? "failed" : state.isInDoubt() ? "in doubt" : state.needsSnapshot
                ? "needs a snapshot" : state.isRestoring ? "restoring" : state.isDiskStuck() ? "disk stuck" : "";
        return new CoreStatus(state.role.name(), state.currentTerm(), state.leaderId, state.commitIndex,
                state.log.durableIndex(),
                state.log.lastIndex(), state.log.boundaryIndex() + 1, state.configuration.isLearner(state.self),
                forming.waitingFor(), peers, state.isInDoubt(), blocked, forming.neighbours(),
                snapshotReceiver.status(), state.role instanceof Role.Leader leader && leader.handover != null
                ? leader.handover.target() : ServerId.NONE);
    }

    private CoreStatus.Peer peerStatus(ServerId peer, Progress progress) {
        SnapshotTransfer transfer = progress.transfer();
        return new CoreStatus.Peer(peer, state.connected.containsKey(peer), progress.matchIndex(), progress.nextIndex(),
                progress.isProbing(), transfer == null ? 0 : transfer.id().index(),
                transfer == null ? 0 : transfer.acknowledged(), transfer == null ? 0 : transfer.size(),
                transfer == null ? 0 : state.log.weightAfter(transfer.id().index()));
    }

    /** What the cluster that it belongs to formed with; empty as long as this is an empty server. */
    public Optional<ClusterConfiguration> formation() {
        return Optional.ofNullable(state.formation);
    }
}
