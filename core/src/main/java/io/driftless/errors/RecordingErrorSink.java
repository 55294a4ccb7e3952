package io.driftless.errors;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The sink that a node uses unless it is given another one. It keeps a bounded list in memory first. If it has a file,
 * a daemon thread of its own then appends the errors to that file. Whatever the disk does, {@link #record} returns at
 * once, and entries that the file did not take are counted. Thread safe.
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

    /** A sink that keeps the newest 1,000 entries, in memory only. */
    public static RecordingErrorSink inMemory() {
        return new RecordingErrorSink(RECENT_MAX, Optional.empty());
    }

    /**
     * A sink in memory and in a file. The file is created when the first error comes, but not its folder. When the file
     * would grow above {@code fileBytesMax}, it is renamed to {@code NAME.1}, and replaces an earlier file of that
     * name. An entry that the file does not take is offered to it again later, as long as memory for 1,000 waiting
     * entries lasts.
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

    /** The recorded errors, oldest first, as far back as the memory goes. */
    public List<ErrorEntry> recent() {
        return List.copyOf(recent);
    }

    /** Clears the list that {@link #recent} returns. Files and counters stay. */
    public void clear() {
        while (recent.pollFirst() != null) {
            recentCount.decrementAndGet();
        }
    }

    /** How many entries were ever recorded. */
    public long recorded() {
        return recorded.get();
    }

    /** How many entries did not and will not reach the file, or, without a file, could not be kept at all. */
    public long dropped() {
        return lost.get() + file.map(ErrorFile::dropped).orElse(0L);
    }

    /** Why the file did not take the last entry offered to it; empty if it did, or if there is none. */
    public Optional<String> fileProblem() {
        return file.flatMap(ErrorFile::problem);
    }

    /**
     * Writes the waiting entries, for up to two seconds, and ends the thread. Later entries are kept in memory only and
     * counted as dropped. Idempotent.
     */
    @Override
    public void close() {
        file.ifPresent(errors -> errors.close(CLOSE_WAIT));
    }
}
