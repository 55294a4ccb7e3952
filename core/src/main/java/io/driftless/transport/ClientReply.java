package io.driftless.transport;

import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.machine.TransferOutcome;

/** A node's answer to a {@link ClientRequest}. Immutable. */
public sealed interface ClientReply {

    /** The request that this reply answers. For a {@link Goodbye}, the highest request that was read. */
    long id();

    /**
     * What became of a command, which may have been rejected.
     *
     * @param id            the request
     * @param outcome       what is known about it
     * @param leaderAddress with {@link Outcome.Reason#NOT_LEADER}: {@code host:port} of the leader, or empty if unknown
     */
    record CommandAnswered(long id, Outcome outcome, String leaderAddress) implements ClientReply { }

    /**
     * The connection names a session now, and this server leads.
     *
     * @param id      the request
     * @param session the session's id: the index of the entry that opened it
     */
    record SessionNamed(long id, long session) implements ClientReply { }

    /**
     * The command of a session was certainly not executed by this request, because one with a lower serial must come
     * first. It may be sent again, once that one was sent or is not wanted any more.
     *
     * @param id       the request
     * @param expected the serial that must come next
     */
    record OutOfOrder(long id, long expected) implements ClientReply { }

    /**
     * What became of a {@link ClientRequest.Query}.
     *
     * @param id            the request
     * @param outcome       what is known about it
     * @param leaderAddress {@code host:port} of the leader, where the next query is answered sooner; empty if this
     *                      server leads, or knows of none
     */
    record QueryAnswered(long id, QueryOutcome outcome, String leaderAddress) implements ClientReply { }

    /**
     * The node's status.
     *
     * @param id   the request
     * @param json one JSON object, as {@code driftless status --json} prints it
     */
    record StatusAnswered(long id, String json) implements ClientReply { }

    /**
     * What became of a {@link ClientRequest.TakeSnapshot}.
     *
     * @param id      the request
     * @param outcome what is known about it
     */
    record SnapshotAnswered(long id, SnapshotOutcome outcome) implements ClientReply { }

    /**
     * What became of a {@link ClientRequest.TransferLeadership}.
     *
     * @param id      the request
     * @param outcome what is known about it
     */
    record TransferAnswered(long id, TransferOutcome outcome) implements ClientReply { }

    /**
     * The node never takes another request of this connection. It certainly did not execute any command above
     * {@code id}.
     *
     * @param id  the highest request that was read on this connection; 0 if none was
     * @param why what to assume about a command that was read and gets no answer. {@link Outcome.Why#CLOSED}: the node
     *            is closing, and answers still come. {@link Outcome.Why#NOT_READ}: this is the last reply, and the
     *            others were dropped
     */
    record Goodbye(long id, Outcome.Why why) implements ClientReply { }
}
