package io.driftless.sim;

import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.machine.Outcome;
import io.driftless.transport.ClientReply;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * What a server says about sessions is true as it says it (R21, R24, R25): where a command was executed and with what
 * result, that a result is gone, that a command is too early, that a session is open or over; and a leader says nothing
 * of it before it has applied the first entry of its term.
 */
final class SessionAnswers implements Checker {

    private final SeenServers servers;
    private final CommittedLog log;
    private final SessionTwin twin;
    private final UnderWay underWay = new UnderWay();
    private final Map<Long, Long> results = new HashMap<>();
    /** What was said, and of which index, before that was seen to be committed. */
    private final Deque<Said> waiting = new ArrayDeque<>();

    /** An answer, and how the server was as it gave it: the last index applied, the term it led in or 0. */
    private record Said(Happening.Told told, long applied, long term) { }

    SessionAnswers(SeenServers servers, CommittedLog log, SessionTwin twin) {
        this.servers = servers;
        this.log = log;
        this.twin = twin;
    }

    @Override
    public String property() {
        return "servers tell the truth about sessions (R21, R24, R25)";
    }

    @Override
    public void saw(Happening happening) {
        underWay.saw(happening);
        if (happening instanceof Happening.Applied applied) {
            results.put(applied.index(), applied.result());
        } else if (happening instanceof Happening.Told told) {
            Said said = new Said(told, servers.applied(told.node()), servers.led(told.node()));
            isReady(said);
            refused(said);
            waiting.add(said);
        }
        while (!waiting.isEmpty() && waiting.getFirst().applied() <= log.count()) {
            twin.goOnTo(waiting.getFirst().applied());
            judge(waiting.removeFirst());
        }
    }

    private void judge(Said said) {
        switch (said.told().reply()) {
            case ClientReply.SessionNamed named -> named(said, named.session());
            case ClientReply.OutOfOrder early -> tooEarly(said, early.expected());
            case ClientReply.CommandAnswered answered -> {
                switch (answered.outcome()) {
                    case Outcome.Committed committed -> {
                        if (said.told().inquiry().serial() > 0) {
                            committed(said, committed);
                        }
                    }
                    case Outcome.Rejected rejected -> {
                        if (rejected.reason() == Outcome.Reason.EXPIRED) {
                            isOver(said);
                        }
                    }
                    case Outcome.Unknown unknown -> {
                        if (unknown.why() == Outcome.Why.RESULT_NOT_KEPT) {
                            isGone(said);
                        }
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

    /** Whether it can only be said by who knows the sessions. */
    private static boolean isKnowing(ClientReply reply) {
        return switch (reply) {
            case ClientReply.SessionNamed named -> true;
            case ClientReply.OutOfOrder early -> true;
            case ClientReply.CommandAnswered answered -> switch (answered.outcome()) {
                case Outcome.Committed committed -> true;
                case Outcome.Rejected rejected -> rejected.reason() == Outcome.Reason.EXPIRED;
                case Outcome.Unknown unknown -> unknown.why() == Outcome.Why.RESULT_NOT_KEPT;
            };
            case ClientReply.Goodbye other -> false;
            case ClientReply.QueryAnswered other -> false;
            case ClientReply.StatusAnswered other -> false;
            case ClientReply.SnapshotAnswered other -> false;
            case ClientReply.TransferAnswered other -> false;
        };
    }

    /** Judged at the door is only what comes in now; the answers of earlier terms may still come. */
    private void isReady(Said said) {
        Checker.require(!isKnowing(said.told().reply()) || !said.told().isAtOnce() || said.term() == 0
                || said.applied() >= underWay.noop(said.term()), () -> said
                + " is judged before the first entry of the term was applied");
    }

    /** A leader does not refuse what it has under way. */
    private void refused(Said said) {
        long index = underWay.index(said.told().inquiry(), said.term());
        Checker.require(!said.told().isAtOnce() || !isRefusal(said.told().reply()) || index <= said.applied(),
                () -> said + ", and it is under way at " + index);
    }

    private static boolean isRefusal(ClientReply reply) {
        return reply instanceof ClientReply.OutOfOrder || reply instanceof ClientReply.CommandAnswered answered
                && answered.outcome() instanceof Outcome.Rejected rejected
                && rejected.reason() != Outcome.Reason.NOT_LEADER && rejected.reason() != Outcome.Reason.CLOSED;
    }

    private void named(Said said, long id) {
        SessionTwin.Known session = twin.session(id);
        Checker.require(session != null && session.nonce().equals(said.told().inquiry().nonce()), () -> said
                + ", and no session was opened so");
        Checker.require(!said.told().isAtOnce() || session.endedAt() == 0 || session.endedAt() > said.applied(),
                () -> said + ", and it ended at " + session.endedAt());
    }

    private void committed(Said said, Outcome.Committed committed) {
        SessionTwin.Known session = twin.session(said.told().inquiry().session());
        Checker.require(session != null && session.executedAt(said.told().inquiry().serial()) == committed.index(),
                () -> said + ", and it was executed at " + (session == null ? "no index"
                        : session.executedAt(said.told().inquiry().serial())));
        Long result = results.get(committed.index());
        Checker.require(result != null && result == ByteBuffer.wrap(committed.result().value()).getLong(),
                () -> said + ", and its execution came to " + result);
    }

    private void isOver(Said said) {
        SessionTwin.Known session = twin.session(said.told().inquiry().session());
        Checker.require(session != null && session.endedAt() > 0 && session.endedAt() <= said.applied(), () -> said
                + ", and the session lives");
    }

    private void tooEarly(Said said, long expected) {
        SessionTwin.Known session = twin.session(said.told().inquiry().session());
        long serial = said.told().inquiry().serial();
        Checker.require(session != null && expected < serial, () -> said + " names no earlier one");
        Checker.require(expected > session.floorAt(said.applied()) || session.wasEarly(serial), () -> said
                + ", and those up to " + session.floorAt(said.applied()) + " are done with");
    }

    private void isGone(Said said) {
        SessionTwin.Known session = twin.session(said.told().inquiry().session());
        long serial = said.told().inquiry().serial();
        Checker.require(session != null && (session.isGone(serial, said.applied())
                || underWay.isGivenUp(said.told().inquiry())), () -> said
                + ", and it is neither executed nor given up");
    }

    /** What servers have in their logs of a term. */
    private static final class UnderWay {

        private record Place(long session, long serial, long term) { }

        private final Map<Long, Long> noops = new HashMap<>();
        private final Map<Place, Long> indexes = new HashMap<>();
        /** The highest lowest wanted serial of each session that anybody was asked with. */
        private final Map<Long, Long> wanted = new HashMap<>();

        void saw(Happening happening) {
            if (happening instanceof Happening.LogWritten written) {
                written.entries().forEach(this::has);
            } else if (happening instanceof Happening.Asked asked) {
                wanted.merge(asked.inquiry().session(), asked.inquiry().lowestWanted(), Math::max);
            }
        }

        private void has(LogEntry entry) {
            if (entry.type() == EntryType.NOOP) {
                noops.put(entry.term(), entry.index());
            } else if (entry.session() > 0) {
                indexes.put(new Place(entry.session(), entry.serial(), entry.term()), entry.index());
            }
        }

        /** The index of the first entry of this term; beyond all if nobody has it. */
        long noop(long term) {
            return noops.getOrDefault(term, Long.MAX_VALUE);
        }

        /** Where the command stands in the log of this term; 0 if nowhere. */
        long index(Inquiry inquiry, long term) {
            return indexes.getOrDefault(new Place(inquiry.session(), inquiry.serial(), term), 0L);
        }

        boolean isGivenUp(Inquiry inquiry) {
            return wanted.getOrDefault(inquiry.session(), 0L) > inquiry.serial();
        }
    }
}
