package io.driftless.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LogEntryTest {

    private static LogEntry inSession(long serial, int distance) {
        return new LogEntry(1, 1, 0, EntryType.COMMAND, 7, serial, distance, Bytes.EMPTY);
    }

    @Test
    void theLowestWantedSerialLiesTheDistanceBelowTheSerial() {
        assertEquals(70_000, inSession(70_000, 0).lowestWanted());
        assertEquals(69_999, inSession(70_000, 1).lowestWanted());
        assertEquals(4_465, inSession(70_000, LogEntry.DISTANCE_MAX).lowestWanted());
        assertEquals(0, LogEntry.command(1, 1, 0, Bytes.EMPTY).lowestWanted());
    }

    @Test
    void aDistanceThatTwoBytesDoNotHoldIsRefused() {
        for (int distance : new int[] {-1, Integer.MIN_VALUE, 65_536, Integer.MAX_VALUE}) {
            assertEquals("entry with distance " + distance,
                    assertThrows(IllegalArgumentException.class, () -> inSession(1, distance)).getMessage());
        }
    }
}
