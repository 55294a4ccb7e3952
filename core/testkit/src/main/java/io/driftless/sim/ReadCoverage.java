package io.driftless.sim;

import io.driftless.machine.Consistency;
import io.driftless.machine.QueryOutcome;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Message;
import java.util.HashMap;
import java.util.Map;

/** What has become of reads without an entry in the log. Promises nothing. */
final class ReadCoverage extends Marks {

    /**
     * A query that is not answered yet.
     *
     * @param atNs        when it came
     * @param ledIn       the term in which its server led then; 0 if it did not
     * @param beforeNoOp  whether it led, and had committed nothing in its term yet
     * @param waits       whether it is of at least an index that was not applied there
     */
    private record Open(long atNs, long ledIn, boolean beforeNoOp, boolean waits) { }

    /** An answer at a leader. */
    private record Last(long cameNs, long toldNs) { }

    private final Universe universe;
    private final CommitDurability commits;
    private final Map<Long, Open> open = new HashMap<>();
    private final Map<Integer, Last> lastTold = new HashMap<>();
    /** What each server has asked its leader last, and is not answered yet. */
    private final Map<Integer, Message.ReadIndex> asked = new HashMap<>();

    ReadCoverage(Universe universe, CommitDurability commits) {
        this.universe = universe;
        this.commits = commits;
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.QueryReached now) {
            long ledIn = universe.led(now.node());
            open.put(now.query().number(), new Open(now.atNs(), ledIn, ledIn > 0 && isBeforeNoOp(now.node()),
                    now.query().consistency() instanceof Consistency.AtLeast(long index)
                            && index > universe.applied(now.node())));
        } else if (happening instanceof Happening.QueryTold told) {
            Open query = open.remove(told.query().number());
            if (query != null) {
                told(told, query);
            }
        } else if (happening instanceof Happening.Sent sent && sent.message() instanceof Message.ReadIndex request) {
            Message.ReadIndex before = asked.put(sent.from(), request);
            mark(Coverage.Mark.READ_INDEX_ASKED_AGAIN, before != null && before.term() == request.term());
        } else if (happening instanceof Happening.Received received
                && received.message() instanceof Message.ReadIndexReply reply) {
            Message.ReadIndex request = asked.get(received.to());
            if (request != null && request.id() == reply.id()) {
                asked.remove(received.to());
                mark(Coverage.Mark.READ_WAITED_TO_BE_APPLIED, reply.index() > universe.applied(received.to()));
            }
        } else if (happening instanceof Happening.Ended ended) {
            asked.remove(ended.node());
        }
    }

    private boolean isBeforeNoOp(int node) {
        Life life = universe.node(node).life();
        CoreStatus status = life == null ? null : life.status();
        return status != null && (status.commit() == 0 || status.commit() <= commits.count()
                && commits.termAt(status.commit()) < status.term());
    }

    private void told(Happening.QueryTold told, Open query) {
        boolean isLinearizable = told.query().isLinearizable();
        if (told.outcome() instanceof QueryOutcome.Failed failed) {
            boolean isWithoutLeader = failed.reason() == QueryOutcome.Reason.NO_LEADER;
            mark(Coverage.Mark.READ_REFUSED, isWithoutLeader && query.ledIn() == 0);
            mark(Coverage.Mark.READ_ENDED_WITH_LEADERSHIP, isWithoutLeader && query.ledIn() > 0);
        } else if (told.outcome() instanceof QueryOutcome.Answered answered && isLinearizable) {
            boolean isLearner = (universe.plan.knob(Knob.LEARNERS) >> told.node() & 1) == 1;
            mark(Coverage.Mark.READ_BY_LEADER, query.ledIn() > 0);
            mark(Coverage.Mark.READ_BY_FOLLOWER, query.ledIn() == 0 && !isLearner);
            mark(Coverage.Mark.READ_BY_LEARNER, isLearner);
            mark(Coverage.Mark.READ_BEFORE_THE_NO_OP, query.beforeNoOp());
            if (query.ledIn() > 0) {
                Last last = lastTold.put(told.node(), new Last(query.atNs(), told.atNs()));
                mark(Coverage.Mark.READS_SHARE_A_ROUND, last != null && last.toldNs() == told.atNs()
                        && last.cameNs() != query.atNs());
            }
        } else if (told.outcome() instanceof QueryOutcome.Answered answered) {
            mark(Coverage.Mark.AT_LEAST_WAITED, query.waits());
            mark(Coverage.Mark.STALE_WITH_AGE, answered.age().isPresent()
                    && told.query().consistency() instanceof Consistency.Stale);
        }
    }
}
