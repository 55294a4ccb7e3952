package io.driftless.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.RecordBody.SessionOpening;
import io.driftless.codec.RecordBody.SessionsRenewal;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.errors.EndCause;
import io.driftless.log.LogEntry;
import io.driftless.log.LogOpenException;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** {@link SessionTable}: R21 and R24. */
class SessionTableTest {

    /** Where the row of a session has its floor. */
    private static final int FLOOR_AT = 49;

    private static final UUID NONCE = new UUID(1, 2);
    private static final long TIMEOUT_MS = 1_000;
    /** What {@link #result} counts for a serial of one digit. */
    private static final long COUNTED = 96 + "result 1".length();

    private final SessionTable table = new SessionTable(true);
    private long index;
    private long nowMs = 5_000;

    private long open(UUID nonce, int window, long bytes, int sessions) {
        table.advance(++index, nowMs);
        return table.open(new SessionOpening(nonce, TIMEOUT_MS, window, bytes, sessions, 1 << 20));
    }

    private long open() {
        return open(NONCE, 100, 1_000, 10);
    }

    /** The command's entry is applied; its result is its serial. */
    private Judgement apply(long session, long serial, long lowestWanted) {
        LogEntry entry = new LogEntry(++index, 1, nowMs, EntryType.COMMAND, session, serial,
                (int) (serial - lowestWanted), Bytes.EMPTY);
        table.advance(entry.index(), entry.timeMs());
        Judgement judgement = table.judge(entry);
        if (judgement == Judgement.Next.NEXT) {
            table.executed(entry, result(serial));
        }
        return judgement;
    }

    private static Result result(long serial) {
        return Result.ok("result " + serial);
    }

    private void assertExecuted(Judgement judgement) {
        assertEquals(Judgement.Next.NEXT, judgement);
    }

    @Test
    void r21ASerialIsExecutedOnceAndItsResultIsGivenAgain() {
        long session = open();
        assertExecuted(apply(session, 1, 1));
        long executedAt = index;
        assertEquals(new Judgement.Kept(1, executedAt, result(1)), apply(session, 1, 1));
        assertExecuted(apply(session, 2, 1));
        assertEquals(new Judgement.Kept(1, executedAt, result(1)), table.peek(session, NONCE, 1));
    }

    @Test
    void r21AResultThatIsNotWantedGoesAndTheSerialIsNeverExecutedAgain() {
        long session = open();
        apply(session, 1, 1);
        apply(session, 2, 1);
        assertExecuted(apply(session, 3, 3));
        assertEquals(Judgement.NotKept.NOT_KEPT, apply(session, 1, 1));
        assertEquals(Judgement.NotKept.NOT_KEPT, apply(session, 2, 2));
        assertInstanceOf(Judgement.Kept.class, apply(session, 3, 1), "a lower lowest wanted brings nothing back, and "
                + "drops nothing");
    }

    @Test
    void r21AGapIsNotExecuted() {
        long session = open();
        apply(session, 1, 1);
        assertEquals(new Judgement.TooEarly(2), apply(session, 3, 1));
        assertEquals(new Judgement.TooEarly(2), apply(session, 3, 2));
        assertExecuted(apply(session, 2, 1));
        assertExecuted(apply(session, 3, 1));
    }

    @Test
    void r21ASerialThatWasGivenUpIsNeverExecutedAfterwards() {
        long session = open();
        apply(session, 1, 1);
        // 2 is given up, and so 3 comes next; the late copy of 2 stands directly above the highest that was executed.
        table.advance(++index, nowMs);
        table.renew(new SessionsRenewal(new TreeMap<>(Map.of(session, 3L))));
        assertEquals(Judgement.NotKept.NOT_KEPT, apply(session, 2, 2));
        assertExecuted(apply(session, 3, 3));
        assertExecuted(apply(session, 9, 9));
        assertEquals(Judgement.NotKept.NOT_KEPT, apply(session, 8, 1));
    }

    @Test
    void r21ResultsBeyondTheBytesOfTheSessionGoOldestFirst() {
        long session = open(NONCE, 100, 2 * COUNTED, 10);
        for (int serial = 1; serial <= 3; serial++) {
            assertExecuted(apply(session, serial, 1));
        }
        assertEquals(Judgement.NotKept.NOT_KEPT, apply(session, 1, 1));
        assertInstanceOf(Judgement.Kept.class, apply(session, 2, 1));
        assertEquals(2 * COUNTED, table.resultBytes());
    }

    @Test
    void r21AResultLargerThanTheSessionIsNotKept() {
        long session = open(NONCE, 100, COUNTED - 1, 10);
        assertExecuted(apply(session, 1, 1));
        assertEquals(Judgement.NotKept.NOT_KEPT, apply(session, 1, 1));
        assertExecuted(apply(session, 2, 1));
        assertEquals(0, table.resultBytes());
    }

    @Test
    void withNoBytesOfItsOwnASessionKeepsNoResultNotEvenAnEmptyOne() {
        long session = open(NONCE, 100, 0, 10);
        LogEntry entry = new LogEntry(++index, 1, nowMs, EntryType.COMMAND, session, 1, 0, Bytes.EMPTY);
        table.advance(entry.index(), entry.timeMs());
        assertExecuted(table.judge(entry));
        table.executed(entry, Result.ok());
        assertEquals(Judgement.NotKept.NOT_KEPT, apply(session, 1, 1));
    }

    @Test
    void r21TheWindowOfTheSessionBoundsHowManyResultsAreKept() {
        long session = open(NONCE, 3, 1_000, 10);
        for (int serial = 1; serial <= 50; serial++) {
            assertExecuted(apply(session, serial, 1));
        }
        assertEquals(Judgement.NotKept.NOT_KEPT, apply(session, 47, 1));
        assertInstanceOf(Judgement.Kept.class, apply(session, 48, 1));
    }

    @Test
    void r21HoweverManyResultsWereKeptThoseThatAreWantedAre() {
        long session = open(NONCE, 300, 1 << 20, 10);
        Random random = new Random(1);
        long wanted = 1;
        for (int round = 0; round < 200; round++) {
            wanted = Math.max(wanted, table.floor(session) + 1 - random.nextInt(round % 3 == 0 ? 200 : 5));
            int more = 1 + random.nextInt(round % 2 == 0 ? 10 : 100);
            for (int i = 0; i < more; i++) {
                assertExecuted(apply(session, table.floor(session) + 1, wanted));
            }
            for (long serial = Math.max(1, wanted - 300); serial <= table.floor(session); serial++) {
                Judgement judgement = table.peek(session, NONCE, serial);
                if (serial < wanted) {
                    assertEquals(Judgement.NotKept.NOT_KEPT, judgement);
                } else {
                    assertEquals(result(serial), assertInstanceOf(Judgement.Kept.class, judgement).result());
                }
            }
        }
    }

    @Test
    void r24TheIdIsTheIndexAndTheNonceOfALiveSessionGivesThatSession() {
        index = 40;
        assertEquals(41, open());
        assertEquals(41, open());
        assertEquals(43, open(new UUID(3, 4), 1, 1, 10));
        assertTrue(table.close(41));
        assertFalse(table.close(41));
        assertEquals(44, open(NONCE, 100, 1_000, 10), "a closed session's nonce opens another one");
        assertEquals(Judgement.Expired.EXPIRED, apply(41, 1, 1));
    }

    @Test
    void r24ALiveSessionIsNeverEvicted() {
        long first = open(new UUID(0, 1), 10, 10, 2);
        open(new UUID(0, 2), 10, 10, 2);
        assertEquals(0, open(new UUID(0, 3), 10, 10, 2));
        assertTrue(table.holds(first, new UUID(0, 1)));
        assertTrue(open(new UUID(0, 3), 10, 10, 3) > 0, "the limit is that of the opening");
    }

    @Test
    void r24WhatAStampSaysIsOverExpiresBeforeTheEntryIsApplied() {
        long session = open();
        nowMs += TIMEOUT_MS;
        assertExecuted(apply(session, 1, 1));
        nowMs += TIMEOUT_MS + 1;
        assertEquals(Judgement.Expired.EXPIRED, apply(session, 2, 1));
        assertEquals(0, table.size());
        assertEquals(0, table.resultBytes());
        assertTrue(open() != session, "its nonce is free again");
    }

    @Test
    void r24AnExpiredSessionMakesRoomForTheOpeningThatExpiresIt() {
        open(new UUID(0, 1), 10, 10, 1);
        nowMs += TIMEOUT_MS + 1;
        assertTrue(open(new UUID(0, 2), 10, 10, 1) > 0);
    }

    @Test
    void aRenewalKeepsASessionAliveThatSendsNothing() {
        long session = open();
        for (int i = 0; i < 5; i++) {
            nowMs += TIMEOUT_MS - 1;
            table.advance(++index, nowMs);
            table.renew(new SessionsRenewal(new TreeMap<>(Map.of(session, 1L, session + 1, 7L))));
        }
        assertExecuted(apply(session, 1, 1));
    }

    @Test
    void wantsARenewalAfterAThirdOfTheTimeOut() {
        long session = open();
        long appended = nowMs - TIMEOUT_MS;
        assertEquals(-1, table.renewalOverdueMs(session, appended, nowMs + TIMEOUT_MS / 3 - 1));
        assertEquals(0, table.renewalOverdueMs(session, appended, nowMs + TIMEOUT_MS / 3));
        assertEquals(-1, table.renewalOverdueMs(session, nowMs + 1, nowMs + TIMEOUT_MS / 3), "one is under way");
        assertEquals(-1, table.renewalOverdueMs(session + 1, appended, nowMs + TIMEOUT_MS));
    }

    @Test
    void noEntryHangsTheTableWhateverItsNumbers() {
        long session = open(NONCE, 3, 0, 10);
        for (long[] numbers : new long[][] {{Long.MAX_VALUE, Long.MAX_VALUE}, {0, 0}, {-5, -5}, {1, 0},
                {Long.MIN_VALUE, Long.MIN_VALUE}, {SessionTable.SERIAL_MAX + 1, SessionTable.SERIAL_MAX + 1}}) {
            assertEquals(Judgement.NotKept.NOT_KEPT, apply(session, numbers[0], numbers[1]));
        }
        table.renew(new SessionsRenewal(new TreeMap<>(Map.of(session, Long.MAX_VALUE))));
        assertExecuted(apply(session, SessionTable.SERIAL_MAX, SessionTable.SERIAL_MAX));
        assertEquals(new Judgement.TooEarly(SessionTable.SERIAL_MAX + 1), table.peek(session, NONCE, Long.MAX_VALUE));
        assertEquals(2, table.rows().rows().size());
        assertTrue(table.close(session));
    }

    @Test
    void r25AnotherNonceIsAnotherSession() {
        long session = open();
        apply(session, 1, 1);
        assertEquals(Judgement.Expired.EXPIRED, table.peek(session, new UUID(9, 9), 1));
        assertEquals(Judgement.Expired.EXPIRED, table.peek(session + 1, NONCE, 1));
    }

    @Test
    void rowsThatAreNotOfATableAreRefusedByName() {
        open();
        apply(1, 1, 1);
        List<SessionRows.Row> rows = table.rows().rows();
        assertMalformed("the row (0,0), index and clock, is missing", rows.subList(1, 3));
        assertMalformed("the row (1,1) has no row of its session", List.of(rows.get(0), rows.get(2)));
        assertMalformed("the row (1,0) is there twice", List.of(rows.get(0), rows.get(1), rows.get(1)));
        assertMalformed("the row (1,0) ends too early", List.of(rows.get(0),
                new SessionRows.Row(1, 0, new byte[] {1})));
        assertMalformed("the row (1,0) has a result outside of 1 to 1", List.of(rows.get(0), rows.get(1),
                new SessionRows.Row(1, 2, rows.get(2).value())));
    }

    /** Nothing is wrong with the bytes. */
    @Test
    void rowsOfAnotherVersionAreOfAnotherFormat() {
        SessionRows.Row place = table.rows().rows().getFirst();
        LogOpenException other = assertThrows(LogOpenException.class, () -> SessionTable.of(new SessionRows(
                List.of(place, new SessionRows.Row(1, 0, new byte[] {2, 0}))), false));
        assertEquals(EndCause.OTHER_FORMAT, other.endCause());
        assertEquals("the row (1,0) of the session table has version 2; this version of Driftless reads 1",
                other.getMessage());
    }

    private static void assertMalformed(String message, List<SessionRows.Row> rows) {
        assertEquals(message, assertThrows(IllegalArgumentException.class,
                () -> SessionTable.of(new SessionRows(rows), false)).getMessage());
    }

    @Test
    void changedRowsPutTogetherAreAllRows() {
        Map<List<Long>, byte[]> kept = new TreeMap<>((a, b) -> a.get(0).equals(b.get(0))
                ? Long.compare(a.get(1), b.get(1)) : Long.compare(a.get(0), b.get(0)));
        long session = open(NONCE, 3, 1_000, 10);
        long other = open(new UUID(3, 4), 3, 1_000, 10);
        for (int serial = 1; serial <= 9; serial++) {
            apply(session, serial, Math.max(1, serial - serial % 4));
            apply(other, serial, serial);
            for (SessionRows.Row row : table.takeChanged().rows()) {
                if (row.isRemoved()) {
                    kept.remove(List.of(row.session(), row.part()));
                } else {
                    kept.put(List.of(row.session(), row.part()), row.value());
                }
            }
            List<SessionRows.Row> rows = new ArrayList<>();
            kept.forEach((key, value) -> rows.add(new SessionRows.Row(key.get(0), key.get(1), value)));
            assertSame(table.rows(), new SessionRows(rows));
            assertSame(table.rows(), SessionTable.of(new SessionRows(rows), true).rows());
        }
        table.close(other);
        assertEquals(List.of(0L, other, other), table.takeChanged().rows().stream().map(SessionRows.Row::session)
                .toList());
    }

    private static void assertSame(SessionRows expected, SessionRows actual) {
        assertEquals(text(expected), text(actual));
    }

    private static List<String> text(SessionRows rows) {
        return rows.rows().stream().map(row -> row.session() + "," + row.part() + ": "
                + HexFormat.of().formatHex(row.value())).toList();
    }

    private SessionTable ofOneSession() {
        SessionTable one = new SessionTable(false);
        one.advance(1, 1);
        one.open(new SessionOpening(new UUID(1, 1), 1_000, 16, 100, 10, 100));
        one.advance(2, 1);
        LogEntry entry = new LogEntry(2, 1, 1, EntryType.COMMAND, 1, 1, 0, Bytes.wrap(new byte[1]));
        one.judge(entry);
        one.executed(entry, Result.ok("x"));
        return one;
    }

    @Test
    void rowsThatNoTableHasAreRefused() {
        List<SessionRows.Row> good = ofOneSession().rows().rows();
        for (long floor : new long[] {-1, 17, 1L << 40, Long.MAX_VALUE}) {
            List<SessionRows.Row> rows = new ArrayList<>(good);
            byte[] head = rows.get(1).value().clone();
            ByteBuffer.wrap(head).putLong(FLOOR_AT, floor);
            rows.set(1, new SessionRows.Row(1, 0, head));
            assertThrows(IllegalArgumentException.class, () -> SessionTable.of(new SessionRows(rows), false),
                    "a result of serial 1 beside a floor of " + floor + " and a window of 16");
        }
        List<SessionRows.Row> twice = new ArrayList<>(good);
        twice.add(new SessionRows.Row(2, 0, good.get(1).value()));
        assertThrows(IllegalArgumentException.class, () -> SessionTable.of(new SessionRows(twice), false),
                "two sessions of one nonce");
    }
}
