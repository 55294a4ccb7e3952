package io.driftless.raft;

import java.util.UUID;

/** What a server is told. Immutable. The time goes in beside it: see {@link RaftCore#step}. */
public sealed interface Event {

    /** Time has passed: at the latest at {@link RaftCore#nextDeadlineNs()}. */
    record Tick() implements Event { }

    /**
     * A message has arrived.
     *
     * @param from        who sent it
     * @param incarnation which of its incarnations
     * @param run         which of its starts
     * @param lane        where it came in, and where the answer goes
     * @param message     the message
     * @param arrivedNs   when it had been read, which may be before this event's own time
     */
    record Received(ServerId from, UUID incarnation, UUID run, Lane lane, Message message, long arrivedNs)
            implements Event { }

    /**
     * Clients want commands appended.
     *
     * @param commands the commands
     */
    record Propose(Content commands) implements Event { }

    /**
     * A client wants to read without an entry (thesis §6.4, R20). Answered by {@link Effect.ReadConfirmed} or
     * {@link Effect.ReadRefused}.
     *
     * @param id names the request
     */
    record Read(long id) implements Event { }

    /**
     * Leadership is to be handed over (thesis §3.10, R26). Answered by {@link Effect.TransferEnded}.
     *
     * @param id         names the request
     * @param target     to whom; {@link ServerId#NONE}: to the voter that has most of the log
     * @param deadlineNs until when the target may catch up
     */
    record TransferLeadership(long id, ServerId target, long deadlineNs) implements Event { }

    /**
     * The process of another server does not run any more: it has closed the connection, and connections to it are
     * refused since (R41).
     *
     * @param peer which server
     * @param run  which of its starts
     */
    record PeerGone(ServerId peer, UUID run) implements Event { }

    /**
     * Every log write up to this one is durable, each as far as later overwrites have left it.
     *
     * @param writeId the last one covered
     */
    record LogWriteCompleted(long writeId) implements Event { }

    /**
     * A write of the hard state, and every earlier one, is durable.
     *
     * @param writeId the write
     */
    record HardStatePersisted(long writeId) implements Event { }

    /** The configuration of index 0 is durable (R17). */
    record FormationPersisted() implements Event { }

    /**
     * The disk did not take a write: the server falls silent for good (R15).
     *
     * @param detail what happened
     */
    record WriteFailed(String detail) implements Event { }

    /** What has become of a snapshot. */
    sealed interface OfSnapshot extends Event { }

    /**
     * A snapshot of this server's own state is durable (Raft §7, R27).
     *
     * @param snapshot which one
     * @param size     the length of its content, in bytes
     */
    record SnapshotTaken(SnapshotId snapshot, long size) implements OfSnapshot { }

    /**
     * The server's own snapshot has proved bad, or is gone: it can be sent to nobody.
     *
     * @param snapshot which one
     */
    record SnapshotLost(SnapshotId snapshot) implements OfSnapshot { }

    /**
     * So much of the snapshot that comes in is written; not durable yet.
     *
     * @param snapshot which one
     * @param offset   the length of what is written, in bytes
     */
    record ChunkWritten(SnapshotId snapshot, long offset) implements OfSnapshot { }

    /**
     * The snapshot that came in is whole, compared with its checksum, and durable (R27).
     *
     * @param snapshot which one
     * @param size     the length of its content, in bytes
     * @param era      in which its sender knew it to be committed (R18)
     */
    record SnapshotReceived(SnapshotId snapshot, long size, long era) implements OfSnapshot { }

    /**
     * The snapshot that came in cannot be used, and nothing is left of it.
     *
     * @param snapshot which one
     */
    record SnapshotNotReceived(SnapshotId snapshot) implements OfSnapshot { }

    /**
     * The state machine is restored from a snapshot.
     *
     * @param index of that
     */
    record MachineRestored(long index) implements OfSnapshot { }

    /**
     * A connection to a peer stands.
     *
     * @param peer what the peer told of itself
     */
    record PeerConnected(Introduction peer) implements Event { }

    /**
     * The connection to a peer is gone.
     *
     * @param peer the peer
     */
    record PeerDisconnected(ServerId peer) implements Event { }
}
