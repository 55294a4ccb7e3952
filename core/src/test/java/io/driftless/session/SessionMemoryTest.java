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

/** What sessions cost that are open and idle. */
class SessionMemoryTest {

    private static final int SESSIONS = 10_000;
    private static final int RESULT_BYTES = 64;
    private static final long BYTES_MAX = 10L << 20;
    private static final int ATTEMPTS = 10;

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
