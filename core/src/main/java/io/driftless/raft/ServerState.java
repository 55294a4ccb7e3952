package io.driftless.raft;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the chapters of the protocol share: Raft figure 2's state, the time, and where effects go. Every change of role
 * and of term passes here. Confined to the core's owner.
 */
final class ServerState {

    final ServerId self;
    final UUID incarnation;
    final RaftSettings settings;
    final LogTail log;
    final HardStateWrites hardState;
    final Effects effects;
    /** Peers with a connection, as they introduced themselves. */
    final SortedMap<ServerId, Introduction> connected = new TreeMap<>();
    private final RandomTimeouts timeouts;
    /** Rises for ever; the first one is given by the driver, so that none repeats in a process. */
    private long nextWriteId;

    /** In force: by R17 that of the formed cluster, or before it has formed the configured one. */
    Configuration configuration;
    /** Who formed the cluster; null while this is an empty server. */
    @Nullable ClusterConfiguration formation;
    long nowNs;
    Role role = new Role.Follower();
    ServerId leaderId = ServerId.NONE;
    /** Which start of that server leads; null on the leader itself, and without a leader. */
    @Nullable Introduction leaderStart;
    /** Since when leaderId is what it is; set with it. */
    long leaderSinceNs;
    /** When the current leader was last heard; meaningless in a term without a known leader. */
    long leaderHeardNs;
    /** Whether the leader was heard at all since the start. */
    boolean heardALeader;
    final LeaderSilence silence = new LeaderSilence();
    long electionDeadlineNs = Long.MAX_VALUE;
    /** When the disk last completed a write, of the log or of the hard state. */
    private long diskMovedNs;
    /** Highest index known to be committed; only grows (Raft figure 2). */
    long commitIndex;
    /** Highest index handed out to be applied; only grows, never above commitIndex or durableIndex (R5). */
    long applyIndex;
    /** See {@link #committedEra()}. */
    private long committedEra;
    /** The term in which the server came into doubt; 0 if it is sure, and then for good (R18). */
    long doubtTerm;
    /** The highest boot of this incarnation that a peer has seen and that cannot be an earlier start; only grows. */
    private long bootSeen;
    /** See {@link #verifiedIndex()}. */
    private long verifiedIndex;
    /** What the state machine had applied at the start; in doubt it may be ahead of the log. */
    final long machineIndex;
    /** Its newest good snapshot; null without one. */
    Recovered.@Nullable OwnSnapshot snapshot;
    /** Whether what the log has dropped is in neither the state machine nor a good snapshot (R32). */
    boolean needsSnapshot;
    /** Whether the state machine is being restored from a snapshot (R32). */
    boolean isRestoring;
    /** Of the snapshot that it was last restored from in this run: durable by that, whatever the log holds (R5). */
    long restoredIndex;
    /** Whether the own snapshot must stay because it is being sent. */
    private boolean isHeld;
    /** Set once and for good by a failed write or lost data: no vote, no acknowledgement, no leading. */
    boolean silent;

    ServerState(ServerId self, UUID incarnation, Configuration configuration, RaftSettings settings, long seed,
            long firstWriteId,
            Recovered recovered, Effects effects) {
        this.self = self;
        this.incarnation = incarnation;
        this.configuration = configuration;
        this.settings = settings;
        this.timeouts = new RandomTimeouts(settings, seed);
        this.nextWriteId = firstWriteId;
        this.log = new LogTail(recovered);
        this.hardState = new HardStateWrites(recovered.hardState());
        this.effects = effects;
        this.doubtTerm = recovered.doubtTerm();
        this.machineIndex = recovered.appliedIndex();
        // What the state machine kept had been committed.
        this.commitIndex = Math.max(log.boundaryIndex(), Math.min(recovered.appliedIndex(), log.lastIndex()));
        this.applyIndex = commitIndex;
        this.snapshot = recovered.snapshot().orElse(null);
        committedIn(Era.of(log.termAt(commitIndex)));
        this.needsSnapshot = recovered.appliedIndex() < log.boundaryIndex();
    }

    /** At or above which index it needs a snapshot for its state machine; 0 if it needs none (R32). */
    long snapshotNeeded() {
        return needsSnapshot ? log.boundaryIndex() : 0;
    }

    /** Holds its own snapshot, or lets it go. */
    void hold(boolean held) {
        if (held != isHeld) {
            isHeld = held;
            effects.add(new Effect.HoldSnapshot(held));
        }
    }

    long currentTerm() {
        return hardState.current().currentTerm();
    }

    ServerId votedFor() {
        return hardState.current().votedFor();
    }

    long newWriteId() {
        return nextWriteId++;
    }

    /** A number that this process has never used, nor will again: of a request, out of those of the writes. */
    long newNumber() {
        return newWriteId();
    }

    /** Changes term and vote, asynchronously durable. */
    long persist(HardState state) {
        if (state.currentTerm() != currentTerm()) {
            verifiedIndex = 0;
        }
        long writeId = newWriteId();
        hardState.request(writeId, state, nowNs);
        effects.add(new Effect.PersistHardState(writeId, state));
        return writeId;
    }

    /** Every change of role goes through here. */
    void become(Role next, ServerId leader, String reason) {
        Role before = role;
        role = next;
        if (!(next instanceof Role.Leader)) {
            hold(false);
        }
        if (!leader.equals(leaderId)) {
            leaderSinceNs = nowNs;
        }
        leaderId = leader;
        leaderStart = connected.get(leader);
        effects.add(new Effect.RoleChanged(next.name(), currentTerm(), leader, reason));
        if (before != next) {
            ended(before, reason);
        }
    }

    /** Whoever waits for a role to do something hears that it has ended. */
    private void ended(Role before, String reason) {
        for (long id : before.ownReads(self)) {
            effects.add(new Effect.ReadRefused(id, ServerId.NONE));
        }
        if (before instanceof Role.Leader led && led.handover != null) {
            led.handover.leadershipLost(reason, effects);
        }
    }

    /** Obeys a higher term: adopts it without a vote and follows nobody yet (Raft §5.1). */
    void adoptTerm(long term, String reason) {
        persist(new HardState(term, ServerId.NONE));
        stepDown(reason + " of term " + term);
    }

    /**
     * Becomes a follower in the current term. A leader had no election timer, so it is armed; that of a follower or a
     * round runs on (R10).
     */
    void stepDown(String reason) {
        if (role instanceof Role.Leader) {
            resetElectionTimer();
        }
        become(new Role.Follower(), ServerId.NONE, reason);
    }

    /**
     * The process that leads is gone: nobody needs to wait until it has been silent for long (R41). Others may hear it
     * all the same, and then this server is not elected (R9).
     */
    void leaderIsGone() {
        stepDown(leaderId + ", which led, is gone");
        heardALeader = false;
        electionDeadlineNs = Math.min(electionDeadlineNs, nowNs + timeouts.nextShortNs());
    }

    void resetElectionTimer() {
        electionDeadlineNs = nowNs + timeouts.nextNs();
    }

    /** Whether the current leader was heard within electionTimeoutMin (R9). */
    boolean hearsALeader() {
        return heardALeader && nowNs - leaderHeardNs < settings.electionTimeoutMinNs();
    }

    /** The disk has completed a write: what it still owes may take as long again. */
    void diskHasMoved() {
        diskMovedNs = nowNs;
    }

    /**
     * Whether the disk has completed nothing for longer than a leader may stay silent, while a write is under way
     * (R11). A backlog that moves is slow, not stuck, however long its last write has waited.
     */
    boolean isDiskStuck() {
        return nowNs >= diskStuckAtNs();
    }

    /** When {@link #isDiskStuck()} would become true; {@link Long#MAX_VALUE} without a write. */
    long diskStuckAtNs() {
        long oldest = Math.min(log.oldestWriteNs(), hardState.oldestWriteNs());
        return oldest == Long.MAX_VALUE ? Long.MAX_VALUE
                : Math.max(oldest, diskMovedNs) + settings.electionTimeoutMinNs();
    }

    /** Whether this server may campaign at all. */
    boolean mayCampaign() {
        return formation != null && !silent && configuration.isVoter(self) && !isDiskStuck() && !isInDoubt()
                && !needsSnapshot && !isRestoring;
    }

    /** Whether it may have lost entries that it acknowledged: no vote, no pre-vote, no candidacy (R18). */
    boolean isInDoubt() {
        return doubtTerm > 0;
    }

    /**
     * Comes into doubt, whatever the policy: it has acknowledged, and voted, without knowing (R18). An empty server
     * takes no part until its cluster has formed, and notes it then.
     */
    void comeIntoDoubt(FolderCopies.Finding found) {
        if (role instanceof Role.Follower follower) {
            follower.catchUpIndex = 0;
        } else {
            stepDown("in doubt");
        }
        // Also while in doubt: a start that is noted as below one that a peer remembers would be in doubt again.
        boolean isNews = !isInDoubt() || found.bootSeen() > bootSeen;
        bootSeen = Math.max(bootSeen, found.bootSeen());
        if (!isInDoubt()) {
            // Only then: the term in which a doubt began tells whether a loss was accepted since.
            doubtTerm = Math.max(1, currentTerm());
        }
        hardState.dropVoices();
        if (isNews && formation != null) {
            noteDoubt(found.detail());
        } else {
            effects.add(new Effect.Report(found.detail()));
        }
    }

    /** Has the doubt noted; what speaks for this server waits for that. */
    void noteDoubt(String detail) {
        if (currentTerm() == 0) {
            // No store keeps a doubt of term 0.
            persist(new HardState(1, ServerId.NONE));
        }
        long writeId = newWriteId();
        hardState.request(writeId, hardState.current(), nowNs);
        effects.add(new Effect.NoteDoubt(writeId, bootSeen, detail));
    }

    /**
     * Whether a message of {@code from} counts: a member, with the incarnation that formed the cluster (R17), over its
     * present connection.
     */
    boolean counts(ServerId from, UUID itsIncarnation, UUID itsRun) {
        Introduction peer = connected.get(from);
        return formation != null && formation.names(from, itsIncarnation)
                && peer != null && peer.incarnation().equals(itsIncarnation) && peer.run().equals(itsRun);
    }

    /** Whether there is a connection to a peer that counts. */
    boolean reaches(ServerId peer) {
        Introduction introduction = connected.get(peer);
        return introduction != null && counts(peer, introduction.incarnation(), introduction.run());
    }

    void send(ServerId to, Lane lane, Message message) {
        effects.add(new Effect.Send(to, lane, message));
    }

    /** A message that speaks for the current term or vote: leaves only when they are durable (R1). */
    void sendDurably(ServerId to, Lane lane, Message message) {
        hardState.sendDurably(new Effect.Send(to, lane, message), effects);
    }

    /** The leader of the present term has what is here up to {@code index}. */
    void verified(long index) {
        verifiedIndex = Math.max(verifiedIndex, index);
    }

    /**
     * How far the log is known to match that of the present term's leader: up to where a request matched, or a snapshot
     * that it has was installed. Only grows within a term, in which a leader only appends; so it also outlives a round
     * in vain.
     */
    long verifiedIndex() {
        return verifiedIndex;
    }

    /** Raises commitIndex and hands out what is both committed and durable here (Raft §5.3, R5). */
    void commitTo(long index) {
        if (index > commitIndex) {
            commitIndex = index;
            committedIn(Era.of(log.termAt(index)));
        }
        applyDurable();
    }

    /** All that is committed here is so in this era. */
    private void committedIn(long era) {
        if (era > committedEra) {
            committedEra = era;
            effects.add(new Effect.CommittedInEra(era));
        }
    }

    /** All that is committed here was so in this era already: every leader of it has that (R18). Only grows. */
    long committedEra() {
        return committedEra;
    }

    /** Hands out what is committed and durable and was not yet. */
    void applyDurable() {
        long upTo = Math.min(commitIndex, log.durableIndex());
        if (upTo > applyIndex && !needsSnapshot) {
            applyIndex = upTo;
            effects.add(new Effect.Apply(upTo));
        }
    }

    /** Falls silent for good. */
    void fail(Effect.Failure failure, String detail) {
        if (!silent) {
            silent = true;
            if (!(role instanceof Role.Follower) || !leaderId.isNone()) {
                become(new Role.Follower(), ServerId.NONE, "cannot go on: " + detail);
            }
            effects.add(new Effect.Fail(failure, detail));
        }
    }
}
