package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnBytesTest {

    /** So many entries whose payloads lie one behind the other in one array. */
    private static List<LogEntry> entries(byte[] array, int count, int length) {
        List<LogEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(LogEntry.command(i + 1, 1, 0, Bytes.wrap(array, i * length, length)));
        }
        return entries;
    }

    @Test
    void entriesThatMakeUpTheirMessageAreNotCopied() {
        List<LogEntry> entries = entries(new byte[100_000], 100, 1_000);
        assertSame(entries, OwnBytes.of(entries));
        List<LogEntry> small = entries(new byte[100 * (10 + 48) + 32], 100, 10);
        assertSame(small, OwnBytes.of(small));
    }

    @Test
    void oneThatIsKeptOfManyDoesNotKeepTheirMessage() {
        byte[] array = new byte[256 << 10];
        array[200_000] = 7;
        LogEntry last = new LogEntry(9, 1, 0, EntryType.COMMAND, 3, 4, Bytes.wrap(array, 200_000, 100));
        List<LogEntry> own = OwnBytes.of(List.of(last));
        assertEquals(List.of(last), own);
        assertEquals(100, own.getFirst().payload().array().length);
    }

    @Test
    void eachMessageIsJudgedByItself() {
        List<LogEntry> mixed = new ArrayList<>(entries(new byte[2_000], 2, 1_000));
        mixed.addAll(entries(new byte[50_000], 1, 10));
        List<LogEntry> own = OwnBytes.of(mixed);
        assertEquals(mixed, own);
        assertSame(mixed.getFirst(), own.getFirst());
        assertNotSame(mixed.getLast(), own.getLast());
    }
}
