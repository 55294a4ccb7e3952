package io.driftless.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.RecordBody.SessionOpening;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.machine.Result;
import java.lang.management.ManagementFactory;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What sessions cost, as docs/operations.md says it under "Sizing a heap". */
class SessionMemoryTest {

    private static final int SESSIONS = 10_000;
    private static final int RESULT_BYTES = 64;
    private static final long BYTES_MAX = 10L << 20;
    private static final int ATTEMPTS = 10;
    /** Those of a full window are fewer. */
    private static final int BUSY_SESSIONS = 100;
    private static final int WINDOW = 4_096;

    @Test
    void tenThousandIdleSessionsTakeAtMostTenMebibytes() {
        long before = heapInUse();
        SessionTable table = new SessionTable(true);
        for (int i = 1; i <= SESSIONS; i++) {
            table.advance(2L * i, i);
            long session = table.open(new SessionOpening(new UUID(i, i), 300_000, 4_096, 1 << 20, SESSIONS,
                    1 << 30));
            table.advance(2L * i + 1, i);
            LogEntry entry = new LogEntry(2L * i + 1, 1, i, EntryType.COMMAND, session, 1, Bytes.EMPTY);
            table.judge(entry);
            table.executed(entry, Result.ok(new byte[RESULT_BYTES]));
        }
        table.takeChanged();
        long taken = heapInUse() - before;
        System.out.println(SESSIONS + " idle sessions, each with a result of " + RESULT_BYTES + " bytes: " + taken
                + " bytes of heap, " + taken / SESSIONS + " each");
        assertEquals(SESSIONS, table.size());
        assertTrue(taken <= BYTES_MAX, taken + " bytes");
    }

    @Test
    void emptyResultsTakeNoMoreThanTheyCount() {
        SessionTable table = aWindowTakesWhatItCounts(0);
        assertEquals((long) BUSY_SESSIONS * WINDOW * 96, table.resultBytes());
    }

    @Test
    void smallResultsTakeNoMoreThanTheyCount() {
        SessionTable table = aWindowTakesWhatItCounts(160);
        assertEquals((long) BUSY_SESSIONS * WINDOW * 256, table.resultBytes(), "the defaults keep a window of them");
    }

    private static SessionTable aWindowTakesWhatItCounts(int bytes) {
        long before = heapInUse();
        SessionTable table = new SessionTable(false);
        for (int session = 1; session <= BUSY_SESSIONS; session++) {
            fill(table, session, bytes);
        }
        takesWhatItCounts(table, before);
        return table;
    }

    @Test
    void aSessionWhoseResultsAreNotWantedAnyMoreGivesTheirRoomBack() {
        long before = heapInUse();
        SessionTable table = new SessionTable(false);
        for (int session = 1; session <= BUSY_SESSIONS; session++) {
            long id = fill(table, session, 8);
            execute(table, id, WINDOW + 1, 0, 8);
        }
        assertEquals(BUSY_SESSIONS * (96L + 8), table.resultBytes());
        takesWhatItCounts(table, before);
    }

    private static void takesWhatItCounts(SessionTable table, long before) {
        long taken = heapInUse() - before;
        System.out.println(table.size() + " sessions with results that count " + table.resultBytes() + " bytes: "
                + taken + " bytes of heap");
        assertEquals(BUSY_SESSIONS, table.size());
        assertTrue(taken <= BUSY_SESSIONS * 1024L + table.resultBytes(), taken + " bytes");
    }

    /** Opens a session with the default limits, and executes as many commands as its window has; all are wanted. */
    private static long fill(SessionTable table, int number, int bytes) {
        table.advance(table.index() + 1, 1);
        long session = table.open(new SessionOpening(new UUID(number, number), 300_000, WINDOW, 1 << 20, SESSIONS,
                1 << 30));
        for (int serial = 1; serial <= WINDOW; serial++) {
            execute(table, session, serial, serial - 1, bytes);
        }
        return session;
    }

    private static void execute(SessionTable table, long session, long serial, int distance, int bytes) {
        LogEntry entry = new LogEntry(table.index() + 1, 1, 1, EntryType.COMMAND, session, serial, distance,
                Bytes.EMPTY);
        table.advance(entry.index(), entry.timeMs());
        assertEquals(Judgement.Next.NEXT, table.judge(entry));
        table.executed(entry, Result.ok(new byte[bytes]));
    }

    /** The least of several looks: others of this JVM allocate meanwhile. */
    private static long heapInUse() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ATTEMPTS; i++) {
            System.gc();
            least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
