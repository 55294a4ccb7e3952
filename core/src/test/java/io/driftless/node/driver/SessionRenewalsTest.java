package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.machine.Outcome;
import io.driftless.transport.ClientReply;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which sessions a leader renews, and when: R24. */
class SessionRenewalsTest extends DoorSetting {

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
}
