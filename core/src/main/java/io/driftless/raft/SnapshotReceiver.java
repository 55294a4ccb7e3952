package io.driftless.raft;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The receiver of InstallSnapshot (Raft §7 and figure 13), and what becomes of log and state machine once a snapshot is
 * durable here (R27, R28). Confined to the core's owner.
 */
final class SnapshotReceiver {

    /** After a snapshot could not be taken in, none is begun for so long, and twice as long after each further one. */
    private static final long PAUSE_NS = 1_000_000_000L;
    private static final long PAUSE_MAX_NS = 60 * PAUSE_NS;

    /** The snapshot that comes in. */
    private static final class Incoming {
        private final SnapshotId id;
        private final long size;
        private ServerId from = ServerId.NONE;
        /** The newest term whose leader has sent of it. */
        private long term;
        /** How much was let in. */
        private long accepted;
        /** How much of that is written. */
        private long written;
        /** Whether the leader was told that a part is missing; the others that came before it heard say the same. */
        private boolean gapTold;

        Incoming(SnapshotId id, long size) {
            this.id = id;
            this.size = size;
        }

        /** Whether nothing of it is missing any more: what becomes of it is about to be told. */
        boolean isAllThere() {
            return accepted == size;
        }
    }

    private final ServerState state;
    private final AppendReceiver appendReceiver;
    private @Nullable Incoming incoming;
    private long pauseNs = PAUSE_NS;
    private long pausedUntilNs;

    SnapshotReceiver(ServerState state, AppendReceiver appendReceiver) {
        this.state = state;
        this.appendReceiver = appendReceiver;
    }

    /** The term rule has been applied: the request's term is ours or older. It is the leader's message (R30). */
    void installSnapshot(ServerId from, Message.InstallSnapshot request, long arrivedNs) {
        if (request.term() < state.currentTerm()) {
            reply(from, request.term(), request.snapshot(), 0, 0, false, 0);
            return;
        }
        appendReceiver.follow(request.leaderId(), arrivedNs);
        if (state.isInDoubt() && appendReceiver.isAnotherEra(request.term())
                || appendReceiver.isUnverifiable(request.term(), request.snapshot().index())) {
            return;
        }
        if (!isSameHistory(request)) {
            return;
        }
        if (!isWanted(request.snapshot())) {
            notWanted(from, request.snapshot());
        } else if (state.isRestoring) {
            // The one that the state machine is being restored from must stay.
            reply(from, request.term(), request.snapshot(), 0, 0, true, 0);
        } else if (incoming == null || !incoming.id.equals(request.snapshot()) || incoming.size != request.size()) {
            another(from, request);
        } else {
            goOn(from, incoming, request);
        }
    }

    /** What is committed here is of the same term everywhere, unless a loss was accepted since. */
    private boolean isSameHistory(Message.InstallSnapshot request) {
        LogTail log = state.log;
        SnapshotId id = request.snapshot();
        if (id.index() < log.boundaryIndex() || id.index() > state.commitIndex || hasEntry(id)) {
            return true;
        }
        String differs = "the leader has a snapshot of index " + id.index() + ", term " + id.term()
                + ", and what is committed here is of term " + log.termAt(id.index());
        if (!appendReceiver.isLaterEra(request.term())) {
            throw new IllegalStateException(differs);
        }
        state.fail(Effect.Failure.LOST_DATA, differs + ": a loss was accepted since");
        return false;
    }

    private boolean hasEntry(SnapshotId id) {
        LogTail log = state.log;
        return id.index() >= log.boundaryIndex() && id.index() <= log.lastIndex()
                && log.termAt(id.index()) == id.term();
    }

    /** At or below commitIndex nothing is installed, except where the state machine needs it (R28, R32). */
    private boolean isWanted(SnapshotId id) {
        return id.index() > state.commitIndex || isForMachine(id);
    }

    private boolean isForMachine(SnapshotId id) {
        return state.needsSnapshot && id.index() >= state.log.boundaryIndex();
    }

    private void notWanted(ServerId from, SnapshotId id) {
        reply(from, state.currentTerm(), id, 0, 0, false, Math.min(id.index(), state.log.durableIndex()));
    }

    /** Not the one under way. */
    private void another(ServerId from, Message.InstallSnapshot request) {
        // One that is all there may be durable already: it may be installed, and must not be replaced before (R27).
        if (!request.isOffer() || state.nowNs < pausedUntilNs || incoming != null && incoming.isAllThere()) {
            reply(from, request.term(), request.snapshot(), 0, 0, true, 0);
            return;
        }
        Incoming begun = new Incoming(request.snapshot(), request.size());
        begun.from = from;
        begun.term = request.term();
        incoming = begun;
        state.effects.add(new Effect.BeginSnapshot(request.snapshot(), request.size(), request.content()));
        progress(begun, true);
    }

    private void goOn(ServerId from, Incoming present, Message.InstallSnapshot request) {
        present.from = from;
        present.term = request.term();
        if (request.isOffer()) {
            present.gapTold = false;
            progress(present, true);
        } else if (request.offset() == present.accepted && request.length() <= window(present)) {
            present.gapTold = false;
            present.accepted += request.length();
            state.effects.add(new Effect.WriteChunk(present.id, request.offset(), request.content(), request.done()));
        } else if (request.offset() > present.accepted && !present.gapTold) {
            present.gapTold = true;
            progress(present, true);
        }
    }

    private long window(Incoming present) {
        return state.settings.snapshots().windowBytes() - (present.accepted - present.written);
    }

    /** Tells the leader how it stands. */
    private void progress(Incoming present, boolean isResumed) {
        reply(present.from, state.currentTerm(), present.id, present.accepted, window(present), isResumed, 0);
    }

    private void reply(ServerId to, long requestTerm, SnapshotId id, long offset, long window, boolean isResumed,
            long matchIndex) {
        state.sendDurably(to, Lane.CONTROL, new Message.InstallSnapshotReply(state.currentTerm(), requestTerm, id,
                offset, window, isResumed, matchIndex));
    }

    /** So much of it is written. */
    void written(SnapshotId id, long offset) {
        if (incoming != null && incoming.id.equals(id)) {
            incoming.written = Math.max(incoming.written, Math.min(offset, incoming.accepted));
            if (followsALeader()) {
                incoming.from = state.leaderId;
                progress(incoming, false);
            }
        }
    }

    private boolean followsALeader() {
        return state.role instanceof Role.Follower && !state.leaderId.isNone();
    }

    /** It cannot be used: after a pause it may be offered again. */
    void notReceived(SnapshotId id) {
        if (incoming != null && incoming.id.equals(id)) {
            incoming = null;
            // Another attempt may have begun since.
            state.effects.add(new Effect.DropSnapshot());
            pausedUntilNs = state.nowNs + pauseNs;
            pauseNs = Math.min(2 * pauseNs, PAUSE_MAX_NS);
            if (followsALeader()) {
                reply(state.leaderId, state.currentTerm(), id, 0, 0, true, 0);
            }
        }
    }

    /** It is durable: now, against the log of this moment, is decided what it is good for (R28). */
    void received(Event.SnapshotReceived event) {
        SnapshotId id = event.snapshot();
        long sentIn = 0;
        if (incoming != null && incoming.id.equals(id)) {
            sentIn = incoming.term;
            incoming = null;
        }
        pauseNs = PAUSE_NS;
        boolean leaderHasIt = sentIn == state.currentTerm() || event.era() == Era.of(state.currentTerm());
        if (!leaderHasIt && !(id.index() <= state.commitIndex && hasEntry(id))) {
            discard(id);
            return;
        }
        state.snapshot = new Recovered.OwnSnapshot(id, event.size(), event.era());
        if (isWanted(id)) {
            install(id, leaderHasIt);
        }
        if (leaderHasIt && followsALeader()) {
            notWanted(state.leaderId, id);
        }
    }

    /**
     * It came in before a loss was accepted, or was not committed again since: the leader of this term may have other
     * entries there. Nothing was acknowledged by it, so nothing is lost; installed, it would put entries out of reach
     * that such a leader counts on (R18). If that leader has it too, it offers it again.
     */
    private void discard(SnapshotId id) {
        // The one before was removed when this one became durable.
        state.snapshot = null;
        state.effects.add(new Effect.DiscardSnapshot(id));
        if (!state.needsSnapshot) {
            state.effects.add(new Effect.TakeSnapshot());
        }
    }

    private void install(SnapshotId id, boolean leaderHasIt) {
        boolean isForMachine = isForMachine(id);
        boolean hasEntry = hasEntry(id);
        if (!hasEntry || isForMachine) {
            // Before the log is reset: who applies must not look for entries that are gone.
            state.effects.add(new Effect.RestoreMachine(id));
            state.isRestoring = true;
            state.restoredIndex = id.index();
            state.needsSnapshot = false;
            state.applyIndex = Math.max(state.applyIndex, id.index());
        }
        if (!hasEntry) {
            reset(id);
        }
        if (state.isRestoring && !(state.role instanceof Role.Follower)) {
            state.stepDown("its state machine is being restored");
        }
        state.commitTo(id.index());
        if (leaderHasIt) {
            state.verified(id.index());
        }
        if (state.role instanceof Role.Follower follower) {
            appendReceiver.endDoubt(follower);
        }
    }

    private void reset(SnapshotId id) {
        if (state.role instanceof Role.Leader) {
            throw new IllegalStateException("the leader of term " + state.currentTerm() + " lacks the committed entry "
                    + id.index() + " of term " + id.term());
        }
        state.effects.add(new Effect.ProposalsUnknown(state.log.boundaryIndex() + 1));
        long writeId = state.newWriteId();
        state.log.reset(writeId, id.index(), id.term(), state.nowNs);
        state.effects.add(new Effect.ResetLog(writeId, id.index(), id.term()));
    }

    /** After every step: what the log has caught up with in another way need not come in any more. */
    void look() {
        if (incoming != null && !isWanted(incoming.id)) {
            incoming = null;
            state.effects.add(new Effect.DropSnapshot());
        }
    }

    /** What is coming in; empty if nothing is. */
    Optional<CoreStatus.Incoming> status() {
        return Optional.ofNullable(incoming).map(present -> new CoreStatus.Incoming(present.id, present.from,
                present.written, present.size));
    }
}
