package io.driftless.node.driver;

import io.driftless.machine.QueryOutcome;
import io.driftless.raft.Effect;
import io.driftless.raft.Event;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Linearizable queries whose index the core is asked for (R20). Those that come together are one read. Confined to the
 * owner of the core, but for {@link #ending}.
 */
final class Reads {

    private record Asked(List<PendingQuery> queries, long atNs) { }

    private final QueryQueue answering;
    private final Map<Long, Asked> asked = new ConcurrentHashMap<>();
    private long lastId;

    Reads(QueryQueue answering) {
        this.answering = answering;
    }

    /** What the core is to be asked. */
    Event begun(List<PendingQuery> queries, long nowNs) {
        asked.put(++lastId, new Asked(queries, nowNs));
        return new Event.Read(lastId);
    }

    /** The core says what is to be applied first. */
    void confirmed(Effect.ReadConfirmed read, Replies replies) {
        Asked confirmed = asked.remove(read.id());
        if (confirmed != null) {
            answering.add(confirmed.queries, read.index(), confirmed.atNs, replies);
        }
    }

    /** The core cannot say it; {@code detail} is why. */
    void refused(Effect.ReadRefused read, String detail, String leaderAddress, Replies replies) {
        fail(read.id(), QueryOutcome.Reason.NO_LEADER, detail, leaderAddress, replies);
    }

    /** The node ends: who waits is told so. From any thread. */
    void ending(Replies replies) {
        for (Long id : asked.keySet()) {
            fail(id, QueryOutcome.Reason.CLOSED, "the node has ended", "", replies);
        }
    }

    private void fail(Long id, QueryOutcome.Reason reason, String detail, String leaderAddress, Replies replies) {
        Asked failed = asked.remove(id);
        if (failed != null) {
            failed.queries.forEach(query -> query.fail(reason, detail, leaderAddress, replies));
        }
    }
}
