package io.driftless.log.mmap;

import io.driftless.log.LogClosedException;
import io.driftless.log.SyncFailedException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is written and what of it is durable. The owner of the log reports writes; any one thread at a time syncs. A
 * sync forces exactly the bytes written since the last one, in the segment being written: earlier segments are complete
 * before their successor begins. The first failure is final (R15): after it the kernel may take the lost pages for
 * clean, and a second attempt would "succeed".
 */
final class Durability {

    private final Disk disk;
    private final DurableMark mark;
    /** Is told of the failure. */
    private final Runnable failing;
    /** Held while forcing, and while the segment changes. */
    private final ReentrantLock syncing = new ReentrantLock();
    /** Held for a moment, by the owner and by who syncs: the fields below. */
    private final ReentrantLock accounting = new ReentrantLock();
    private Segment segment;
    private int writtenEnd;
    private long writtenSequence;
    private long writtenIndex;
    /** Highest index that no overwrite has touched since the sync under way began. */
    private long untouchedIndex = Long.MAX_VALUE;
    private int forcedEnd;
    private boolean closed;
    private volatile long durableIndex;
    private volatile long durableSequence;
    private volatile @Nullable SyncFailedException failure;

    /** Everything up to here is durable. */
    Durability(Disk disk, DurableMark mark, Segment segment, int end, long sequence, long index, Runnable failing) {
        this.failing = failing;
        this.disk = disk;
        this.mark = mark;
        this.segment = segment;
        this.writtenEnd = end;
        this.forcedEnd = end;
        this.writtenSequence = sequence;
        this.durableSequence = sequence;
        this.writtenIndex = index;
        this.durableIndex = index;
    }

    long durableIndex() {
        return durableIndex;
    }

    long durableSequence() {
        return durableSequence;
    }

    /** Whether a failure was final. */
    boolean hasFailed() {
        return failure != null;
    }

    /** Throws if a failure was final. */
    void requireGood() {
        SyncFailedException before = failure;
        if (before != null) {
            throw new SyncFailedException(before.endCause(), before.getMessage() + " (a failed write is final)",
                    before);
        }
    }

    /** Makes a failure final; the first counts. */
    SyncFailedException fail(SyncFailedException now) {
        accounting.lock();
        try {
            if (failure == null) {
                failure = now;
                mark.failed();
            }
        } finally {
            accounting.unlock();
        }
        failing.run();
        return now;
    }

    /** The owner has written this record; nobody has heard of it. */
    void recordWritten(long sequence) {
        mark.noteWritten(sequence);
    }

    /** The owner has written up to here. */
    void batchWritten(long sequence, long index, int end) {
        accounting.lock();
        try {
            writtenSequence = sequence;
            writtenIndex = index;
            writtenEnd = end;
        } finally {
            accounting.unlock();
        }
    }

    /** The owner is about to supersede everything from {@code fromIndex} on. */
    void overwriting(long fromIndex) {
        accounting.lock();
        try {
            untouchedIndex = Math.min(untouchedIndex, fromIndex - 1);
            // A sync that begins before the overwrite is reported covers none of what follows.
            writtenIndex = Math.min(writtenIndex, fromIndex - 1);
            durableIndex = Math.min(durableIndex, fromIndex - 1);
        } finally {
            accounting.unlock();
        }
    }

    /** Makes durable what was written before the call; the sequence covered. */
    long sync() {
        syncing.lock();
        try {
            if (closed) {
                throw new LogClosedException("the log is closed");
            }
            return syncHeld();
        } finally {
            syncing.unlock();
        }
    }

    private long syncHeld() {
        requireGood();
        int end;
        long sequence;
        long index;
        accounting.lock();
        try {
            end = writtenEnd;
            sequence = writtenSequence;
            index = writtenIndex;
            untouchedIndex = Long.MAX_VALUE;
        } finally {
            accounting.unlock();
        }
        if (sequence == durableSequence) {
            return sequence;
        }
        try {
            disk.force(segment.mapping(), forcedEnd, end - forcedEnd);
        } catch (RuntimeException | Error e) {
            throw fail(SystemErrors.here().failed(segment.file() + ": syncing offsets " + forcedEnd + " to " + end
                    + " failed: " + e, e));
        }
        forcedEnd = end;
        mark.set(sequence);
        accounting.lock();
        try {
            durableSequence = sequence;
            durableIndex = Math.min(index, untouchedIndex);
        } finally {
            accounting.unlock();
        }
        return sequence;
    }

    /**
     * Syncs, then makes another segment the one being written. {@code change} makes that durable in between, while
     * nothing else is synced. A failure of the sync is final; a failure of {@code change} leaves everything as it was.
     */
    void follow(SegmentWriter next, Runnable change) {
        syncing.lock();
        try {
            syncHeld();
            forMark(mark::force);
            change.run();
            moveTo(next.segment(), next.end());
        } finally {
            syncing.unlock();
        }
    }

    /**
     * Drops what is written; from now on {@code next} is written, and everything up to {@code sequence} counts as
     * durable.
     */
    void reset(SegmentWriter next, long sequence, long index, Runnable change) {
        syncing.lock();
        try {
            requireGood();
            change.run();
            forMark(() -> {
                mark.set(sequence);
                mark.force();
            });
            accounting.lock();
            try {
                writtenSequence = sequence;
                writtenIndex = index;
                untouchedIndex = Long.MAX_VALUE;
                durableSequence = sequence;
                durableIndex = index;
            } finally {
                accounting.unlock();
            }
            moveTo(next.segment(), next.end());
        } finally {
            syncing.unlock();
        }
    }

    private void forMark(Runnable writing) {
        try {
            writing.run();
        } catch (RuntimeException | InternalError e) {
            throw fail(SystemErrors.here().failed("the durable mark could not be written: " + e, e));
        }
    }

    private void moveTo(Segment next, int end) {
        accounting.lock();
        try {
            segment = next;
            writtenEnd = end;
            forcedEnd = end;
        } finally {
            accounting.unlock();
        }
    }

    /**
     * Syncs if nothing has failed, and ends; {@code release} runs whatever happens, when no sync is under way any more.
     */
    void close(Runnable release) {
        syncing.lock();
        try {
            if (!closed && failure == null) {
                syncHeld();
                forMark(() -> {
                    mark.force();
                    mark.closedCleanly();
                });
            }
        } finally {
            try {
                if (!closed) {
                    mark.close();
                    release.run();
                }
            } finally {
                closed = true;
                syncing.unlock();
            }
        }
    }
}
