package io.driftless.errors;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Appends entries to a file of bounded size, from a bounded queue, on a daemon thread that starts with the first entry.
 * It is a platform thread: a disk that hangs must not take a carrier of virtual threads with it. Never records its own
 * failures: it remembers the last one. Thread safe.
 */
final class ErrorFile {

    private static final long RETRY_NS = Duration.ofSeconds(1).toNanos();
    private static final long BATCH_CHARS_MAX = 64 << 10;
    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int CLOSED = 2;

    private final Path file;
    private final Path rotated;
    private final long bytesMax;
    private final int waitingMax;
    private final long batchChars;
    private final ConcurrentLinkedQueue<ErrorEntry> waiting = new ConcurrentLinkedQueue<>();
    /** May pass its bound by as many entries as threads offer at the same moment. */
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;
    private final AtomicInteger state = new AtomicInteger(IDLE);
    private volatile @Nullable String problem;

    ErrorFile(Path file, long bytesMax, int waitingMax) {
        this.file = file;
        this.rotated = file.resolveSibling(file.getFileName() + ".1");
        this.bytesMax = bytesMax;
        this.waitingMax = waitingMax;
        this.batchChars = Math.clamp(bytesMax / 8, 1, BATCH_CHARS_MAX);
        this.writer = Thread.ofPlatform().daemon().name("driftless-errors").unstarted(this::write);
    }

    /** Queues an entry, or counts it as dropped. Never blocks. */
    void offer(ErrorEntry entry) {
        if (state.get() == CLOSED || waitingCount.get() >= waitingMax) {
            dropped.incrementAndGet();
            return;
        }
        waitingCount.incrementAndGet();
        waiting.add(entry);
        if (state.get() == IDLE && state.compareAndSet(IDLE, RUNNING)) {
            try {
                writer.start();
            } catch (OutOfMemoryError noThread) {
                // The next entry tries again, and closing writes what waits, unless that is over.
                if (!state.compareAndSet(RUNNING, IDLE)) {
                    dropWaiting();
                }
                return;
            }
        }
        LockSupport.unpark(writer);
        if (state.get() == CLOSED && !writer.isAlive()) {
            dropWaiting();
        }
    }

    long dropped() {
        return dropped.get();
    }

    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Ends the thread after a last attempt; waits for it, but not longer than {@code wait}. */
    void close(Duration wait) {
        int before = state.getAndSet(CLOSED);
        if (before == IDLE && !waiting.isEmpty()) {
            // No thread was to be had, and that may be the very error which waits here.
            drain();
            dropWaiting();
        }
        if (before == RUNNING) {
            LockSupport.unpark(writer);
            awaitEnd(System.nanoTime() + wait.toNanos());
        }
    }

    private void awaitEnd(long endNs) {
        // Whoever offers the first entry may be just about to start it, and what has not begun cannot be joined.
        while (writer.getState() == Thread.State.NEW && endNs - System.nanoTime() > 0) {
            Thread.yield();
        }
        if (writer.getState() == Thread.State.NEW) {
            return;
        }
        try {
            writer.join(Duration.ofNanos(endNs - System.nanoTime()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        while (state.get() == RUNNING) {
            if (!drain()) {
                awaitRetry();
            } else if (waiting.isEmpty() && state.get() == RUNNING) {
                LockSupport.park(this);
            }
        }
        drain();
        dropWaiting();
    }

    // New entries unpark the writer, but a storm of them must not become a storm of failing writes.
    private void awaitRetry() {
        long retryAt = System.nanoTime() + RETRY_NS;
        for (long left = RETRY_NS; left > 0 && state.get() == RUNNING; left = retryAt - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    private void dropWaiting() {
        while (waiting.poll() != null) {
            dropped.incrementAndGet();
        }
    }

    /** Writes what waits; false if the file does not take it now. */
    private boolean drain() {
        while (!waiting.isEmpty()) {
            int count = 0;
            try {
                StringBuilder batch = new StringBuilder();
                for (Iterator<ErrorEntry> entries = waiting.iterator(); entries.hasNext()
                        && batch.length() < batchChars; count++) {
                    text(entries.next(), batch);
                }
                append(batch.toString().getBytes(StandardCharsets.UTF_8));
                problem = null;
            } catch (IOException | RuntimeException | Error refused) {
                problem = refused.toString();
                return false;
            }
            for (int i = 0; i < count; i++) {
                waiting.poll();
                waitingCount.decrementAndGet();
            }
        }
        return true;
    }

    private void append(byte[] bytes) throws IOException {
        if (size() + bytes.length > bytesMax && size() > 0) {
            Files.move(file, rotated, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private long size() throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException none) {
            return 0;
        }
    }

    /** One line, and the detail's lines behind it, indented. */
    private static void text(ErrorEntry entry, StringBuilder text) {
        text.append(Instant.ofEpochMilli(entry.timeMs())).append(' ').append(entry.source()).append(": ")
                .append(entry.message()).append('\n');
        entry.detail().lines().forEach(line -> text.append("    ").append(line).append('\n'));
    }
}
