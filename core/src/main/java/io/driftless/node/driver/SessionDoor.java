package io.driftless.node.driver;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.Serializer;
import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.session.Judgement;
import io.driftless.session.SessionTable;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the leader thinks of requests about sessions before they can have an index (R25): a command that was executed is
 * answered, one under way gets a second waiter, and only the one that is next goes on into the log, so that one refusal
 * leaves no row of gaps there. Renews the sessions of clients that are connected and idle, whatever the state machine
 * is at. Confined to the owner of the core, but for the names, which are thread safe.
 */
final class SessionDoor {

    /** What becomes of a request. */
    enum Verdict {
        /** It is to be proposed. */
        PROPOSE,
        /** It has been answered, or waits for an entry that is there. */
        DONE,
        /** Those before it must be proposed first; then it is to be judged again. */
        WAIT
    }

    /** A round trip and a write. */
    private static final Duration RETRY = Duration.ofMillis(5);
    private static final Answer NOT_READY = new Answer.Refused(Outcome.Reason.OVERLOADED,
            "the leader has not applied the first entry of its term yet", RETRY);
    /** The opening of the session has a higher index than what this server has applied. */
    static final Answer NOT_APPLIED = new Answer.Refused(Outcome.Reason.OVERLOADED,
            "this server has not applied the opening of the session", RETRY);
    private static final long RENEWALS_NS = 1_000_000_000L;
    /** One entry renews so many at most; the others have two thirds of their time-out left, and come a second later. */
    private static final int RENEWED_MAX = 4_000;
    /** Of a session that this leader does not know yet: the least that a client may ask for. */
    private static final long UNKNOWN_TIMEOUT_MS = 3_000;
    /** While nothing is applied, renewals must not pile up without end. So many take a quarter of an hour at least. */
    static final int UNDER_WAY_MAX = 1_000;
    /** Connections that are gone are forgotten by whoever brings the next hundred or so. */
    private static final int NAMINGS_A_SWEEP = 128;

    private final ReplicatedState state;
    private final Proposals proposals;
    private final LongSupplier applied;
    private final Serializer serializer;
    private final Map<ClientConnection, NamedSession> named = new ConcurrentHashMap<>();
    private final AtomicInteger namings = new AtomicInteger();
    /** The highest serial of each session that is to be proposed and has no index yet. */
    private final Map<Long, Long> accepted = new HashMap<>();
    /** The no-op of the term that this server leads in; nothing is judged before it is applied. */
    private long noopIndex = Long.MAX_VALUE;
    private final Renewals renewals = new Renewals();
    private long renewalsDueNs;

    /** {@code applied}: the last index applied. */
    SessionDoor(ReplicatedState state, Proposals proposals, LongSupplier applied, Serializer serializer) {
        this.state = state;
        this.proposals = proposals;
        this.applied = applied;
        this.serializer = serializer;
    }

    // ---- Thread: that of a connection's reader

    /** The connection speaks for this session from now on; with id 0, once it is open. */
    NamedSession name(ClientConnection connection, long id, UUID nonce) {
        if (namings.incrementAndGet() % NAMINGS_A_SWEEP == 0) {
            sweep();
        }
        NamedSession present = named.get(connection);
        if (present != null && id == 0 && present.nonce().equals(nonce)) {
            // An opening that is repeated takes nothing away from the first one.
            return present;
        }
        NamedSession now = new NamedSession(id, nonce);
        named.put(connection, now);
        return now;
    }

    /** The session that the connection has named; null if none. */
    @Nullable NamedSession namedBy(ClientConnection connection) {
        return named.get(connection);
    }

    private void sweep() {
        named.keySet().removeIf(connection -> !connection.isOpen());
    }

    // ---- Thread: the owner of the core

    /** This server leads, or leads no more; nothing is judged until {@link #noopAppended} and beyond. */
    void leadershipChanged() {
        noopIndex = Long.MAX_VALUE;
        // What this server has appended may be overwritten.
        named.values().forEach(NamedSession::forgetAppended);
    }

    void noopAppended(long index) {
        noopIndex = index;
    }

    /** Judges a request; what needs no entry is answered. Only while this server leads. */
    Verdict judge(Pending pending, Replies replies) {
        if (pending.want() == Pending.Want.COMMAND && pending.session() == null) {
            return Verdict.PROPOSE;
        }
        if (applied.getAsLong() < noopIndex) {
            return answered(pending, NOT_READY, replies);
        }
        // Another leader has opened it, and this one does not know yet that it was deposed; or the opening was lost
        // with entries that were acknowledged. The table cannot say: an entry that is committed can.
        if (session(pending).id() > applied.getAsLong()) {
            return pending.want() == Pending.Want.NAMING ? Verdict.PROPOSE : answered(pending, NOT_APPLIED, replies);
        }
        return switch (pending.want()) {
            case OPENING -> opening(pending, replies);
            case NAMING -> answered(pending, isHeld(pending) ? new Answer.Opened(session(pending).id())
                    : Answer.EXPIRED, replies);
            case CLOSING -> isHeld(pending) ? Verdict.PROPOSE : answered(pending, Answer.EXPIRED, replies);
            case RENEWAL -> Verdict.PROPOSE;
            case COMMAND -> command(pending, replies);
        };
    }

    private Verdict opening(Pending pending, Replies replies) {
        NamedSession asked = session(pending);
        long known = state.look(table -> table.idOf(asked.nonce()));
        return known == 0 ? Verdict.PROPOSE : answered(pending, new Answer.Opened(known), replies);
    }

    private Verdict command(Pending pending, Replies replies) {
        NamedSession session = session(pending);
        long serial = pending.serial();
        if (accepted.getOrDefault(session.id(), 0L) >= serial) {
            return Verdict.WAIT;
        }
        // Before the table: what is applied stands there before it leaves those under way.
        long underWay = proposals.highestUnderWay(session.id());
        if (underWay >= serial && proposals.join(session, pending)) {
            return Verdict.DONE;
        }
        Judgement judgement = state.look(table -> table.peek(session.id(), session.nonce(), serial));
        return switch (judgement) {
            case Judgement.Next next -> underWay >= serial ? answered(pending, Answer.NOT_KEPT, replies)
                    : accept(pending);
            case Judgement.TooEarly early -> {
                long expected = Math.max(Math.max(early.expected() - 1, pending.lowestWanted() - 1), Math.max(underWay,
                        accepted.getOrDefault(session.id(), 0L))) + 1;
                yield serial > expected ? answered(pending, new Answer.OutOfOrder(expected), replies)
                        : serial == expected ? accept(pending)
                        // Given up, for a later one is under way whose client does not want it.
                        : answered(pending, Answer.NOT_KEPT, replies);
            }
            case Judgement.Kept kept -> answered(pending, ReplicatedState.answer(kept), replies);
            case Judgement.NotKept notKept -> answered(pending, ReplicatedState.answer(notKept), replies);
            case Judgement.Expired expired -> answered(pending, ReplicatedState.answer(expired), replies);
        };
    }

    private Verdict accept(Pending pending) {
        accepted.put(session(pending).id(), pending.serial());
        return Verdict.PROPOSE;
    }

    /** Those that were to be proposed have their index, or were rejected. */
    void proposed() {
        accepted.clear();
    }

    /** A request has this index, and its entry this stamp: with a command, its session is as good as renewed. */
    void placed(Pending pending, long index, long stampMs) {
        NamedSession session = pending.session();
        if (session != null && (pending.want() == Pending.Want.COMMAND || pending.want() == Pending.Want.OPENING)) {
            session.appended(stampMs);
            // Of several openings under way the first one counts.
            if (pending.want() == Pending.Want.OPENING && session.openingIndex() <= applied.getAsLong()) {
                session.openingPlaced(index);
            }
        }
    }

    private boolean isHeld(Pending pending) {
        NamedSession asked = session(pending);
        return state.look(table -> table.holds(asked.id(), asked.nonce()));
    }

    private static NamedSession session(Pending pending) {
        NamedSession session = pending.session();
        if (session == null) {
            throw new IllegalStateException("a request about no session: " + pending.want());
        }
        return session;
    }

    private Verdict answered(Pending pending, Answer answer, Replies replies) {
        proposals.dismiss(pending.payload());
        pending.answer(answer, replies);
        return Verdict.DONE;
    }

    /**
     * The renewal that is due, at most one a second: of every session that a live connection names and of which the log
     * holds nothing for a third of its time-out, the longest overdue first; or an empty one, whose stamp ends the
     * sessions that are past their time. Null if none is due. What is appended counts, applied or not: a renewal that
     * was appended in time is in time, however late it is applied. For a session that is not there it does nothing.
     */
    @Nullable Pending renewal(long nowNs, long logTimeMs) {
        if (nowNs < renewalsDueNs) {
            return null;
        }
        renewalsDueNs = nowNs + RENEWALS_NS;
        sweep();
        if (renewals.underWay.get() >= UNDER_WAY_MAX) {
            return null;
        }
        SortedMap<Long, Long> due = due(logTimeMs);
        if (due.isEmpty() && !isEndDue(logTimeMs)) {
            return null;
        }
        Bytes body = RecordBodies.encode(serializer, new RecordBody.SessionsRenewal(due));
        proposals.admitOwn(body);
        renewals.underWay.incrementAndGet();
        return new Pending(renewals, 0, Long.MAX_VALUE, Pending.Want.RENEWAL, null, 0, 0, body);
    }

    /** Where nobody sends anything, or nobody may, sessions that are over would stay, and hold what they hold. */
    private boolean isEndDue(long logTimeMs) {
        // The table does not show before it is applied that an entry under way has such a stamp.
        return renewals.underWay.get() == 0 && applied.getAsLong() >= noopIndex
                && state.look(table -> table.isExpiryDue(logTimeMs));
    }

    /** A session of which the log holds nothing for {@code ms} more than a third of its time-out. */
    private record Overdue(NamedSession session, long id, long lowestWanted, long ms) { }

    private SortedMap<Long, Long> due(long logTimeMs) {
        List<Overdue> overdue = new ArrayList<>();
        long appliedIndex = applied.getAsLong();
        state.look(table -> {
            for (NamedSession session : named.values()) {
                Overdue one = overdue(session, table, appliedIndex, logTimeMs);
                if (one != null) {
                    overdue.add(one);
                }
            }
            return overdue;
        });
        if (overdue.size() > RENEWED_MAX) {
            overdue.sort(Comparator.comparingLong(Overdue::ms).reversed().thenComparingLong(Overdue::id));
        }
        SortedMap<Long, Long> due = new TreeMap<>();
        for (Overdue one : overdue.subList(0, Math.min(overdue.size(), RENEWED_MAX))) {
            due.merge(one.id, one.lowestWanted, Math::max);
            // A leader's proposal is rejected only if it leads no more.
            one.session.appended(logTimeMs);
        }
        return due;
    }

    private @Nullable Overdue overdue(NamedSession session, SessionTable table, long appliedIndex, long logTimeMs) {
        long id = session.id() == 0 ? session.openingIndex() : session.id();
        if (table.holds(id, session.nonce())) {
            long ms = table.renewalOverdueMs(id, session.appendedMs(), logTimeMs);
            return ms < 0 ? null : new Overdue(session, id, session.lowestWanted(), ms);
        }
        // What is not applied yet may open it. Another session may have the id: that one drops nothing for this.
        boolean mayCome = id > appliedIndex && (id < noopIndex || id == session.openingIndex());
        long ms = logTimeMs - session.appendedMs() - UNKNOWN_TIMEOUT_MS / 3;
        return mayCome && ms >= 0 ? new Overdue(session, id, 1, ms) : null;
    }

    /** Hears what became of renewals. */
    private static final class Renewals implements ClientConnection {
        private final AtomicInteger underWay = new AtomicInteger();

        @Override
        public void reply(ClientReply reply) {
            underWay.decrementAndGet();
        }

        @Override
        public void flush() { }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public String description() {
            return "the leader itself";
        }
    }
}
