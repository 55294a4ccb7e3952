package io.driftless.log.mmap;

import io.driftless.errors.LogException;
import io.driftless.log.LogFullException;
import io.driftless.log.LogListener;
import io.driftless.log.OutOfResourcesException;
import io.driftless.log.SyncFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the next segment on a thread of its own, one ahead, so that the owner of the log finds it ready; the same
 * thread lets go of what the log has done with. Another one removes segments: for four of 64 MiB that takes 250 to 500
 * ms, for which neither the owner nor the next segment can wait. Confined to the log's owner.
 */
final class SpareSegments implements AutoCloseable {

    private static final int PATIENCE_S = 60;
    /** How long a segment is tried again for which there is no descriptor. */
    private static final long EXHAUSTED_NS = 5_000_000_000L;
    private static final long PAUSE_NS = 50_000_000;

    private final Disk disk;
    private final Path logDirectory;
    private final UUID logId;
    private final LogListener listener;
    private final ExecutorService thread;
    private final ExecutorService remover;
    private long nextNumber;
    private @Nullable Future<SegmentWriter> spare;
    private int spareSize;
    /** The last task of {@code remover}. */
    private Future<?> removal;

    /** Segments are numbered from {@code nextNumber} on. */
    SpareSegments(Disk disk, Path logDirectory, UUID logId, long nextNumber, LogListener listener) {
        this.disk = disk;
        this.logDirectory = logDirectory;
        this.logId = logId;
        this.nextNumber = nextNumber;
        this.listener = listener;
        this.thread = disk.background("driftless-log-segments");
        this.remover = disk.background("driftless-log-removal");
        // The thread is there before it is needed: later there may be none left.
        this.removal = remover.submit(() -> { });
    }

    /** Begins to prepare one, unless one is ready or under way. */
    void prepare(int size) {
        if (spare == null) {
            long number = nextNumber++;
            spareSize = size;
            spare = thread.submit(() -> made(number, size));
        }
    }

    /** Chronicle opens files too: where the process has no descriptor left, it is given those in reserve. */
    private SegmentWriter made(long number, int size) throws IOException {
        try {
            return SegmentWriter.create(disk, logDirectory, logId, number, size);
        } catch (IOException | RuntimeException | Error e) {
            if (!SystemErrors.here().isExhausted(e) || !Descriptors.giveBack()) {
                throw e;
            }
            return SegmentWriter.create(disk, logDirectory, logId, number, size);
        } finally {
            Descriptors.fill();
        }
    }

    /**
     * The prepared one, or another if it is smaller than {@code size}; waits for it, also when interrupted (the flag
     * is set again).
     *
     * @throws LogFullException        if the disk has no room; nothing is left of it, and it can be tried again
     * @throws OutOfResourcesException if the process has had no descriptor left for a while; as before
     * @throws SyncFailedException     if it could not be made for another reason
     */
    SegmentWriter take(int size) {
        boolean isTold = false;
        long end = System.nanoTime() + EXHAUSTED_NS;
        while (true) {
            boolean isRemoving = !removal.isDone();
            try {
                return takeOnce(size);
            } catch (LogFullException full) {
                // What is removed meanwhile may give the room back.
                if (!isRemoving) {
                    throw full;
                }
                awaitLater();
            } catch (OutOfResourcesException exhausted) {
                // Nothing was written: whoever holds the descriptors may let go of them.
                if (end - System.nanoTime() < 0) {
                    throw exhausted;
                }
                if (!isTold) {
                    isTold = true;
                    listener.warning(exhausted.getMessage() + "; tried again");
                }
                Interrupts.pause(PAUSE_NS);
            }
        }
    }

    private SegmentWriter takeOnce(int size) {
        if (spare != null && spare.state() == Future.State.FAILED) {
            // It was prepared some time ago; the reason may be gone.
            spare = null;
        }
        if (spare != null && spareSize < size) {
            // Not kept for later: segments are listed in the order of their numbers.
            giveUp(spare);
            spare = null;
        }
        prepare(size);
        Future<SegmentWriter> taken = Objects.requireNonNull(spare);
        spare = null;
        try {
            return outcome(taken);
        } catch (ExecutionException e) {
            throw failure(size, e.getCause() == null ? e : e.getCause());
        }
    }

    /** Waits for it, also when interrupted; the flag is set again. */
    private static <T extends @Nullable Object> T outcome(Future<T> awaited) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return awaited.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private LogException failure(int size, Throwable cause) {
        // A mapped store without a block behind it comes as an InternalError: on tmpfs the disk is full then.
        if (Disk.isFull(cause) || cause instanceof InternalError) {
            return new LogFullException(logDirectory + ": the disk has no room for a segment of " + size
                    + " bytes", cause);
        }
        return SystemErrors.here().refused(logDirectory + ": a segment of " + size + " bytes could not be made: "
                + cause, cause);
    }

    /** Takes back a segment that was never listed. */
    void discard(SegmentWriter writer) {
        writer.close();
        writer.segment().retire();
        delete(writer.segment().directory());
    }

    /** Lets go of Chronicle's part of a sealed segment, later. */
    void release(SegmentWriter writer) {
        thread.execute(writer::close);
    }

    /** Removes segments that are not listed, later; {@code failed} is told if that could not be synced. */
    void remove(Segment[] unlisted, Consumer<IOException> failed) {
        later(() -> {
            for (Segment segment : unlisted) {
                delete(segment.directory());
                segment.retire();
            }
            try {
                disk.forceDirectory(logDirectory);
            } catch (IOException e) {
                failed.accept(e);
            }
        });
    }

    /** Has it done by the thread that removes, after what was given to it before. */
    void later(Runnable task) {
        removal = remover.submit(task);
    }

    /** Waits for what {@link #later} was given. */
    void awaitLater() {
        try {
            outcome(removal);
        } catch (ExecutionException e) {
            listener.warning(logDirectory + ": what is no longer needed could not be removed: " + e.getCause());
        }
    }

    /** Removes the directory of a segment that is not listed; what cannot be removed is removed at the next opening. */
    void delete(Path directory) {
        try {
            disk.deleteDirectory(directory);
        } catch (IOException e) {
            listener.warning(directory + " is no longer needed, but could not be removed: " + e);
        }
    }

    /** Discards it as soon as it is made. */
    private void giveUp(Future<SegmentWriter> unwanted) {
        thread.execute(() -> {
            if (unwanted.state() == Future.State.SUCCESS) {
                discard(unwanted.resultNow());
            }
        });
    }

    /** Discards what was prepared, and ends the threads once they have done what they were given. */
    @Override
    public void close() {
        Future<SegmentWriter> left = spare;
        spare = null;
        if (left != null) {
            giveUp(left);
        }
        end(remover);
        end(thread);
    }

    private void end(ExecutorService ending) {
        ending.shutdown();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (!ending.awaitTermination(PATIENCE_S, TimeUnit.SECONDS)) {
                        listener.warning(logDirectory + ": a thread that prepares or removes segments has not ended in "
                                + PATIENCE_S + " s");
                    }
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
