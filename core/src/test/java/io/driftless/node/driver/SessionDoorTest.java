package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.machine.Outcome;
import io.driftless.transport.ClientReply;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a leader thinks of requests about sessions: R25. */
class SessionDoorTest extends DoorSetting {

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
