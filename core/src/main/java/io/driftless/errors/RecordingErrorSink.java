package io.driftless.errors;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The sink that a node uses unless it is given another one: a bounded list in memory first, then, if it has a file,
 * that file, appended to by a daemon thread of its own. Whatever the disk does, {@link #record} returns at once, and
 * what the file did not take is counted. Thread safe.
 */
public final class RecordingErrorSink implements ErrorSink, AutoCloseable {

    private static final int RECENT_MAX = 1_000;
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private final int recentMax;
    private final Optional<ErrorFile> file;
    /** Newest last. Its length is kept apart, as counting it would take a walk. */
    private final ConcurrentLinkedDeque<ErrorEntry> recent = new ConcurrentLinkedDeque<>();
    private final AtomicInteger recentCount = new AtomicInteger();
    private final AtomicLong recorded = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();

    private RecordingErrorSink(int recentMax, Optional<ErrorFile> file) {
        this.recentMax = recentMax;
        this.file = file;
    }

    /** In memory only, the newest 1,000 entries. */
    public static RecordingErrorSink inMemory() {
        return new RecordingErrorSink(RECENT_MAX, Optional.empty());
    }

    /**
     * In memory and in a file, which is made when the first error comes; its folder is not made. When it would grow
     * above {@code fileBytesMax}, it is renamed to {@code NAME.1}, and what had that name is gone. A file that does not
     * take an entry gets it again later, as long as memory for 1,000 waiting entries lasts.
     */
    public static RecordingErrorSink toFile(Path file, long fileBytesMax) {
        return new RecordingErrorSink(RECENT_MAX, Optional.of(new ErrorFile(file, fileBytesMax, RECENT_MAX)));
    }

    @Override
    public void record(ErrorEntry entry) {
        // An error on the way (no memory, no stack, a null from careless code) must not become the caller's second
        // problem.
        try {
            recorded.incrementAndGet();
            recent.addLast(entry);
            if (recentCount.incrementAndGet() > recentMax && recent.pollFirst() != null) {
                recentCount.decrementAndGet();
            }
            file.ifPresent(errors -> errors.offer(entry));
        } catch (RuntimeException | Error failed) {
            lost.incrementAndGet();
        }
    }

    /** What was recorded, oldest first, as far back as memory goes. */
    public List<ErrorEntry> recent() {
        return List.copyOf(recent);
    }

    /** Forgets what {@link #recent} lists; files and counters stay. */
    public void clear() {
        while (recent.pollFirst() != null) {
            recentCount.decrementAndGet();
        }
    }

    /** How many entries were ever recorded. */
    public long recorded() {
        return recorded.get();
    }

    /** How many entries did not and will not reach the file, or without one could not be kept at all. */
    public long dropped() {
        return lost.get() + file.map(ErrorFile::dropped).orElse(0L);
    }

    /** Why the file did not take the last entry offered to it; empty if it did, or if there is none. */
    public Optional<String> fileProblem() {
        return file.flatMap(ErrorFile::problem);
    }

    /**
     * Writes what waits, for up to two seconds, and ends the thread. What comes later is kept in memory only and
     * counted as dropped. Idempotent.
     */
    @Override
    public void close() {
        file.ifPresent(errors -> errors.close(CLOSE_WAIT));
    }
}
