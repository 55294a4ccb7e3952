package io.driftless.transport;

import io.driftless.machine.Outcome;
import io.driftless.machine.Result;

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
     * The answer to a local query.
     *
     * @param id           the request
     * @param appliedIndex the last index applied when it was answered
     * @param result       the state machine's answer
     */
    record QueryAnswered(long id, long appliedIndex, Result result) implements ClientReply { }

    /**
     * The node's status.
     *
     * @param id   the request
     * @param json one JSON object, as {@code driftless status --json} prints it
     */
    record StatusAnswered(long id, String json) implements ClientReply { }

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
