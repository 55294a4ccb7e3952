package io.driftless.raft;

/**
 * What a server wants done, in order. Immutable. Nothing here waits for a write unless it says so: what must wait is
 * not emitted before.
 */
public sealed interface Effect {

    /**
     * Send a message; drop it if there is no connection. An AppendEntries with entries names only their terms: the
     * entries are fixed when this effect is carried out, before the next one.
     *
     * @param to      the receiver
     * @param lane    on which lane
     * @param message the message
     */
    record Send(ServerId to, Lane lane, Message message) implements Effect { }

    /**
     * Write entries to the log: at its end, or over what stands from the first one on. Answered by {@link
     * Event.LogWriteCompleted}.
     *
     * @param writeId   names the write
     * @param terms     indexes and terms of the entries
     * @param overwrite whether the first index is already taken
     * @param kind      what the entries are
     * @param content   what they hold; may begin before {@code terms.firstIndex()} when received: the last {@code
     *                  terms.count()} count
     */
    record Append(long writeId, TermRuns terms, boolean overwrite, AppendKind kind, Content content)
            implements Effect { }

    /** Where entries of an {@link Append} come from. */
    enum AppendKind {
        /** The no-op that begins a term (Raft §8): one entry, no content. */
        NOOP,
        /** Commands of {@link Event.Propose}, which now have an index. */
        COMMANDS,
        /** Entries from the leader, complete. */
        RECEIVED
    }

    /**
     * Write the hard state. Answered by {@link Event.HardStatePersisted}.
     *
     * @param writeId names the write
     * @param state   what to write
     */
    record PersistHardState(long writeId, HardState state) implements Effect { }

    /**
     * Note durably that the server is in doubt from now on (R18). Answered by {@link Event.HardStatePersisted}: what
     * must wait for a write of the hard state waits for this one too. Everybody must hear of it in a new greeting.
     *
     * @param writeId  names the write
     * @param bootSeen the highest boot of this incarnation that a peer has seen: every later start is above it
     * @param detail   why, for a person
     */
    record NoteDoubt(long writeId, long bootSeen, String detail) implements Effect { }

    /**
     * Note durably that the server is not in doubt any more (R18). Nothing waits for it: if it is lost, the server is
     * in doubt once more.
     *
     * @param detail why, for a person
     */
    record SettleDoubt(String detail) implements Effect { }

    /**
     * Write the configuration of index 0. Answered by {@link Event.FormationPersisted}.
     *
     * @param formation what to write
     */
    record PersistFormation(ClusterConfiguration formation) implements Effect { }

    /**
     * Drop what has come in of any snapshot, and begin to write this one. Answered by {@link Event.ChunkWritten} with
     * offset 0, or {@link Event.SnapshotNotReceived}.
     *
     * @param snapshot which one
     * @param size     the length of all of it, in bytes
     * @param boundary its boundary data
     */
    record BeginSnapshot(SnapshotId snapshot, long size, Content boundary) implements Effect { }

    /**
     * Write the next part of the snapshot that comes in. Answered by {@link Event.ChunkWritten}, or with the last part
     * by {@link Event.SnapshotReceived} once all of it is verified and durable; or by {@link
     * Event.SnapshotNotReceived}.
     *
     * @param snapshot which one
     * @param offset   where the part begins
     * @param content  the part
     * @param isLast   whether it is the last one
     */
    record WriteChunk(SnapshotId snapshot, long offset, Content content, boolean isLast) implements Effect { }

    /** Drop what has come in of a snapshot. */
    record DropSnapshot() implements Effect { }

    /**
     * Set the snapshot aside that was received: a leader elected after a loss was accepted may lack what it holds, so
     * no start may find it (R18).
     *
     * @param snapshot which one
     */
    record DiscardSnapshot(SnapshotId snapshot) implements Effect { }

    /**
     * Restore the state machine, and the session table with it, from the snapshot that was received, before anything
     * above its index is applied; leave both if they are at or above it. Answered by {@link Event.MachineRestored}.
     *
     * @param snapshot which one
     */
    record RestoreMachine(SnapshotId snapshot) implements Effect { }

    /**
     * Take a snapshot soon: there is none to send to a peer that needs one, or to start from.
     */
    record TakeSnapshot() implements Effect { }

    /**
     * Whether the server's own snapshot is kept for a peer: meanwhile no other one is taken, which would replace it
     * (R31).
     *
     * @param isHeld whether it is
     */
    record HoldSnapshot(boolean isHeld) implements Effect { }

    /**
     * The log forgets everything, and goes on behind a snapshot that is durable (Raft §7, R28). In the order of the
     * other writes, and answered as they are.
     *
     * @param writeId names the write
     * @param index   lastIncludedIndex
     * @param term    lastIncludedTerm
     */
    record ResetLog(long writeId, long index, long term) implements Effect { }

    /**
     * The log may forget its beginning (Raft §7). In the order of the other writes; answered by nothing.
     *
     * @param upToIndex the last index that it may forget
     */
    record CompactLog(long upToIndex) implements Effect { }

    /**
     * Apply what is committed and durable here, in order.
     *
     * @param upToIndex the last one
     */
    record Apply(long upToIndex) implements Effect { }

    /**
     * All that is committed here is so in this era too: snapshots that are taken or sent from now on are of it (R18).
     *
     * @param era the era, above all before
     */
    record CommittedInEra(long era) implements Effect { }

    /**
     * The role, the term or the known leader has changed.
     *
     * @param role     the name of the role
     * @param term     currentTerm
     * @param leaderId the leader it knows, or {@link ServerId#NONE}
     * @param reason   why, for a person
     */
    record RoleChanged(String role, long term, ServerId leaderId, String reason) implements Effect { }

    /**
     * Proposed commands were not appended and never will be.
     *
     * @param commands those of the event
     * @param leaderId who may know better, or {@link ServerId#NONE}
     */
    record ProposalsRejected(Content commands, ServerId leaderId) implements Effect { }

    /**
     * Entries from here on were overwritten: what became of commands among them is no longer known here.
     *
     * @param fromIndex the first one
     */
    record ProposalsUnknown(long fromIndex) implements Effect { }

    /**
     * This server led when the read came, and everything that was committed then stands at or below an index: whoever
     * has applied that may answer (R20).
     *
     * @param id    of the {@link Event.Read}
     * @param index that
     */
    record ReadConfirmed(long id, long index) implements Effect { }

    /**
     * It cannot be told whether this server leads, or it does not.
     *
     * @param id       of the {@link Event.Read}
     * @param leaderId who leads, as far as is known; {@link ServerId#NONE} otherwise
     */
    record ReadRefused(long id, ServerId leaderId) implements Effect { }

    /**
     * Whether commands wait before they are proposed, because leadership is handed over: so the other server can have
     * all of the log. They have no index meanwhile (R26).
     *
     * @param isHeld whether they do
     */
    record HoldProposals(boolean isHeld) implements Effect { }

    /**
     * Leadership was handed over, or was not.
     *
     * @param id     of the {@link Event.TransferLeadership}
     * @param target to whom; {@link ServerId#NONE} if there is nobody
     * @param end    how it ended
     * @param detail one line; empty if it was handed over
     */
    record TransferEnded(long id, ServerId target, TransferEnd end, String detail) implements Effect { }

    /** How a handing over of leadership ended. */
    enum TransferEnd {
        /** The target was told, and this server leads no more. */
        DONE,
        /** It does not lead, or no more: the target was not told. */
        NOT_LEADER,
        /** It is handing over already. */
        BUSY,
        /** There is nobody who could lead, or whoever was named cannot. */
        NO_TARGET,
        /** The target did not catch up, or did not take over. */
        NOT_IN_TIME
    }

    /**
     * Something a person should know; the server goes on.
     *
     * @param detail one line
     */
    record Report(String detail) implements Effect { }

    /**
     * The server cannot go on: it has fallen silent, and sends nothing any more.
     *
     * @param failure why
     * @param detail  one line
     */
    record Fail(Failure failure, String detail) implements Effect { }

    /** Why a server cannot go on. */
    enum Failure {
        /** Entries that it acknowledged are gone (R18). */
        LOST_DATA,
        /** The disk did not take a write (R15). */
        WRITE_FAILED
    }
}
