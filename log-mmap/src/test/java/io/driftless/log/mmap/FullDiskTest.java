package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.LogFullException;
import io.driftless.log.LogListener;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small file system of its own, filled to the brim. */
@Tag("root")
class FullDiskTest {

    @TempDir
    Path mountPoint;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", mountPoint.toString());
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        run("umount", mountPoint.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor(), String.join(" ", command));
    }

    @Test
    void aFullDiskIsSaidSoLosesNothingAndIsGotOverWithRoom() throws IOException {
        Path directory = mountPoint.resolve("log");
        try (MmapLog log = TestLogs.open(directory)) {
            LogFullException full = assertThrows(LogFullException.class, () -> {
                while (true) {
                    log.append(TestLogs.entries(log.lastIndex() + 1, log.lastIndex() + 10, 1, 1_000));
                    log.sync();
                }
            });
            assertTrue(full.getMessage().contains("no room for a segment"), full.getMessage());
            long last = log.lastIndex();
            assertTrue(last > 1_000, "only " + last);
            assertThrows(LogFullException.class, () -> log.append(TestLogs.entries(last + 1, last + 300, 1, 1_000)));
            assertEquals(log.sync(), log.sync());
            assertEquals(log.lastIndex(), log.durableIndex());
            log.compact(log.firstIndex() + 300);
            log.append(TestLogs.entries(log.lastIndex() + 1, log.lastIndex() + 100, 1, 1_000));
            log.sync();
        }
    }

    /** Leaves no byte. */
    private Path fill() {
        Path ballast = mountPoint.resolve("ballast");
        assertThrows(IOException.class, () -> Files.write(ballast, new byte[8 << 20]));
        return ballast;
    }

    @Test
    void aLogOpensOnAFullDiskSaysSoAndIsCompactedThere() {
        Path directory = mountPoint.resolve("log");
        try (MmapLog log = TestLogs.open(directory)) {
            log.append(TestLogs.entries(1, 1_000, 1, 1_000));
        }
        fill();
        List<String> warnings = new ArrayList<>();
        try (MmapLog log = TestLogs.open(directory, TestLogs.warningsTo(warnings))) {
            assertTrue(warnings.stream().anyMatch(warning -> warning.contains("the disk is full")),
                    warnings.toString());
            assertEquals(TestLogs.entries(1, 1_000, 1, 1_000), TestLogs.all(log));
            assertThrows(LogFullException.class, () -> log.append(TestLogs.entries(1_001, 2_000, 1, 1_000)));
            fill();
            log.sync();
            assertTrue(log.lastIndex() > 1_000, "the small segment takes entries");
            log.compact(900);
            assertTrue(log.firstIndex() > 600, "compacted up to " + log.firstIndex());
            log.append(TestLogs.entries(log.lastIndex() + 1, log.lastIndex() + 200, 1, 1_000));
        }
    }

    @Test
    void manyReopensOnAFullDiskLeaveAtMostThreeSegments() throws IOException {
        Path directory = mountPoint.resolve("log");
        TestLogs.open(directory).close();
        fill();
        ReopenTest.openOrSoak("reopen-full", 200, directory, Disk.REAL);
    }

    @Test
    void withoutTheReserveAnOpeningOnAFullDiskIsRefusedAndChangesNothing() throws IOException {
        Path directory = mountPoint.resolve("log");
        try (MmapLog log = TestLogs.open(directory)) {
            log.append(TestLogs.entries(1, 10, 1, 100));
        }
        Files.delete(directory.resolve(Reserve.FILE));
        Path ballast = fill();
        assertThrows(LogFullException.class, () -> TestLogs.open(directory).close());
        Files.delete(ballast);
        try (MmapLog log = TestLogs.open(directory)) {
            assertEquals(TestLogs.entries(1, 10, 1, 100), TestLogs.all(log));
        }
    }

    @Test
    void aSnapshotThatFindsNoRoomLeavesTheOneBeforeAndItsRoom() throws IOException {
        Path folder = mountPoint.resolve("snapshots");
        SnapshotFiles store = TestSnapshots.open(folder, SnapshotFormat.CHUNK_MAX);
        TestSnapshots.write(store, 5, new byte[100], TestSnapshots.bytes(1 << 20, 5));
        LogFullException full = assertThrows(LogFullException.class, () -> TestSnapshots.write(store, 6, new byte[100],
                TestSnapshots.bytes(8 << 20, 6)));
        assertTrue(full.getMessage().contains(folder.toString()), full.getMessage());
        assertEquals(5, store.newest().orElseThrow().id().index());
        store.newest().orElseThrow().verify();
        assertEquals(1, TestSnapshots.names(folder).size());
        Path ballast = fill();
        assertThrows(LogFullException.class, () -> TestSnapshots.write(store, 6, new byte[100], new byte[100]));
        Files.delete(ballast);
        TestSnapshots.write(store, 6, new byte[100], TestSnapshots.bytes(2 << 20, 6)).verify();
        store.close();
    }

    /** The log goes on for as long as the two segments that were kept for it take entries. */
    @Test
    void aSnapshotLeavesTheLogOfItsDirectoryItsRoom() {
        StorageContext context = new StorageContext("c", "n1", SegmentSizes.MIN, 16 * 1024, LogListener.NONE);
        try (Storage storage = MmapStorage.at(mountPoint.resolve("data")).open(context)) {
            storage.log().append(TestLogs.entries(1, 10, 1, 1_000));
            storage.log().sync();
            SnapshotWriter writer = assertDoesNotThrow(() -> storage.snapshots().begin(5, 1, TestSnapshots.CREATOR,
                    Bytes.EMPTY));
            LogFullException full = assertThrows(LogFullException.class,
                    () -> writer.content().write(new byte[8 << 20]));
            assertTrue(full.getMessage().contains(" are free, and the log's reserve is 524288"), full.getMessage());
            storage.log().append(TestLogs.entries(11, 400, 1, 1_000));
            assertEquals(400, assertDoesNotThrow(() -> {
                storage.log().sync();
                return storage.log().durableIndex();
            }));
            writer.close();
        }
    }

    @Test
    void memoryIsNamedAtTheStart() {
        List<String> warnings = new ArrayList<>();
        TestLogs.open(mountPoint.resolve("log"), warnings::add).close();
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).contains("is on tmpfs, which is memory"), warnings.get(0));
    }
}
