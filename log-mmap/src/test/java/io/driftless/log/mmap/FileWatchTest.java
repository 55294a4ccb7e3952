package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.SyncFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The watch notices by itself, without a call to the log; a log's own looks every five seconds. */
class FileWatchTest {

    private static final int PERIOD_MS = 5;
    private static final int PATIENCE_S = 60;

    @TempDir
    Path temporary;

    private Path directory = Path.of("");
    private UUID logId = new UUID(0, 0);
    private DurableMark mark;
    private FileWatch watch;
    private final CompletableFuture<String> lost = new CompletableFuture<>();

    @BeforeEach
    void makeALog() throws IOException {
        directory = temporary.resolve("log");
        TestLogs.open(directory).close();
        logId = LogOpener.logId(directory, IdentityFile.read(directory).get());
        mark = DurableMark.open(Disk.REAL, directory, logId, 0);
    }

    @AfterEach
    void close() {
        if (watch != null) {
            watch.close();
        }
        mark.close();
    }

    private void watch(List<Segment> segments) throws IOException {
        watch = new FileWatch(directory, segments, number -> segments.isEmpty() ? null : segments.get(0), mark,
                PERIOD_MS, lost::complete);
    }

    private String lost() throws ExecutionException, InterruptedException, TimeoutException {
        return lost.get(PATIENCE_S, TimeUnit.SECONDS);
    }

    @Test
    void aLogNoticesWithinTenSeconds() {
        assertTrue(2 * FileWatch.PERIOD_MS <= 10_000);
    }

    @Test
    void aSegmentThatIsRemovedIsNoticed() throws Exception {
        Path file = TestLogs.queueFile(TestLogs.segmentDirectories(directory).get(0));
        Segment segment = Segment.mapSealed(1, file, 4096, logId);
        watch(List.of(segment));
        Files.delete(file);
        assertTrue(lost().startsWith(file + " was removed while the log was open"), lost());
        segment.retire();
    }

    @Test
    void aFileThatIsReplacedIsNoticed() throws Exception {
        watch(List.of());
        Path copy = Files.copy(directory.resolve(DurableMark.FILE), temporary.resolve("copy"));
        Files.move(copy, directory.resolve(DurableMark.FILE), StandardCopyOption.REPLACE_EXISTING);
        assertTrue(lost().startsWith(directory.resolve(DurableMark.FILE) + " was replaced"), lost());
    }

    @Test
    void aManifestThatIsRemovedIsNoticed() throws Exception {
        watch(List.of());
        Files.delete(directory.resolve(Manifest.FILE));
        assertEquals(directory.resolve(Manifest.FILE) + " was removed while the log was open", lost());
    }

    /** The log's owner looks at a change of segment, perhaps just behind the watch itself. */
    @Test
    void itTellsOnceWhoeverLooks() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        watch = new FileWatch(directory, List.of(), number -> null, mark, PERIOD_MS, told::add);
        Files.delete(directory.resolve(Manifest.FILE));
        watch.check();
        watch.check();
        assertEquals(List.of(directory.resolve(Manifest.FILE) + " was removed while the log was open"), told);
    }

    @Test
    void anIdleMarkIsBroughtToTheDisk() throws Exception {
        CompletableFuture<Long> forced = new CompletableFuture<>();
        mark.close();
        mark = DurableMark.open(new ForcingDisk((mapping, from, length) -> {
            mapping.force(from, length);
            if (mapping.getLong(8) == 77 || mapping.getLong(24) == 77) {
                forced.complete(77L);
            }
        }), directory, logId, 0);
        watch(List.of());
        mark.set(77);
        assertEquals(77, forced.get(PATIENCE_S, TimeUnit.SECONDS));
    }

    @Test
    void aMarkThatCannotBeForcedIsTold() throws Exception {
        CompletableFuture<Void> broken = new CompletableFuture<>();
        mark.close();
        mark = DurableMark.open(new ForcingDisk((mapping, from, length) -> {
            if (broken.isDone()) {
                throw new SyncFailedException("Input/output error");
            }
        }), directory, logId, 0);
        broken.complete(null);
        watch(List.of());
        mark.set(1);
        assertTrue(lost().contains("Input/output error"), lost());
    }
}
