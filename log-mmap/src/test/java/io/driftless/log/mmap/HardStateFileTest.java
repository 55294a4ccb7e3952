package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.LogCorruptException;
import io.driftless.log.LogListener;
import io.driftless.log.SyncFailedException;
import io.driftless.raft.HardState;
import io.driftless.raft.ServerId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the four copies of a hard state are good for. */
class HardStateFileTest {

    private static final ServerId N1 = new ServerId("n1");
    private static final int PAGE = 4096;

    @TempDir
    Path temporary;

    private Path file = Path.of("");
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void chooseFile() {
        file = temporary.resolve("hard-state");
    }

    private void write(long... terms) {
        try (HardStateFile store = HardStateFile.open(file, LogListener.NONE)) {
            for (long term : terms) {
                store.write(new HardState(term, N1));
            }
        }
    }

    private static long sequence(byte[] bytes, int page) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(page + 16);
    }

    private HardState read() {
        try (HardStateFile store = HardStateFile.open(file, warnings::add)) {
            return store.read();
        }
    }

    @Test
    void anyOneRottenPageLosesNothingAndIsReported() {
        for (int copy = 0; copy < 4; copy++) {
            for (int offset : new int[] {0, 4, 8, 16, 24, 56, 64, 175}) {
                write(7 + copy);
                TestLogs.flip(file, copy * PAGE + offset, 4);
                warnings.clear();
                assertEquals(new HardState(7 + copy, N1), read());
                assertEquals(1, warnings.size());
                assertTrue(warnings.get(0).contains("offset " + copy * PAGE), warnings.get(0));
            }
        }
    }

    @Test
    void aWriteThatWasTornLeavesTheOneBefore() throws IOException {
        write(3, 4);
        byte[] before = Files.readAllBytes(file);
        write();
        try (HardStateFile store = HardStateFile.open(file, LogListener.NONE)) {
            store.write(new HardState(5, N1));
        }
        byte[] after = Files.readAllBytes(file);
        int pair = java.util.Arrays.equals(before, 0, 2 * PAGE, after, 0, 2 * PAGE) ? 2 : 0;
        TestLogs.flip(file, pair * PAGE + 100, 1);
        assertEquals(5, read().currentTerm(), "one copy of the newest is enough");
    }

    @Test
    void aWriteTouchesOnePairInOneSync() throws IOException {
        AtomicInteger syncs = new AtomicInteger();
        Disk disk = new ForcingDisk((mapping, from, length) -> {
            syncs.incrementAndGet();
            mapping.force(from, length);
        });
        try (HardStateFile store = HardStateFile.open(file, LogListener.NONE, disk,
                HardStateFile.Terms.STRICT)) {
            for (int term = 1; term < 10; term++) {
                byte[] before = Files.readAllBytes(file);
                int syncsBefore = syncs.get();
                store.write(new HardState(term, N1));
                byte[] after = Files.readAllBytes(file);
                assertEquals(syncsBefore + 1, syncs.get());
                boolean first = !java.util.Arrays.equals(before, 0, 2 * PAGE, after, 0, 2 * PAGE);
                boolean second = !java.util.Arrays.equals(before, 2 * PAGE, 4 * PAGE, after, 2 * PAGE, 4 * PAGE);
                assertTrue(first != second, "both pairs, or none, changed");
            }
        }
    }

    @Test
    void bothPairsBadIsRefusedAndNeverTermZero() throws IOException {
        write(9);
        for (int copy = 0; copy < 4; copy++) {
            TestLogs.flip(file, copy * PAGE + 24, 1);
        }
        assertTrue(assertThrows(LogCorruptException.class, this::read).getMessage().contains(file.toString()));
        Files.write(file, new byte[4 * PAGE]);
        assertThrows(LogCorruptException.class, this::read);
        Files.write(file, new byte[0]);
        assertThrows(LogCorruptException.class, this::read);
    }

    @Test
    void theNewestIsSyncedWhereItIsAndThenInTheOtherPairBeforeItCounts() throws IOException {
        write(4);
        List<Integer> forced = new ArrayList<>();
        Disk disk = new ForcingDisk((mapping, from, length) -> {
            forced.add(from);
            mapping.force(from, length);
        });
        write(5);
        byte[] before = Files.readAllBytes(file);
        int newest = sequence(before, 0) > sequence(before, 2 * PAGE) ? 0 : 2 * PAGE;
        HardStateFile.open(file, LogListener.NONE, disk,
                HardStateFile.Terms.STRICT).close();
        byte[] after = Files.readAllBytes(file);
        assertEquals(List.of(newest, 2 * PAGE - newest), forced);
        assertEquals(sequence(before, newest), sequence(after, newest));
        assertEquals(sequence(before, newest) + 1, sequence(after, 2 * PAGE - newest));
    }

    @Test
    void aFailedSyncIsFinal() throws IOException {
        AtomicInteger syncs = new AtomicInteger();
        Disk disk = new ForcingDisk((mapping, from, length) -> {
            if (syncs.incrementAndGet() == 3) {
                throw new java.io.UncheckedIOException(new IOException("Input/output error"));
            }
        });
        try (HardStateFile store = HardStateFile.open(file, LogListener.NONE, disk,
                HardStateFile.Terms.STRICT)) {
            assertThrows(SyncFailedException.class, () -> store.write(new HardState(1, N1)));
            assertEquals(HardState.INITIAL, store.read());
            assertThrows(SyncFailedException.class, () -> store.write(new HardState(2, N1)));
            assertEquals(3, syncs.get(), "a failed sync was tried again");
        }
    }

    @Test
    void countsItsOpenings() {
        for (int boot = 1; boot < 6; boot++) {
            try (HardStateFile store = HardStateFile.open(file, LogListener.NONE)) {
                assertEquals(boot, store.boot());
            }
        }
    }
}
