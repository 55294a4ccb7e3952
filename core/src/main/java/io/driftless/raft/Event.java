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
