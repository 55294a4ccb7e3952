package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.LogFullException;
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
    void memoryIsNamedAtTheStart() {
        List<String> warnings = new ArrayList<>();
        TestLogs.open(mountPoint.resolve("log"), warnings::add).close();
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).contains("is on tmpfs, which is memory"), warnings.get(0));
    }
}
