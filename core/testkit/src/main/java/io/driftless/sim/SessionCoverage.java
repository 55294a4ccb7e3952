package io.driftless.sim;

import io.driftless.machine.Outcome;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which rare branches of sessions a run has reached, as they show themselves outside. Promises nothing. */
final class SessionCoverage extends Marks {

    /** Where a command was executed, as its server said, and when. */
    private record Execution(int node, long session, long serial, long index) { }

    private final Universe universe;
    private final SessionTwin twin;
    /** Copies of commands that had been executed when they arrived. */
    private final Set<Long> done = new HashSet<>();
    /** When an execution was told first. */
    private final Map<Execution, Long> toldNs = new HashMap<>();

    SessionCoverage(Universe universe, SessionTwin twin) {
        this.universe = universe;
        this.twin = twin;
    }

    @Override
    Set<Coverage.Mark> reached() {
        mark(Coverage.Mark.SESSION_RENEWED, twin.renewals() > 0);
        mark(Coverage.Mark.ROOM_MADE_FOR_RESULTS, twin.hasMadeRoom());
        mark(Coverage.Mark.SESSION_CLOSED, twin.closings() > 0);
        mark(Coverage.Mark.OPENING_REPEATED, twin.repeatedOpenings() > 0);
        for (SessionTwin.Known session : twin.sessions()) {
            mark(Coverage.Mark.SESSION_EXPIRED, session.hasExpired());
            mark(Coverage.Mark.GIVEN_UP_AND_PASSED, session.hasPassed());
        }
        return super.reached();
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.TableSeen table) {
            mark(Coverage.Mark.SESSIONS_RESTORED, table.isRestored() && !table.kept().isEmpty());
        } else if (happening instanceof Happening.Asked asked && asked.inquiry().serial() > 0) {
            SessionTwin.Known session = twin.session(asked.inquiry().session());
            if (session != null && session.executedAt(asked.inquiry().serial()) > 0) {
                done.add(asked.inquiry().number());
            }
        } else if (happening instanceof Happening.Told told) {
            told(told);
        }
    }

    private void told(Happening.Told told) {
        boolean isLate = told.inquiry().isLate();
        switch (told.reply()) {
            case ClientReply.OutOfOrder early -> mark(Coverage.Mark.TOO_EARLY, true);
            case ClientReply.SessionNamed named -> mark(Coverage.Mark.OPENING_REPEATED, told.isAtOnce()
                    && told.inquiry().request() instanceof ClientRequest.OpenSession);
            case ClientReply.CommandAnswered answered -> {
                switch (answered.outcome()) {
                    case Outcome.Committed committed -> committed(told, committed.index());
                    case Outcome.Rejected rejected -> {
                        boolean isOver = rejected.reason() == Outcome.Reason.EXPIRED;
                        mark(Coverage.Mark.LATE_COPY_REFUSED, isLate && isOver);
                        mark(Coverage.Mark.EXPIRED_WHILE_UNDER_WAY, isOver && !told.isAtOnce());
                        mark(Coverage.Mark.OPENING_REFUSED, !told.isAtOnce() && told.inquiry().session() == 0
                                && rejected.reason() == Outcome.Reason.OVERLOADED);
                    }
                    case Outcome.Unknown unknown -> {
                        boolean isGone = unknown.why() == Outcome.Why.RESULT_NOT_KEPT;
                        mark(Coverage.Mark.RESULT_NOT_KEPT, isGone);
                        mark(Coverage.Mark.LATE_COPY_REFUSED, isLate && isGone);
                    }
                }
            }
            case ClientReply.Goodbye other -> { }
            case ClientReply.QueryAnswered other -> { }
            case ClientReply.StatusAnswered other -> { }
            case ClientReply.SnapshotAnswered other -> { }
            case ClientReply.TransferAnswered other -> { }
        }
    }

    private void committed(Happening.Told told, long index) {
        if (told.inquiry().serial() > 0) {
            long nowNs = universe.timeline.nowNs();
            Long before = toldNs.putIfAbsent(new Execution(told.node(), told.inquiry().session(),
                    told.inquiry().serial(), index), nowNs);
            mark(Coverage.Mark.DUPLICATE_ANSWERED, done.contains(told.inquiry().number()));
            mark(Coverage.Mark.WAITER_JOINED, before != null && before == nowNs
                    && !done.contains(told.inquiry().number()));
        }
    }
}
