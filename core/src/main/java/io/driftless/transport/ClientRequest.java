package io.driftless.transport;

import io.driftless.log.Bytes;
import io.driftless.log.LogEntry;
import io.driftless.machine.Consistency;
import io.driftless.raft.ServerId;
import java.util.Objects;
import java.util.UUID;

/**
 * What a client asks of a node. It is the envelope around a command, and is answered through the
 * {@link ClientConnection} from which it came. Immutable.
 */
public sealed interface ClientRequest {

    /**
     * The number of the request. The client chooses it, from 1 on, unique on its connection. The reply carries it back.
     * Each number is higher than those sent before it, because a {@link ClientReply.Goodbye} names the highest that was
     * read.
     */
    long id();

    /**
     * Asks the node to execute a command outside of any session: whoever sends it twice has it executed twice.
     *
     * @param id         see {@link #id()}
     * @param timeLeftMs how long the client still waits, in milliseconds; deadlines are sent as the time left
     * @param command    opaque
     */
    record Execute(long id, long timeLeftMs, Bytes command) implements ClientRequest { }

    /**
     * Asks for a session (thesis §6.3, R24). Answered by {@link ClientReply.SessionNamed}: from then on the connection
     * names this session. With the nonce of a live session that session is meant, so the request may be repeated.
     *
     * @param id             see {@link #id()}
     * @param timeLeftMs     how long the client still waits, in milliseconds
     * @param nonce          drawn at random by the client, once for a session
     * @param timeoutMs      how long the session lives without a sign of the client, by the log's clock
     * @param window         how many results are kept at most, from 1 to 65,535
     * @param resultBytesMax how many bytes of results are kept at most
     */
    record OpenSession(long id, long timeLeftMs, UUID nonce, long timeoutMs, int window, long resultBytesMax)
            implements ClientRequest { }

    /**
     * Names the session that this connection speaks for from now on. Answered by {@link ClientReply.SessionNamed}; only
     * a leader answers so. A pair that the leader does not hold is rejected as expired (R25).
     *
     * @param id      see {@link #id()}
     * @param session the session
     * @param nonce   the one that it was opened with
     */
    record NameSession(long id, long session, UUID nonce) implements ClientRequest {
        /** Checks the session's id. */
        public NameSession {
            requireNumber("session", session);
        }
    }

    /**
     * Asks the node to execute a command in the session that the connection names, at most once however often it is
     * sent (R21). Answered by {@link ClientReply.CommandAnswered} or {@link ClientReply.OutOfOrder}.
     *
     * @param id           see {@link #id()}
     * @param timeLeftMs   how long the client still waits, in milliseconds
     * @param serial       the command's number in its session, from 1; a retry has the same one
     * @param lowestWanted the lowest serial that the client still wants a result of, at most {@code serial}; it never
     *                     falls. Whatever is below is given up
     * @param command      opaque
     */
    record ExecuteInSession(long id, long timeLeftMs, long serial, long lowestWanted, Bytes command)
            implements ClientRequest {
        /** Checks the serials: what a client sends stands in the log of every server. */
        public ExecuteInSession {
            requireNumber("serial", serial);
            requireNumber("lowest wanted serial", lowestWanted);
            if (lowestWanted > serial || serial - lowestWanted > LogEntry.DISTANCE_MAX) {
                throw new IllegalArgumentException("serial " + serial + " with a lowest wanted serial of "
                        + lowestWanted);
            }
        }
    }

    /** The highest session id, and the highest serial: as for terms and indexes, so that no sum overflows. */
    long NUMBER_MAX = 1L << 62;

    private static void requireNumber(String name, long value) {
        if (value < 1 || value > NUMBER_MAX) {
            throw new IllegalArgumentException("a " + name + " of " + value);
        }
    }

    /**
     * Ends the session that the connection names. Answered by {@link ClientReply.CommandAnswered}, also if it had
     * ended already.
     *
     * @param id         see {@link #id()}
     * @param timeLeftMs how long the client still waits, in milliseconds
     */
    record CloseSession(long id, long timeLeftMs) implements ClientRequest { }

    /**
     * Queries the state machine of this server. Answered by {@link ClientReply.QueryAnswered}.
     *
     * @param id          see {@link #id()}
     * @param timeLeftMs  how long the client still waits, in milliseconds
     * @param consistency what the answer must have seen
     * @param query       opaque
     */
    record Query(long id, long timeLeftMs, Consistency consistency, Bytes query) implements ClientRequest {
        /** Checks that nothing is missing, which an encoder would notice too late. */
        public Query {
            Objects.requireNonNull(consistency, "consistency");
            Objects.requireNonNull(query, "query");
        }
    }

    /**
     * Asks for the node's status.
     *
     * @param id see {@link #id()}
     */
    record Status(long id) implements ClientRequest { }

    /**
     * Asks the node to take a snapshot now, whatever its limits. Answered by {@link ClientReply.SnapshotAnswered}, once
     * the snapshot is durable.
     *
     * @param id         see {@link #id()}
     * @param timeLeftMs how long the client still waits, in milliseconds
     */
    record TakeSnapshot(long id, long timeLeftMs) implements ClientRequest { }

    /**
     * Asks the node to hand its leadership over (thesis §3.10). Answered by {@link ClientReply.TransferAnswered}.
     *
     * @param id         see {@link #id()}
     * @param timeLeftMs how long the client still waits, in milliseconds
     * @param to         the member that is to lead; {@link ServerId#NONE}: the voter that has most of the log
     */
    record TransferLeadership(long id, long timeLeftMs, ServerId to) implements ClientRequest { }
}
