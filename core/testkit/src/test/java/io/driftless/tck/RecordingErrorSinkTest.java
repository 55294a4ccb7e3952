package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;
import io.driftless.errors.RecordingErrorSink;
import io.driftless.errors.UnrecoverableErrorHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingErrorSinkTest {

    @TempDir
    Path folder;

    @Nested
    class InMemory extends ErrorSinkContract {
        @Override
        protected ErrorSink sink() {
            return RecordingErrorSink.inMemory();
        }
    }

    @Nested
    class InAFile extends ErrorSinkContract {
        private RecordingErrorSink sink = RecordingErrorSink.inMemory();

        @Override
        protected ErrorSink sink() {
            sink = RecordingErrorSink.toFile(folder.resolve("errors.log"), 1 << 20);
            return sink;
        }

        @Override
        protected void recorded(List<ErrorEntry> entries) throws IOException {
            sink.close();
            assertEquals(entries, sink.recent());
            assertEquals(entries.size(), Files.readAllLines(folder.resolve("errors.log")).stream()
                    .filter(line -> !line.startsWith(" ")).count());
        }

        @AfterEach
        void allIsWrittenOrCounted() throws IOException {
            sink.close();
            long lines = Files.readAllLines(folder.resolve("errors.log")).stream().filter(line -> !line.startsWith(" "))
                    .count();
            assertEquals(sink.recorded(), lines + sink.dropped());
        }
    }

    @Nested
    class OnADiskThatRefuses extends ErrorSinkContract {
        private RecordingErrorSink sink = RecordingErrorSink.inMemory();

        @Override
        protected ErrorSink sink() {
            sink = RecordingErrorSink.toFile(folder.resolve("absent").resolve("errors.log"), 1 << 20);
            return sink;
        }

        @AfterEach
        void close() {
            sink.close();
            assertEquals(sink.recorded(), sink.dropped());
            assertTrue(sink.fileProblem().isPresent());
        }
    }

    @Nested
    class TheDefaultHandler extends UnrecoverableErrorHandlerContract {
        @Override
        protected UnrecoverableErrorHandler handler() {
            return UnrecoverableErrorHandler.STOP;
        }
    }

    @Test
    void keepsTheNewestAndForgetsThemWhenCleared() {
        RecordingErrorSink sink = RecordingErrorSink.inMemory();
        IntStream.range(0, 1_500).forEach(i -> sink.record(ErrorEntry.of("node", "error " + i)));
        assertEquals(1_000, sink.recent().size());
        assertEquals("error 500", sink.recent().getFirst().message());
        assertEquals("error 1499", sink.recent().getLast().message());
        sink.clear();
        assertEquals(List.of(), sink.recent());
        assertEquals(1_500, sink.recorded());
        sink.record(ErrorEntry.of("node", "one more"));
        assertEquals("one more", sink.recent().getFirst().message());
    }

    @Test
    void fileHoldsOneLineAnErrorWithItsStackTraceBehindIt() throws IOException {
        Path file = folder.resolve("errors.log");
        try (RecordingErrorSink sink = RecordingErrorSink.toFile(file, 1 << 20)) {
            sink.record(ErrorEntry.of("machine", "apply\nthrew", new IllegalStateException("why")));
        }
        List<String> lines = Files.readAllLines(file);
        assertTrue(lines.get(0).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.?\\d*Z machine: apply threw"),
                lines.get(0));
        assertEquals("    java.lang.IllegalStateException: why", lines.get(1));
        assertTrue(lines.get(2).startsWith("    \tat "), lines.get(2));
    }

    @Test
    void fileIsBoundedAndKeepsOneBefore() throws IOException {
        Path file = folder.resolve("errors.log");
        try (RecordingErrorSink sink = RecordingErrorSink.toFile(file, 10_000)) {
            IntStream.range(0, 900).forEach(i -> sink.record(ErrorEntry.of("node", "error number " + i)));
        }
        assertTrue(Files.size(file) <= 10_000);
        assertTrue(Files.size(folder.resolve("errors.log.1")) <= 10_000);
        List<String> newest = Files.readAllLines(file);
        assertTrue(newest.getLast().endsWith("error number 899"));
        try (var files = Files.list(folder)) {
            assertEquals(2, files.count());
        }
    }

    @Test
    void countsWhatADiskThatRefusesNeverTook() throws IOException {
        Path directoryInPlace = Files.createDirectory(folder.resolve("errors.log"));
        RecordingErrorSink sink = RecordingErrorSink.toFile(directoryInPlace, 10_000);
        IntStream.range(0, 2_500).forEach(i -> sink.record(ErrorEntry.of("node", "error " + i)));
        sink.close();
        assertEquals(2_500, sink.dropped());
        assertEquals(1_000, sink.recent().size());
        assertTrue(sink.fileProblem().isPresent());
    }

    @Test
    void writesWhatWaitedOnceTheDiskTakesItAgain() throws IOException {
        Path data = folder.resolve("data");
        Path file = data.resolve("errors.log");
        RecordingErrorSink sink = RecordingErrorSink.toFile(file, 10_000);
        sink.record(ErrorEntry.of("node", "before the folder is there"));
        while (sink.fileProblem().isEmpty()) {
            Thread.onSpinWait();
        }
        Files.createDirectory(data);
        sink.close();
        assertEquals(0, sink.dropped());
        assertTrue(Files.readString(file).contains("before the folder is there"));
        assertTrue(sink.fileProblem().isEmpty());
    }

    @Test
    void doesNotGrowAFileThatCannotBeRotated() throws IOException {
        Path file = folder.resolve("errors.log");
        Files.createDirectories(folder.resolve("errors.log.1").resolve("in the way"));
        try (RecordingErrorSink sink = RecordingErrorSink.toFile(file, 1_000)) {
            IntStream.range(0, 100).forEach(i -> sink.record(ErrorEntry.of("node", "error number " + i)));
        }
        assertTrue(Files.size(file) <= 1_000);
    }

    @Test
    void survivesAnErrorInsideItself() {
        RecordingErrorSink sink = RecordingErrorSink.toFile(folder.resolve("errors.log"), 10_000);
        sink.record(nothing());
        assertTrue(sink.dropped() >= 1);
        sink.record(ErrorEntry.of("node", "still there"));
        assertEquals("still there", sink.recent().getLast().message());
        sink.close();
    }

    @Test
    void keepsInMemoryWhatComesAfterItWasClosed() {
        RecordingErrorSink sink = RecordingErrorSink.toFile(folder.resolve("errors.log"), 10_000);
        sink.close();
        sink.close();
        sink.record(ErrorEntry.of("node", "late"));
        assertEquals("late", sink.recent().getFirst().message());
        assertEquals(1, sink.dropped());
        assertFalse(Files.exists(folder.resolve("errors.log")));
    }

    @Test
    void anEntryOfAThrowableThatCannotBePrintedSaysSo() {
        ErrorEntry entry = ErrorEntry.of("machine", "", new HostileException());
        assertTrue(entry.detail().contains("cannot be printed"), entry.detail());
        assertTrue(entry.message().contains("HostileException"));
        List<ErrorEntry> entries = new ArrayList<>(List.of(ErrorEntry.of("machine", "m".repeat(5_000))));
        assertEquals(ErrorEntry.MESSAGE_CHARS_MAX, entries.getFirst().message().length());
    }

    private static ErrorEntry nothing() {
        return null;
    }

    private static final class HostileException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("not even a message");
        }
    }
}
