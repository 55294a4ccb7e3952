package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.LogOwnerException;
import io.driftless.log.LogReader;
import io.driftless.log.SyncFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a log whose files somebody touches while it is open, and what it says about where they are. */
class OpenFilesTest {

    @TempDir
    Path directory;

    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());

    private MmapLog open() {
        return TestLogs.open(directory, TestLogs.warningsTo(warnings));
    }

    private static void grow(MmapLog log) {
        log.append(TestLogs.entries(log.lastIndex() + 1, log.lastIndex() + 1_000, 1, 500));
    }

    @Test
    void aSegmentThatIsRemovedIsNoticedAtTheNextChangeOfSegment() throws IOException {
        try (MmapLog log = open()) {
            log.append(TestLogs.entries(1, 10, 1, 100));
            log.sync();
            Path segment = TestLogs.queueFile(TestLogs.segmentDirectories(directory).get(0));
            Files.delete(segment);
            String message = assertThrows(SyncFailedException.class, () -> grow(log)).getMessage();
            assertTrue(message.contains(segment + " was removed"), message);
            assertThrows(SyncFailedException.class, log::sync);
            try (LogReader reader = log.reader()) {
                assertTrue(reader.seek(10), "what was durable stays readable");
            }
            assertEquals(1, warnings.size());
        }
    }

    @Test
    void aFileThatIsReplacedIsNoticed() throws IOException {
        for (String name : List.of("mark", "lock", "identity")) {
            Path at = directory.resolve("log-" + name);
            try (MmapLog log = TestLogs.open(at, TestLogs.warningsTo(warnings))) {
                Path copy = directory.resolve("copy");
                Files.write(copy, Files.readAllBytes(at.resolve(name.equals("lock") ? "mark" : name)));
                Files.move(copy, at.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                assertThrows(SyncFailedException.class, () -> grow(log));
                assertTrue(warnings.remove(0).contains(at.resolve(name) + " was replaced"));
            }
        }
    }

    @Test
    void compactionAndResetAreNotTakenForIt() {
        try (MmapLog log = open()) {
            for (int i = 0; i < 5; i++) {
                grow(log);
                log.sync();
                log.compact(log.durableIndex());
                grow(log);
                log.reset(log.lastIndex(), 1);
            }
            grow(log);
            assertEquals(List.of(), warnings);
        }
    }

    @Test
    void twoOwnersAtOnceAreNoticed() {
        OwnerCheck check = new OwnerCheck();
        check.enter();
        assertThrows(LogOwnerException.class, check::enter);
        check.leave();
        check.enter();
    }

    @Test
    void theFileSystemIsNamedUnlessDurabilityIsClaimedOnIt() {
        assertEquals(Optional.empty(), DiskKind.warning(directory, "ext4"));
        assertEquals(Optional.empty(), DiskKind.warning(directory, "xfs"));
        for (String type : List.of("tmpfs", "overlay", "nfs4", "fuse.sshfs", "btrfs")) {
            String warning = DiskKind.warning(directory, type).get();
            assertTrue(warning.contains(directory.toString()) && warning.contains(type), warning);
            assertFalse(warning.contains("\n"));
        }
    }
}
