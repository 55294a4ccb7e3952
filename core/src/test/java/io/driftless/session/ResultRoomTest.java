package io.driftless.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.driftless.codec.RecordBody.SessionOpening;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.machine.Result;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** {@link ResultRoom} in a {@link SessionTable}: who gives up results if all together have too many (R21). */
class ResultRoomTest {

    private static final long NOW_MS = 5_000;
    private static final Result RESULT = Result.ok("result");
    /** What it counts. */
    private static final long COUNTED = 96 + 6;

    private final SessionTable table = new SessionTable(true);
    private long allResultsMax = 1 << 20;
    private long index;

    private long open(int number) {
        table.advance(++index, NOW_MS);
        return table.open(new SessionOpening(new UUID(0, number), 1_000, 100, 1 << 20, 100, allResultsMax));
    }

    /** The command's entry is applied; all results are wanted. */
    private Judgement apply(long session, long serial) {
        LogEntry entry = new LogEntry(++index, 1, NOW_MS, EntryType.COMMAND, session, serial, (int) serial - 1,
                Bytes.EMPTY);
        table.advance(entry.index(), entry.timeMs());
        Judgement judgement = table.judge(entry);
        if (judgement == Judgement.Next.NEXT) {
            table.executed(entry, RESULT);
        }
        return judgement;
    }

    private static void assertExecuted(Judgement judgement) {
        assertEquals(Judgement.Next.NEXT, judgement);
    }

    private static List<String> text(SessionTable table) {
        return table.rows().rows().stream().map(row -> row.session() + "," + row.part() + ": "
                + HexFormat.of().formatHex(row.value())).toList();
    }

    @Test
    void r21ResultsBeyondWhatAllMayKeepGoFromTheSessionThatHoldsTheMost() {
        allResultsMax = 4 * COUNTED;
        long first = open(1);
        long second = open(2);
        apply(first, 1);
        apply(first, 2);
        apply(first, 3);
        apply(second, 1);
        assertEquals(4 * COUNTED, table.resultBytes());
        assertExecuted(apply(second, 2));
        assertEquals(4 * COUNTED, table.resultBytes());
        assertEquals(Judgement.NotKept.NOT_KEPT, apply(first, 1), "it holds the most, though it adds nothing");
        assertInstanceOf(Judgement.Kept.class, apply(first, 2));
        assertInstanceOf(Judgement.Kept.class, apply(second, 1));
        assertInstanceOf(Judgement.Kept.class, apply(second, 2));
        apply(second, 3);
        assertEquals(Judgement.NotKept.NOT_KEPT, apply(second, 1), "now that one holds the most");
        SessionTable again = SessionTable.of(table.rows(), true);
        assertEquals(text(table), text(again), "the limit is one of the rows");
    }

    @Test
    void r21OfSessionsThatHoldTheSameTheOneWithTheLowestIdGives() {
        allResultsMax = 2 * COUNTED;
        long first = open(1);
        long second = open(2);
        long third = open(3);
        apply(second, 1);
        apply(first, 1);
        apply(third, 1);
        assertEquals(Judgement.NotKept.NOT_KEPT, apply(first, 1));
        assertInstanceOf(Judgement.Kept.class, apply(second, 1));
        assertInstanceOf(Judgement.Kept.class, apply(third, 1));
    }

    @Test
    void aClientThatFilledTheRoomOfAllTakesNoOtherClientsRetry() {
        allResultsMax = 18 * COUNTED;
        long[] idle = {open(1), open(2)};
        for (int serial = 1; serial <= 9; serial++) {
            apply(idle[0], serial);
            apply(idle[1], serial);
        }
        for (int other = 3; other <= 12; other++) {
            long session = open(other);
            assertExecuted(apply(session, 1));
            assertInstanceOf(Judgement.Kept.class, apply(session, 1), "the retry of session " + other);
        }
        assertEquals(18 * COUNTED, table.resultBytes());
        assertInstanceOf(Judgement.Kept.class, apply(idle[0], 9), "nor does it lose its own newest ones");
    }

    @Test
    void aLowerLimitOfTheNewestOpeningCountsFromTheNextResultOn() {
        long first = open(1);
        apply(first, 1);
        apply(first, 2);
        allResultsMax = COUNTED;
        long second = open(2);
        assertEquals(2 * COUNTED, table.resultBytes());
        apply(second, 1);
        assertEquals(COUNTED, table.resultBytes());
        assertInstanceOf(Judgement.Kept.class, apply(second, 1));
        allResultsMax = 0;
        open(3);
        apply(second, 2);
        assertEquals(0, table.resultBytes(), "nothing is kept");
        assertEquals(Judgement.NotKept.NOT_KEPT, apply(second, 2));
    }

    /** The order in which sessions give is not among the rows: a table that just began decides alike. */
    @Test
    void r22WhoGivesDependsOnTheRowsAlone() {
        allResultsMax = 9 * COUNTED;
        for (int id = 1; id <= 5; id++) {
            open(id);
        }
        SessionTable other = SessionTable.of(table.rows(), true);
        for (int i = 0; i < 200; i++) {
            long session = 1 + i * i % 5;
            Result result = Result.ok("x".repeat(i % 30));
            long serial = table.floor(session) + 1;
            LogEntry entry = new LogEntry(++index, 1, NOW_MS, EntryType.COMMAND, session, serial,
                    (int) Math.min(serial - 1, i % 7 == 0 ? 0 : 50), Bytes.EMPTY);
            for (SessionTable each : List.of(table, other)) {
                each.advance(entry.index(), entry.timeMs());
                assertExecuted(each.judge(entry));
                each.executed(entry, result);
            }
            assertEquals(text(table), text(other));
            other = SessionTable.of(other.rows(), true);
        }
    }
}
