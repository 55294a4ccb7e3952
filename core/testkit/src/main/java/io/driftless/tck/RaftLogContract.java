package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogCompactedException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogReader;
import io.driftless.log.RaftLog;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;

/**
 * What every {@link RaftLog} must do. An implementation's test extends it and says how to open its log. It is opened
 * again and again in the same place.
 */
public abstract class RaftLogContract extends RaftLogThreadsContract {

    /** The largest payload that the log must take. */
    protected int payloadBytesMax() {
        return 16 * 1024;
    }

    @Test
    void beginsEmptyAtIndexOne() {
        assertReset(0, 0);
        assertEquals(0, log().sync());
        try (LogReader reader = log().reader()) {
            assertEquals(List.of(), reader.read(1, 10, 1_000));
        }
    }

    @Test
    void readsWhatItAppendedBeforeAndAfterTheSync() {
        log().append(entries(1, 3, 1));
        assertHolds(log(), entries(1, 3, 1));
        assertEquals(0, log().durableIndex());
        log().sync();
        assertEquals(3, log().durableIndex());
        assertHolds(log(), entries(1, 3, 1));
    }

    @Test
    void keepsEveryFieldOfAnEntry() {
        List<LogEntry> all = new ArrayList<>();
        for (EntryType type : EntryType.values()) {
            Bytes payload = Bytes.wrap(new byte[] {1, -1, 0});
            long index = all.size() + 1;
            all.add(new LogEntry(index, Long.MAX_VALUE - 7, -5, type, Long.MIN_VALUE, Long.MAX_VALUE,
                    LogEntry.DISTANCE_MAX, payload));
        }
        all.add(new LogEntry(all.size() + 1, Long.MAX_VALUE - 7, 0, EntryType.NOOP, 0, 0, Bytes.EMPTY));
        log().append(all);
        assertHolds(log(), all);
        assertHolds(reopen(), all);
    }

    /** A log that keeps the distance in two bytes must not take the larger half of them for negative ones. */
    @Test
    void keepsEveryDistanceFromNoneToTheLargest() {
        int[] distances = {0, 1, 255, 256, 32_767, 32_768, LogEntry.DISTANCE_MAX, 0};
        List<LogEntry> all = new ArrayList<>();
        for (int distance : distances) {
            all.add(new LogEntry(all.size() + 1, 1, 0, EntryType.COMMAND, 1, 100_000, distance, Bytes.EMPTY));
        }
        log().append(all);
        assertHoldsOneByOne(log(), all);
        assertHoldsOneByOne(reopen(), all);
    }

    private static void assertHoldsOneByOne(RaftLog log, List<LogEntry> expected) {
        try (LogReader reader = log.reader()) {
            for (LogEntry entry : expected) {
                assertTrue(reader.seek(entry.index()));
                assertEquals(entry.distance(), reader.distance());
                assertEquals(entry, reader.entry());
                assertEquals(List.of(entry), reader.read(entry.index(), entry.index(), 1));
            }
        }
    }

    /** Whatever it is configured with: a leader with other limits may have taken them in. */
    @Test
    void takesWhatAnyNodeMayHaveTakenIn() {
        Bytes largest = Bytes.wrap(new byte[RaftLog.ENTRY_BYTES_MAX]);
        LogEntry small = new LogEntry(3, 2, 0, EntryType.COMMAND, 0, 0, Bytes.wrap(new byte[] {7}));
        log().append(entries(1, 2, 1));
        log().overwrite(2, List.of(new LogEntry(2, 2, 0, EntryType.COMMAND, 0, 0, largest), small));
        log().sync();
        assertEquals(3, log().durableIndex());
        try (LogReader reader = log().reader()) {
            assertEquals(largest, reader.read(2, 2, 1).getFirst().payload());
        }
        RaftLog again = reopen();
        assertEquals(3, again.lastIndex());
        try (LogReader reader = again.reader()) {
            assertEquals(largest, reader.read(2, 2, 1).getFirst().payload());
            assertEquals(small, reader.read(3, 3, 1).getFirst());
        }
    }

    @Test
    void takesPayloadsOfEveryLength() {
        List<LogEntry> all = new ArrayList<>();
        for (int length : new int[] {0, 1, 2, 3, 4, 5, 7, 8, 63, 64, 65, 4_095, 4_096, 4_097, payloadBytesMax()}) {
            byte[] payload = new byte[length];
            for (int i = 0; i < length; i++) {
                payload[i] = (byte) (i * 31 + length);
            }
            all.add(new LogEntry(all.size() + 1, 1, 0, EntryType.COMMAND, 1, 2, Bytes.wrap(payload)));
        }
        log().append(all);
        assertHolds(log(), all);
        assertHolds(reopen(), all);
    }

    @Test
    void takesAPayloadThatIsASliceOfALargerArray() {
        byte[] array = {9, 9, 1, 2, 3, 9};
        LogEntry slice = new LogEntry(1, 1, 0, EntryType.COMMAND, 0, 0, Bytes.wrap(array, 2, 3));
        log().append(List.of(slice));
        try (LogReader reader = log().reader()) {
            assertTrue(reader.seek(1));
            assertEquals(Bytes.wrap(new byte[] {1, 2, 3}), reader.entry().payload());
        }
    }

    @Test
    void givesAPayloadWithoutACopy() {
        log().append(List.of(entry(1, 1)));
        try (LogReader reader = log().reader()) {
            assertTrue(reader.seek(1));
            DirectBuffer payload = reader.payload();
            byte[] bytes = new byte[payload.capacity()];
            payload.getBytes(0, bytes);
            assertEquals(entry(1, 1).payload(), Bytes.wrap(bytes));
            assertEquals(1, reader.index());
            assertEquals(1, reader.term());
            assertEquals(entry(1, 1).timeMs(), reader.timeMs());
            assertEquals(EntryType.COMMAND, reader.type());
            assertEquals(entry(1, 1).session(), reader.session());
            assertEquals(entry(1, 1).serial(), reader.serial());
            assertEquals(entry(1, 1).distance(), reader.distance());
        }
    }

    @Test
    void writeIdsRiseByOneForEachEntryWhateverItsIndex() {
        long first = log().append(List.of(entry(1, 1)));
        assertEquals(first + 2, log().append(entries(2, 3, 1)));
        assertEquals(first + 4, log().overwrite(2, entries(2, 3, 2)));
        assertEquals(first + 4, log().sync());
        assertEquals(first + 4, log().sync());
        assertTrue(reopen().append(List.of(entry(4, 2))) > first + 4, "write ids must not come twice");
    }

    @Test
    void overwriteSupersedesEverythingFromItsIndexOn() {
        log().append(entries(1, 10, 1));
        log().sync();
        // So few that the log has no reason to sync by itself.
        log().overwrite(5, entries(5, 6, 2));
        assertEquals(6, log().lastIndex());
        assertEquals(4, log().durableIndex(), "durable entries were replaced by some that are not");
        List<LogEntry> expected = entries(1, 4, 1);
        expected.addAll(entries(5, 6, 2));
        assertHolds(log(), expected);
        try (LogReader reader = log().reader()) {
            assertFalse(reader.seek(7));
        }
        log().sync();
        assertEquals(6, log().durableIndex());
        assertHolds(reopen(), expected);
    }

    @Test
    void overwritesAgainAndAgain() {
        log().append(entries(1, 5, 1));
        log().overwrite(1, entries(1, 3, 2));
        log().overwrite(3, entries(3, 4, 3));
        log().overwrite(2, entries(2, 2, 4));
        log().append(entries(3, 6, 4));
        List<LogEntry> expected = entries(1, 1, 2);
        expected.addAll(entries(2, 6, 4));
        assertHolds(log(), expected);
        assertEquals(0, log().durableIndex());
        assertHolds(reopen(), expected);
    }

    @Test
    void refusesEntriesThatDoNotFollow() {
        log().append(entries(1, 3, 5));
        assertThrows(IllegalArgumentException.class, () -> log().append(List.of()));
        assertThrows(IllegalArgumentException.class, () -> log().append(entries(3, 3, 5)));
        assertThrows(IllegalArgumentException.class, () -> log().append(entries(5, 5, 5)));
        assertThrows(IllegalArgumentException.class, () -> log().append(entries(4, 4, 4)));
        assertThrows(IllegalArgumentException.class, () -> log().append(List.of(entry(4, 5), entry(6, 5))));
        assertThrows(IllegalArgumentException.class, () -> log().append(List.of(entry(4, 6), entry(5, 5))));
        assertThrows(IllegalArgumentException.class, () -> log().overwrite(4, entries(4, 4, 6)));
        assertThrows(IllegalArgumentException.class, () -> log().overwrite(0, entries(1, 1, 6)));
        assertThrows(IllegalArgumentException.class, () -> log().overwrite(2, List.of()));
        assertThrows(IllegalArgumentException.class, () -> log().overwrite(2, entries(3, 3, 6)));
        assertHolds(log(), entries(1, 3, 5));
    }

    @Test
    void termsOutsideTheLogAreRefused() {
        log().append(entries(1, 3, 2));
        assertThrows(IllegalArgumentException.class, () -> log().termAt(4));
        assertThrows(IllegalArgumentException.class, () -> log().termAt(-1));
        assertEquals(0, log().termAt(0));
    }

    @Test
    void weighsARangeFromMemory() {
        log().append(entries(1, 20, 1));
        long expected = entries(4, 17, 1).stream().mapToLong(LogEntry::weight).sum();
        assertEquals(expected, log().weight(4, 17));
        assertEquals(entry(20, 1).weight(), log().weight(20, 20));
        log().overwrite(6, entries(6, 9, 22));
        assertEquals(entry(5, 1).weight() + entry(6, 22).weight(), log().weight(5, 6));
        assertThrows(IllegalArgumentException.class, () -> log().weight(5, 10));
    }

    @Test
    void readsAtLeastOneEntryAndNotMoreThanFit() {
        log().append(entries(1, 5, 1));
        try (LogReader reader = log().reader()) {
            assertEquals(entries(2, 2, 1), reader.read(2, 5, 1));
            assertEquals(entries(2, 3, 1), reader.read(2, 5, log().weight(2, 3)));
            assertEquals(entries(2, 3, 1), reader.read(2, 5, log().weight(2, 4) - 1));
            assertEquals(entries(4, 5, 1), reader.read(4, 100, 1_000_000));
            assertEquals(List.of(), reader.read(6, 7, 1_000_000));
            assertEquals(List.of(), reader.read(0, 7, 1_000_000));
        }
    }

    @Test
    void compactionKeepsWhatComesAfterAndNeverGoesBack() {
        log().append(entries(1, 30, 1));
        log().append(entries(31, 60, 2));
        log().sync();
        log().compact(40);
        long first = log().firstIndex();
        assertTrue(first <= 41, "compacted more than allowed: " + first);
        assertTellsWhatIsGoneFromWhatIsToCome();
        assertHolds(log(), entries(41, 60, 2));
        assertEquals(first - 1 <= 0 ? 0 : first - 1 <= 30 ? 1 : 2, log().termAt(first - 1));
        log().compact(10);
        assertTrue(log().firstIndex() >= first);
        assertTrue(reopen().firstIndex() >= first, "the first index went back over a reopen");
        assertHolds(log(), entries(41, 60, 2));
        log().append(entries(61, 61, 2));
        assertHolds(log(), entries(41, 61, 2));
    }

    private void assertTellsWhatIsGoneFromWhatIsToCome() {
        try (LogReader reader = log().reader()) {
            long first = log().firstIndex();
            for (long gone = 1; gone < first; gone++) {
                long index = gone;
                assertEquals(first, assertThrows(LogCompactedException.class, () -> reader.read(index, 60, 1_000))
                        .firstIndex());
                assertFalse(reader.seek(gone));
            }
            assertEquals(List.of(), reader.read(log().lastIndex() + 1, Long.MAX_VALUE, 1_000), "not there yet");
        }
    }

    @Test
    void aReadBelowAResetIsNotOneOfWhatIsToCome() {
        log().append(entries(1, 3, 1));
        log().reset(30, 2);
        assertTellsWhatIsGoneFromWhatIsToCome();
    }

    @Test
    void refusesToCompactWhatIsNotDurable() {
        log().append(entries(1, 3, 1));
        log().sync();
        log().append(entries(4, 5, 1));
        assertThrows(IllegalArgumentException.class, () -> log().compact(4));
        log().compact(3);
        assertHolds(log(), entries(4, 5, 1));
    }

    @Test
    void resetLeavesABoundaryAndNothingElse() {
        log().append(entries(1, 10, 1));
        log().reset(100, 7);
        assertReset(100, 7);
        reopen();
        assertReset(100, 7);
        assertThrows(IllegalArgumentException.class, () -> log().append(entries(101, 101, 6)));
        log().append(entries(101, 103, 7));
        assertHolds(log(), entries(101, 103, 7));
        assertHolds(reopen(), entries(101, 103, 7));
        log().reset(5, 3);
        assertReset(5, 3);
        reopen();
        assertReset(5, 3);
        log().append(entries(6, 7, 3));
        assertHolds(reopen(), entries(6, 7, 3));
        log().reset(0, 0);
        assertReset(0, 0);
    }

    @Test
    void compactionRightAfterAResetLeavesItsBoundary() {
        log().append(entries(1, 10, 1));
        log().sync();
        log().reset(100, 7);
        log().compact(100);
        assertReset(100, 7);
        log().compact(5);
        assertReset(100, 7);
        assertThrows(IllegalArgumentException.class, () -> log().compact(101));
        reopen();
        log().compact(100);
        assertReset(100, 7);
        log().append(entries(101, 103, 7));
        log().sync();
        log().compact(102);
        assertHolds(log(), entries(103, 103, 7));
        assertHolds(reopen(), entries(103, 103, 7));
    }

    private void assertReset(long boundary, long term) {
        assertEquals(boundary + 1, log().firstIndex());
        assertEquals(boundary, log().lastIndex());
        assertEquals(boundary, log().durableIndex());
        assertEquals(term, log().termAt(boundary));
        try (LogReader reader = log().reader()) {
            assertFalse(reader.seek(boundary));
            assertFalse(reader.seek(boundary + 1));
        }
    }

    @Test
    void whatWasNotSyncedIsDurableOnceTheLogIsOpenAgain() {
        log().append(entries(1, 5, 1));
        RaftLog again = reopen();
        assertHolds(again, entries(1, 5, 1));
        assertEquals(5, again.durableIndex(), "what a reopened log shows is durable");
    }

    @Test
    void refusesEverythingOnceClosed() {
        log().append(entries(1, 3, 1));
        LogReader reader = log().reader();
        assertTrue(reader.seek(1));
        log().close();
        log().close();
        assertThrows(LogClosedException.class, () -> log().append(entries(4, 4, 1)));
        assertThrows(LogClosedException.class, () -> log().overwrite(2, entries(2, 2, 2)));
        assertThrows(LogClosedException.class, () -> log().sync());
        assertThrows(LogClosedException.class, () -> log().compact(1));
        assertThrows(LogClosedException.class, () -> log().reset(1, 1));
        assertThrows(LogClosedException.class, () -> log().reader());
        assertThrows(LogClosedException.class, () -> log().lastIndex());
        assertThrows(LogClosedException.class, () -> reader.seek(2));
        assertThrows(LogClosedException.class, () -> reader.read(1, 2, 100));
        reader.close();
    }

    @Test
    void aClosedReaderRefusesAndOthersGoOn() {
        log().append(entries(1, 3, 1));
        LogReader closed = log().reader();
        try (LogReader other = log().reader()) {
            closed.close();
            closed.close();
            assertThrows(LogClosedException.class, () -> closed.seek(1));
            assertTrue(other.seek(1));
        }
    }
}
