package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.log.LogListener;
import io.driftless.log.OutOfResourcesException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A log in a process without file descriptors, and how it tells that from a disk that fails. */
class ExhaustionTest {

    @TempDir
    Path directory;

    /** No segment can be made so many times. */
    private static final class PoorDisk extends Disk {

        private final AtomicInteger failures = new AtomicInteger();

        @Override
        Output create(Path file) throws IOException {
            if (file.toString().contains("segment-") && failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new FileSystemException(file.toString(), null, "Too many open files");
            }
            return super.create(file);
        }
    }

    private static void grow(MmapLog log) {
        log.append(TestLogs.entries(log.lastIndex() + 1, log.lastIndex() + 60, 1, 10_000));
        log.sync();
    }

    @Test
    @Timeout(120)
    void aLogGoesOnWithItsReserveAndFailsForNothingElseWithoutIt() throws IOException, InterruptedException {
        Process process = Jvm.startWith(160, ExhaustedProcess.class, directory.toString());
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertEquals(List.of("grown", "OUT_OF_RESOURCES", "true"), out.lines().toList());
        }
        assertEquals(0, process.waitFor());
        try (MmapLog log = TestLogs.open(directory)) {
            assertTrue(log.opening().cleanStop());
        }
    }

    @Test
    void aSegmentForWhichThereIsNoDescriptorIsTriedAgain() {
        PoorDisk disk = new PoorDisk();
        List<String> warnings = Collections.synchronizedList(new ArrayList<>());
        try (MmapLog log = MmapLog.open(directory, TestLogs.SMALL, TestLogs.warningsTo(warnings), disk)) {
            disk.failures.set(5);
            grow(log);
            grow(log);
            assertEquals(120, log.durableIndex());
        }
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).contains("Too many open files") && warnings.get(0).contains("tried again"),
                warnings.get(0));
    }

    @Test
    void ifThereIsNoneForLongNothingHasFailedAndTheCauseIsTold() {
        PoorDisk disk = new PoorDisk();
        try (MmapLog log = MmapLog.open(directory, TestLogs.SMALL, LogListener.NONE, disk)) {
            disk.failures.set(Integer.MAX_VALUE);
            OutOfResourcesException exhausted = assertThrows(OutOfResourcesException.class, () -> {
                grow(log);
                grow(log);
            });
            assertEquals(EndCause.OUT_OF_RESOURCES, exhausted.endCause());
            disk.failures.set(0);
            grow(log);
            assertEquals(log.lastIndex(), log.durableIndex());
        }
    }

    @Test
    void aFullDiskIsKnownInAnyLanguage() throws IOException {
        SystemErrors german = new SystemErrors("Auf dem Ger\u00e4t ist kein Speicherplatz mehr verf\u00fcgbar");
        IOException full = new FileSystemException("mark", null, "Auf dem Ger\u00e4t ist kein Speicherplatz mehr "
                + "verf\u00fcgbar");
        assertEquals(EndCause.DISK_FULL, german.failed("x", new java.io.UncheckedIOException(full)).endCause());
        assertEquals(EndCause.DISK_FULL, SystemErrors.here().failed("x", new IOException("No space left on device"))
                .endCause());
        assertEquals(EndCause.OUT_OF_RESOURCES, SystemErrors.here().failed("x", new IOException("Map failed",
                new OutOfMemoryError("Map failed"))).endCause());
        assertEquals(EndCause.FAILED_SYNC, SystemErrors.here().failed("x", new IOException("Input/output error"))
                .endCause());
        assertFalse(SystemErrors.here().isExhausted(new IllegalStateException("Zu viele offene Dateien")));
    }
}
