package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.session.SessionTable;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a leader thinks of requests about sessions: R25. */
class SessionDoorTest {

    private static final UUID NONCE = new UUID(1, 2);
    private static final long TERM = 3;
    private static final long NOW_MS = 1_000_000;
    private static final long TIMEOUT_MS = 9_000;
    private static final Bytes COMMAND = Bytes.utf8("x");

    private final List<ClientReply> replies = new ArrayList<>();
    private final Admission admission = new Admission(100, 1 << 20);
    private final Proposals proposals = new Proposals(admission);
    private final Replies round = new Replies();
    private final SessionTable table = new SessionTable(false);
    private final StateMachine machine = StandIn.of(StateMachine.class,
            (proxy, method, arguments) -> Result.ok("done"));
    private final ReplicatedState state = new ReplicatedState(new MachineCalls(machine, System::nanoTime), table,
            new KryoSerializer(), session -> { });
    private final Client client = new Client();
    private long applied;
    private long last;
    private long nextId;
    private long lookNs;
    private final List<LogEntry> underWay = new ArrayList<>();
    private final SessionDoor door = new SessionDoor(state, proposals, () -> applied, new KryoSerializer());

    private final class Client implements ClientConnection {
        private boolean isOpen = true;

        @Override
        public void reply(ClientReply reply) {
            replies.add(reply);
        }

        @Override
        public void flush() { }

        @Override
        public boolean isOpen() {
            return isOpen;
        }

        @Override
        public String description() {
            return "a client";
        }
    }

    private void lead() {
        door.leadershipChanged();
        door.noopAppended(++last);
    }

    /** All that has an index is applied. */
    private void applyAll(List<LogEntry> entries) {
        for (LogEntry entry : entries) {
            Answer answer = state.apply(entry);
            applied = entry.index();
            proposals.applied(entry, answer, round);
        }
        applied = last;
    }

    private NamedSession open() {
        lead();
        applied = last;
        long id = ++last;
        applyAll(List.of(new LogEntry(id, TERM, NOW_MS, EntryType.SESSION, 0, 0,
                RecordBodies.encode(new KryoSerializer(), new RecordBody.SessionOpening(NONCE, TIMEOUT_MS, 10, 1_000,
                        10, 1 << 20)))));
        return door.name(client, id, NONCE);
    }

    private Pending pending(Pending.Want want, NamedSession session, long serial, long lowestWanted) {
        Bytes payload = want == Pending.Want.COMMAND ? COMMAND : Bytes.EMPTY;
        proposals.admit(payload);
        return new Pending(client, ++nextId, Long.MAX_VALUE, want, session, serial, lowestWanted, payload);
    }

    private SessionDoor.Verdict judge(NamedSession session, long serial, long lowestWanted) {
        return door.judge(pending(Pending.Want.COMMAND, session, serial, lowestWanted), round);
    }

    /** Judged as to be proposed, and placed. */
    private LogEntry propose(NamedSession session, long serial, long lowestWanted) {
        Pending pending = pending(Pending.Want.COMMAND, session, serial, lowestWanted);
        assertEquals(SessionDoor.Verdict.PROPOSE, door.judge(pending, round));
        proposals.place(++last, TERM, pending, round);
        door.placed(pending, last, NOW_MS);
        door.proposed();
        return pending.entry(last, TERM, NOW_MS);
    }

    private Outcome.Rejected rejected() {
        return (Outcome.Rejected) ((ClientReply.CommandAnswered) replies.getLast()).outcome();
    }

    private Outcome outcome() {
        return ((ClientReply.CommandAnswered) replies.getLast()).outcome();
    }

    @Test
    void r25NothingIsJudgedBeforeTheNoOpOfTheTermIsApplied() {
        NamedSession session = open();
        lead();
        for (Pending.Want want : List.of(Pending.Want.COMMAND, Pending.Want.OPENING, Pending.Want.NAMING,
                Pending.Want.CLOSING)) {
            assertEquals(SessionDoor.Verdict.DONE, door.judge(pending(want, session, 1, 1), round));
            assertEquals(Outcome.Reason.OVERLOADED, rejected().reason(), want + ": to be sent again");
        }
        applied = last;
        assertEquals(SessionDoor.Verdict.PROPOSE, judge(session, 1, 1));
    }

    @Test
    void aCommandOutsideOfSessionsIsNobodysBusinessHere() {
        assertEquals(SessionDoor.Verdict.PROPOSE, door.judge(Pending.command(client, 1, 1, COMMAND), round));
    }

    @Test
    void whatWasExecutedIsAnsweredWithoutAnEntry() {
        NamedSession session = open();
        LogEntry first = propose(session, 1, 1);
        applyAll(List.of(first));
        Outcome executed = outcome();
        assertEquals(SessionDoor.Verdict.DONE, judge(session, 1, 1));
        assertEquals(executed, outcome());
        assertEquals(0, proposals.inFlight(), "its room was given back");
    }

    @Test
    void whatIsUnderWayGetsASecondWaiter() {
        NamedSession session = open();
        LogEntry first = propose(session, 1, 1);
        assertEquals(SessionDoor.Verdict.DONE, judge(session, 1, 1));
        assertEquals(1, proposals.inFlight());
        applyAll(List.of(first));
        assertEquals(2, replies.size());
        assertInstanceOf(Outcome.Committed.class, outcome());
        assertEquals(0, proposals.inFlight());
    }

    @Test
    void nobodyJoinsByAnotherNonce() {
        NamedSession session = open();
        propose(session, 1, 1);
        assertEquals(SessionDoor.Verdict.DONE, judge(new NamedSession(session.id(), new UUID(9, 9)), 1, 1));
        assertEquals(Outcome.Reason.EXPIRED, rejected().reason());
    }

    @Test
    void onlyTheNextSerialGoesIntoTheLog() {
        NamedSession session = open();
        assertEquals(SessionDoor.Verdict.DONE, judge(session, 2, 1));
        assertEquals(new ClientReply.OutOfOrder(nextId, 1), replies.getLast());
        propose(session, 1, 1);
        propose(session, 2, 1);
        assertEquals(SessionDoor.Verdict.DONE, judge(session, 4, 1));
        assertEquals(new ClientReply.OutOfOrder(nextId, 3), replies.getLast());
        propose(session, 4, 4);
        assertEquals(SessionDoor.Verdict.DONE, judge(session, 3, 3));
        assertEquals(new Outcome.Unknown(Outcome.Why.RESULT_NOT_KEPT), outcome(), "given up by the lowest wanted of 4");
    }

    @Test
    void severalOfOneSessionGoTogether() {
        NamedSession session = open();
        assertEquals(SessionDoor.Verdict.PROPOSE, judge(session, 1, 1));
        assertEquals(SessionDoor.Verdict.PROPOSE, judge(session, 2, 1));
        assertEquals(SessionDoor.Verdict.WAIT, judge(session, 2, 1), "the same again needs the others' indexes first");
        assertEquals(SessionDoor.Verdict.DONE, judge(session, 4, 1));
        assertEquals(new ClientReply.OutOfOrder(nextId, 3), replies.getLast());
    }

    @Test
    void r25APairThatTheTableDoesNotHoldIsExpired() {
        NamedSession session = open();
        applyAll(List.of(new LogEntry(++last, TERM, NOW_MS, EntryType.SESSION, 0, 0,
                RecordBodies.encode(new KryoSerializer(), new RecordBody.SessionClosing(session.id())))));
        for (Pending.Want want : List.of(Pending.Want.COMMAND, Pending.Want.NAMING, Pending.Want.CLOSING)) {
            assertEquals(SessionDoor.Verdict.DONE, door.judge(pending(want, session, 1, 1), round));
            assertEquals(Outcome.Reason.EXPIRED, rejected().reason());
        }
    }

    @Test
    void r25ASessionThatALaterLeaderOpenedIsNotExpiredForOneThatWasDeposed() {
        open();
        NamedSession later = new NamedSession(last + 1, new UUID(7, 7));
        for (Pending.Want want : List.of(Pending.Want.COMMAND, Pending.Want.CLOSING)) {
            assertEquals(SessionDoor.Verdict.DONE, door.judge(pending(want, later, 1, 1), round));
            assertEquals(Outcome.Reason.OVERLOADED, rejected().reason());
        }
        Pending naming = pending(Pending.Want.NAMING, later, 0, 0);
        assertEquals(SessionDoor.Verdict.PROPOSE, door.judge(naming, round), "an entry finds out whether it leads");
        proposals.place(++last, TERM, naming, round);
        proposals.leadershipLost(round);
        assertEquals(new Outcome.Unknown(Outcome.Why.LEADERSHIP_LOST), outcome());
    }

    @Test
    void r25ASessionWhoseOpeningWasLostIsExpiredOnceAnEntryBeforeItIsCommitted() {
        open();
        NamedSession lost = new NamedSession(last + 9, new UUID(7, 7));
        Pending naming = pending(Pending.Want.NAMING, lost, 0, 0);
        assertEquals(SessionDoor.Verdict.PROPOSE, door.judge(naming, round));
        proposals.place(++last, TERM, naming, round);
        applyAll(List.of(new LogEntry(last, TERM, NOW_MS, EntryType.SESSION, 0, 0, RecordBodies.encode(
                new KryoSerializer(), new RecordBody.SessionsRenewal(new TreeMap<>())))));
        assertEquals(Outcome.Reason.EXPIRED, rejected().reason());
    }

    @Test
    void anOpeningThatIsRepeatedTakesNoNameAway() {
        lead();
        applied = last;
        Pending first = pending(Pending.Want.OPENING, door.name(client, 0, NONCE), 0, 0);
        assertEquals(SessionDoor.Verdict.PROPOSE, door.judge(first, round));
        proposals.place(++last, TERM, first, round);
        Pending second = pending(Pending.Want.OPENING, door.name(client, 0, NONCE), 0, 0);
        assertEquals(SessionDoor.Verdict.PROPOSE, door.judge(second, round));
        proposals.place(last + 1, TERM, second, round);
        applyAll(List.of(new LogEntry(last, TERM, NOW_MS, EntryType.SESSION, 0, 0, RecordBodies.encode(
                new KryoSerializer(), new RecordBody.SessionOpening(NONCE, TIMEOUT_MS, 10, 100, 10,
                        1 << 20)))));
        assertEquals(new ClientReply.SessionNamed(first.id(), last), replies.getLast());
        NamedSession named = door.namedBy(client);
        assertNotNull(named);
        assertEquals(SessionDoor.Verdict.PROPOSE, judge(named, 1, 1), "what is sent before the second is applied");
    }

    /** The sessions that a look at this time of the log's clock renews, if any; the entry is placed, not applied. */
    private Map<Long, Long> renewed(long logTimeMs) {
        lookNs += 1_000_000_000;
        Pending renewal = door.renewal(lookNs, logTimeMs);
        if (renewal == null) {
            return Map.of();
        }
        place(renewal, logTimeMs);
        return ((RecordBody.SessionsRenewal) RecordBodies.decode(renewal.payload())).lowestWanted();
    }

    private void place(Pending pending, long stampMs) {
        proposals.place(++last, TERM, pending, round);
        door.placed(pending, last, stampMs);
        underWay.add(pending.entry(last, TERM, stampMs));
    }

    private void applyThoseUnderWay() {
        applyAll(List.copyOf(underWay));
        underWay.clear();
    }

    @Test
    void aSessionIsRenewedAgainThoughTheRenewalsBeforeAreNotApplied() {
        NamedSession session = open();
        for (int third = 1; third <= 12; third++) {
            long nowMs = NOW_MS + third * TIMEOUT_MS / 3;
            assertEquals(Map.of(session.id(), 1L), renewed(nowMs));
            assertEquals(Map.of(), renewed(nowMs + TIMEOUT_MS / 3 - 1), "no more than one in a third of its time-out");
        }
        applyThoseUnderWay();
        assertEquals(1, table.size(), "all were appended in time");
    }

    @Test
    void aCommandThatIsNotAppliedIsAsGoodAsARenewal() {
        NamedSession session = open();
        Pending command = pending(Pending.Want.COMMAND, session, 1, 1);
        assertEquals(SessionDoor.Verdict.PROPOSE, door.judge(command, round));
        place(command, NOW_MS + TIMEOUT_MS);
        assertEquals(Map.of(), renewed(NOW_MS + TIMEOUT_MS + TIMEOUT_MS / 3 - 1));
        assertEquals(Map.of(session.id(), 1L), renewed(NOW_MS + TIMEOUT_MS + TIMEOUT_MS / 3));
    }

    @Test
    void whatWasAppendedCountsNoMoreOnceAnotherLeaderMayHaveOverwrittenIt() {
        NamedSession session = open();
        assertEquals(Map.of(session.id(), 1L), renewed(NOW_MS + TIMEOUT_MS / 3));
        lead();
        assertEquals(Map.of(session.id(), 1L), renewed(NOW_MS + TIMEOUT_MS / 3));
    }

    @Test
    void aSessionIsRenewedWhileItsOpeningIsNotApplied() {
        lead();
        applied = last;
        Bytes body = RecordBodies.encode(new KryoSerializer(), new RecordBody.SessionOpening(NONCE, TIMEOUT_MS, 10,
                100, 10, 1 << 20));
        long first = last + 1;
        for (int times = 0; times < 2; times++) {
            proposals.admit(body);
            Pending opening = new Pending(client, ++nextId, Long.MAX_VALUE, Pending.Want.OPENING,
                    door.name(client, 0, NONCE), 0, 0, body);
            assertEquals(SessionDoor.Verdict.PROPOSE, door.judge(opening, round));
            place(opening, NOW_MS);
        }
        for (long ms = 1_000; ms <= 3 * TIMEOUT_MS; ms += 1_000) {
            assertEquals(Map.of(first, 1L), renewed(NOW_MS + ms));
        }
        applyThoseUnderWay();
        assertEquals(1, table.size());
        assertEquals(new ClientReply.SessionNamed(nextId, first), replies.getLast());
    }

    @Test
    void aSessionIsRenewedBeforeTheNoOpIsAppliedThoughItIsNotJudged() {
        long id = last + 1;
        last = 5;
        lead();
        door.name(client, id, NONCE).wantsFrom(7);
        door.name(new Client(), last, new UUID(7, 7));
        door.name(new Client(), last + 9, new UUID(8, 8));
        for (long ms = 0; ms <= 3 * TIMEOUT_MS; ms += 1_000) {
            assertEquals(Map.of(id, 1L), renewed(NOW_MS + ms), "another session may have this id: it drops nothing");
            assertEquals(Map.of(), renewed(NOW_MS + ms + 999));
        }
        assertEquals(SessionDoor.Verdict.DONE, door.judge(pending(Pending.Want.NAMING, door.namedBy(client), 0, 0),
                round));
        assertEquals(Outcome.Reason.OVERLOADED, rejected().reason());
        underWay.addFirst(new LogEntry(id, TERM, NOW_MS, EntryType.SESSION, 0, 0, RecordBodies.encode(
                new KryoSerializer(), new RecordBody.SessionOpening(NONCE, TIMEOUT_MS, 10, 100, 10, 1 << 20))));
        applyThoseUnderWay();
        assertEquals(1, table.size());
        assertEquals(Map.of(), renewed(NOW_MS + 3 * TIMEOUT_MS + 1_000), "now its time-out is known");
        assertEquals(Map.of(id, 7L), renewed(NOW_MS + 3 * TIMEOUT_MS + TIMEOUT_MS / 3));
    }

    @Test
    void whoIsNotConnectedIsRenewedNeitherBeforeTheNoOpIsAppliedNorLater() {
        NamedSession session = open();
        lead();
        assertEquals(Map.of(session.id(), 1L), renewed(NOW_MS + TIMEOUT_MS / 3));
        client.isOpen = false;
        assertEquals(Map.of(), renewed(NOW_MS + TIMEOUT_MS));
        applyThoseUnderWay();
        assertEquals(Map.of(), renewed(NOW_MS + TIMEOUT_MS + TIMEOUT_MS / 3 + 1), "an empty one, to end it");
        applyThoseUnderWay();
        assertEquals(0, table.size());
    }

    @Test
    void renewalsDoNotPileUpWithoutEndWhileNothingIsApplied() {
        NamedSession session = open();
        long nowMs = NOW_MS;
        for (int times = 0; times < SessionDoor.UNDER_WAY_MAX; times++) {
            nowMs += TIMEOUT_MS / 3;
            assertEquals(Map.of(session.id(), 1L), renewed(nowMs));
        }
        nowMs += TIMEOUT_MS / 3;
        assertEquals(Map.of(), renewed(nowMs));
        assertEquals(SessionDoor.UNDER_WAY_MAX, proposals.inFlight());
        applyThoseUnderWay();
        assertEquals(Map.of(session.id(), 1L), renewed(nowMs));
    }

    @Test
    void oneEmptyRenewalIsUnderWayAtATime() {
        open();
        client.isOpen = false;
        assertNotNull(door.renewal(0, NOW_MS + TIMEOUT_MS + 1));
        assertNull(door.renewal(2_000_000_000, NOW_MS + TIMEOUT_MS + 2_000), "the first one ends what is over");
    }

    @Test
    void ofManySessionsTheLongestOverdueAreRenewedFirst() {
        lead();
        applied = last;
        int count = 20_000;
        for (int i = 0; i < count; i++) {
            UUID nonce = new UUID(5, i);
            applyAll(List.of(new LogEntry(++last, TERM, NOW_MS, EntryType.SESSION, 0, 0, RecordBodies.encode(
                    new KryoSerializer(), new RecordBody.SessionOpening(nonce, TIMEOUT_MS, 10, 100, count,
                            1 << 20)))));
            door.name(new Client(), last, nonce);
        }
        for (int second = 0; second < 60; second++) {
            Pending renewal = door.renewal(second * 1_000_000_000L, NOW_MS + second * 1_000L);
            if (renewal != null) {
                proposals.place(++last, TERM, renewal, round);
                applyAll(List.of(renewal.entry(last, TERM, NOW_MS + second * 1_000L)));
            }
        }
        assertEquals(count, table.size());
    }

    @Test
    void anOpeningWithAKnownNonceNeedsNoEntry() {
        NamedSession session = open();
        assertEquals(SessionDoor.Verdict.DONE, door.judge(pending(Pending.Want.OPENING, new NamedSession(0, NONCE), 0,
                0), round));
        assertEquals(new ClientReply.SessionNamed(nextId, session.id()), replies.getLast());
        assertEquals(SessionDoor.Verdict.PROPOSE, door.judge(pending(Pending.Want.OPENING,
                new NamedSession(0, new UUID(3, 3)), 0, 0), round));
    }

    @Test
    void aConnectionNamesTheSessionThatItOpened() {
        lead();
        applied = last;
        Pending opening = pending(Pending.Want.OPENING, door.name(client, 0, NONCE), 0, 0);
        assertEquals(SessionDoor.Verdict.PROPOSE, door.judge(opening, round));
        proposals.place(++last, TERM, opening, round);
        applyAll(List.of(new LogEntry(last, TERM, NOW_MS, EntryType.SESSION, 0, 0, RecordBodies.encode(
                new KryoSerializer(), new RecordBody.SessionOpening(NONCE, TIMEOUT_MS, 10, 100, 10,
                        1 << 20)))));
        assertEquals(new ClientReply.SessionNamed(nextId, last), replies.getLast());
        NamedSession named = door.namedBy(client);
        assertNotNull(named);
        propose(named, 1, 1);
    }

    @Test
    void anIdleSessionOnALiveConnectionIsRenewedOnceAThirdOfItsTimeIsOver() {
        NamedSession session = open();
        session.wantsFrom(5);
        assertNull(door.renewal(0, NOW_MS + TIMEOUT_MS / 3 - 1));
        assertNull(door.renewal(1, NOW_MS + TIMEOUT_MS / 3), "at most one look a second");
        Pending renewal = door.renewal(1_000_000_000, NOW_MS + TIMEOUT_MS / 3);
        assertNotNull(renewal);
        assertEquals(new RecordBody.SessionsRenewal(new TreeMap<>(Map.of(session.id(), 5L))),
                RecordBodies.decode(renewal.payload()));
        proposals.place(++last, TERM, renewal, round);
        applyAll(List.of(renewal.entry(last, TERM, NOW_MS + TIMEOUT_MS / 3)));
        client.isOpen = false;
        long end = NOW_MS + TIMEOUT_MS / 3 + TIMEOUT_MS;
        Pending early = door.renewal(2_000_000_000, end);
        assertNotNull(early, "until it looks, the table only knows when the session would have been over");
        assertNull(door.namedBy(client));
        proposals.place(++last, TERM, early, round);
        applyAll(List.of(early.entry(last, TERM, end)));
        assertEquals(1, table.size());
        assertNull(door.renewal(2_900_000_000L, end + 1), "at most one look a second");
        Pending over = door.renewal(3_100_000_000L, end + 1);
        assertNotNull(over, "an idle cluster needs an entry whose stamp says that the session is over");
        proposals.place(++last, TERM, over, round);
        applyAll(List.of(over.entry(last, TERM, end + 1)));
        assertEquals(0, table.size());
        assertNull(door.renewal(5_000_000_000L, end + 9_000), "and no more than that one");
    }

    @Test
    void whoIsDeposedSendsThoseElsewhereWhoMaySendAgain() {
        NamedSession session = open();
        Pending plain = Pending.command(client, ++nextId, Long.MAX_VALUE, COMMAND);
        proposals.admit(COMMAND);
        proposals.place(++last, TERM, plain, round);
        propose(session, 1, 1);
        proposals.leadershipLost(round);
        assertEquals(1, replies.size(), "the other one waits for the truth");
        assertEquals(new Outcome.Unknown(Outcome.Why.LEADERSHIP_LOST), outcome());
        assertEquals(2, proposals.inFlight(), "both keep their room");
        proposals.closed(round);
        assertEquals(2, replies.size());
        assertEquals(0, proposals.inFlight());
    }
}
