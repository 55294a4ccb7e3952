package io.driftless.node.driver;

import io.driftless.log.Bytes;
import io.driftless.machine.QueryOutcome;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;

/**
 * A query on its way through the node; it is answered once. Immutable.
 *
 * @param connection where its client is
 * @param id         the request
 * @param deadlineNs until when its client waits
 * @param query      opaque
 * @param room       is given back when it is answered
 * @param count      is told what became of it
 */
record PendingQuery(ClientConnection connection, long id, long deadlineNs, Bytes query, Admission room,
        QueryCount count) {

    void answer(QueryOutcome outcome, String leaderAddress, Replies replies) {
        room.give(query.length());
        count.over(outcome);
        replies.add(connection, new ClientReply.QueryAnswered(id, outcome, leaderAddress));
    }

    void fail(QueryOutcome.Reason reason, String detail, String leaderAddress, Replies replies) {
        answer(new QueryOutcome.Failed(reason, detail), leaderAddress, replies);
    }
}
