package io.driftless.node.driver;

import io.driftless.machine.QueryOutcome;
import io.driftless.raft.Effect;
import io.driftless.raft.Event;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Linearizable queries whose index the core is asked for (R20). Those that come together are one read. Confined to the
 * owner of the core, but for what says otherwise.
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

    /** Whether anybody waits. From any thread. */
    boolean waits() {
        return !asked.isEmpty();
    }

    /** Answers those whose clients wait no more. From any thread. */
    void expire(long nowNs, Replies replies) {
        for (Long id : asked.keySet()) {
            asked.computeIfPresent(id, (same, read) -> {
                Map<Boolean, List<PendingQuery>> byDeadline = read.queries.stream().collect(Collectors.partitioningBy(
                        query -> nowNs - query.deadlineNs() >= 0));
                byDeadline.get(true).forEach(query -> query.fail(QueryOutcome.Reason.TIMEOUT,
                        "nobody has confirmed in time that the leader leads", "", replies));
                return byDeadline.get(true).isEmpty() ? read : new Asked(byDeadline.get(false), read.atNs);
            });
        }
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
