package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What every {@link ErrorSink} must do: it takes any entry from any thread, returns soon, and throws nothing. */
public abstract class ErrorSinkContract {

    /** For subclasses. */
    protected ErrorSinkContract() { }

    /** Far above what recording takes, far below what waiting for a disk that hangs takes. */
    private static final Duration SOON = Duration.ofSeconds(30);

    /** Makes a new sink for each test. The subclass closes it. */
    protected abstract ErrorSink sink() throws Exception;

    /** Called after {@code entries} were recorded. A subclass can look for them here. */
    protected void recorded(List<ErrorEntry> entries) throws Exception { }

    @Test
    void takesAnyEntry() throws Exception {
        List<ErrorEntry> entries = List.of(
                new ErrorEntry(0, "", "", ""),
                new ErrorEntry(Long.MAX_VALUE, "log", "a\nb\rc", "x".repeat(100_000)),
                new ErrorEntry(Long.MIN_VALUE, "log", "\u0000\ud83d lone", "\ufffe"),
                ErrorEntry.of("machine", "it throws", new IllegalStateException("why", new StackOverflowError())));
        assertEquals(List.of(), troubles(sink(), 1, entries));
        recorded(entries);
    }

    @Test
    void takesEntriesFromManyThreads() throws Exception {
        ErrorEntry entry = ErrorEntry.of("node", "again");
        assertEquals(List.of(), troubles(sink(), 8, java.util.Collections.nCopies(500, entry)));
    }

    @Test
    void leavesAnInterruptAsItIs() throws Exception {
        ErrorSink sink = sink();
        Thread.currentThread().interrupt();
        try {
            sink.record(ErrorEntry.of("node", "while interrupted"));
        } finally {
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void worksOnAVirtualThread() throws Exception {
        ErrorSink sink = sink();
        ConcurrentLinkedQueue<Throwable> troubles = new ConcurrentLinkedQueue<>();
        Thread thread = Thread.ofVirtual().uncaughtExceptionHandler((t, thrown) -> troubles.add(thrown))
                .start(() -> sink.record(ErrorEntry.of("transport", "virtual")));
        assertTrue(thread.join(SOON));
        assertEquals(List.of(), List.copyOf(troubles));
    }

    /** Records the entries on each of so many threads; what they threw, or a line if one of them does not return. */
    private static List<String> troubles(ErrorSink sink, int threads, List<ErrorEntry> entries)
            throws InterruptedException {
        ConcurrentLinkedQueue<String> troubles = new ConcurrentLinkedQueue<>();
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> started = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            started.add(Thread.ofPlatform().daemon()
                    .uncaughtExceptionHandler((t, thrown) -> troubles.add(thrown.toString())).start(() -> {
                try {
                    start.await();
                } catch (InterruptedException interrupted) {
                    troubles.add("interrupted");
                }
                entries.forEach(sink::record);
            }));
        }
        start.countDown();
        for (Thread thread : started) {
            if (!thread.join(SOON)) {
                troubles.add("record has not returned after " + SOON);
            }
        }
        return List.copyOf(troubles);
    }
}
