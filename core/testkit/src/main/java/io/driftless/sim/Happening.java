package io.driftless.sim;

import io.driftless.log.LogEntry;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.TransferOutcome;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.HardState;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.sim.history.Operation;
import io.driftless.transport.ClientReply;
import java.util.List;
import java.util.SortedMap;
import java.util.UUID;

/** Something that happened in a run, as seen from outside the nodes. Servers are numbers from 0. Immutable. */
sealed interface Happening {

    /** A node has started, on these data. */
    record Started(int node, UUID incarnation, long boot) implements Happening { }

    /** A node has ended. */
    record Ended(int node, String how) implements Happening { }

    /** Something went wrong, as planned. */
    record Struck(Fault fault) implements Happening { }

    /** A node was told that a connection stands. */
    record Connected(int node, int peer, UUID incarnation, long boot, UUID run) implements Happening { }

    /** A node was told that the process of another one is gone, with which it was connected (R41). */
    record NoticedEnd(int node, int peer, UUID run) implements Happening { }

    /** A node sends a message. */
    record Sent(int from, int to, Lane lane, Message message) implements Happening { }

    /** A node receives a message. */
    record Received(int to, int from, UUID incarnation, long boot, UUID run, Message message) implements Happening { }

    /** Entries were written, and not synced yet. */
    record LogWritten(int node, List<LogEntry> entries, boolean overwrite) implements Happening { }

    /** Everything written is durable. */
    record LogSynced(int node, long lastIndex) implements Happening { }

    /** A log has forgotten what it held up to an index. */
    record LogCompacted(int node, long upToIndex) implements Happening { }

    /** A log has forgotten everything, and goes on behind this index. */
    record LogReset(int node, long index, long term) implements Happening { }

    /** A hard state is durable. */
    record StateWritten(int node, HardState state) implements Happening { }

    /** A node's folder is another copy of itself, with this hard state. */
    record PutBack(int node, HardState state) implements Happening { }

    /** What the core says of itself has changed. */
    record Looked(int node, long boot, CoreStatus status) implements Happening { }

    /** A command was applied. */
    record Applied(int node, long index, long term, long serial, long result) implements Happening { }

    /** A request about a session reaches a node. */
    record Asked(int node, Inquiry inquiry) implements Happening { }

    /** A node answers it; {@code isAtOnce}: as it reads it, while nothing else has happened. */
    record Told(int node, Inquiry inquiry, boolean isAtOnce, ClientReply reply) implements Happening { }

    /**
     * The session table of a node has changed.
     *
     * @param node   whose
     * @param index  the last index applied
     * @param isRestored whether it is what its state machine gave back at the start
     * @param digest of all rows
     * @param kept   the serials whose results are kept, by session
     */
    record TableSeen(int node, long index, boolean isRestored, long digest, SortedMap<Long, List<Long>> kept)
            implements Happening { }

    /** What a node does with a snapshot of this index, on its disk. */
    record SnapshotStep(int node, Step step, long index, long term) implements Happening {
        enum Step {
            /** It begins to write it. */
            BEGUN,
            /** It is durable, and is the server's own. */
            TAKEN,
            /** It is durable, and a leader has sent it. */
            RECEIVED,
            /** It is of no use. */
            SET_ASIDE
        }
    }

    /**
     * The state machine of a node was given the content of a snapshot.
     *
     * @param node      whose
     * @param index     of the snapshot
     * @param kept      the index of the state that the machine had kept
     * @param registers what it holds now
     */
    record SnapshotRestored(int node, long index, long kept, SortedMap<Integer, Long> registers)
            implements Happening { }

    /** A client begins an operation. */
    record Invoked(Operation operation, long atNs) implements Happening { }

    /** A client's attempt has reached a node. */
    record Reached(int node, Operation operation) implements Happening { }

    /** The node has answered it. */
    record Answered(int node, Operation operation) implements Happening { }

    /** A read without an entry has reached a node. */
    record QueryReached(int node, Query query, long atNs) implements Happening { }

    /** The node says what became of it. */
    record QueryTold(int node, Query query, long atNs, QueryOutcome outcome) implements Happening { }

    /** A client that began to read then was told what the register holds. */
    record ReadTold(Query query, long begunNs, long atNs, long value) implements Happening { }

    /** Somebody asks a node to hand its leadership over; to nobody in particular if the target is empty. */
    record TransferAsked(int node, long number, ServerId target) implements Happening { }

    /** The node says what became of it. */
    record TransferTold(int node, long number, TransferOutcome outcome) implements Happening { }

    /** A client's attempt was answered: it never was, and never will be, executed. */
    record Rejected(Operation operation, long atNs) implements Happening { }

    /** A client was told that its operation was executed. */
    record Committed(Operation operation, long atNs, long index, long result) implements Happening { }

    /** A client gave up: rejected for good, or not known. */
    record GaveUp(Operation operation, long atNs, boolean isKnown) implements Happening { }
}
