package io.driftless.testkit;

import io.driftless.log.LogClosedException;
import io.driftless.log.LogCompactedException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogReader;
import io.driftless.log.RaftLog;
import io.driftless.log.SyncFailedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A {@link RaftLog} in memory that keeps exactly to its contract: what was written is not durable before {@link #sync},
 * and {@link InMemoryStorage} can take away what is not durable. One lock guards it, so any thread may call any method.
 */
public final class InMemoryLog implements RaftLog {

    private final MemoryDisk disk;
    private final ReentrantLock lock;
    private boolean closed;
    private @Nullable SyncFailedException failed;

    /** An empty log of its own. */
    public InMemoryLog() {
        this(new MemoryDisk());
    }

    InMemoryLog(MemoryDisk disk) {
        this.disk = disk;
        this.lock = disk.lock;
        disk.syncLog(disk.lastWriteId());
    }

    @Override
    public long append(List<LogEntry> entries) {
        lock.lock();
        try {
            requireWritable();
            MemoryDisk.requireConsecutive(disk.lastIndex() + 1, entries, disk.termAt(disk.lastIndex()));
            return disk.write(entries);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long overwrite(long fromIndex, List<LogEntry> entries) {
        lock.lock();
        try {
            requireWritable();
            if (fromIndex < disk.firstIndex() || fromIndex > disk.lastIndex()) {
                throw new IllegalArgumentException("overwrite from " + fromIndex + ", outside " + disk.firstIndex()
                        + ".." + disk.lastIndex());
            }
            MemoryDisk.requireConsecutive(fromIndex, entries, disk.termAt(fromIndex - 1));
            return disk.write(entries);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long sync() {
        long upTo;
        lock.lock();
        try {
            requireWritable();
            upTo = disk.lastWriteId();
        } finally {
            lock.unlock();
        }
        try {
            disk.beforeSync();
        } catch (RuntimeException e) {
            throw fail(e);
        }
        long covered;
        long lastIndex;
        lock.lock();
        try {
            requireWritable();
            covered = disk.syncLog(upTo);
            lastIndex = disk.durableIndex();
        } finally {
            lock.unlock();
        }
        disk.told().logSynced(lastIndex);
        return covered;
    }

    @Override
    public LogReader reader() {
        lock.lock();
        try {
            requireOpen();
            return new InMemoryLogReader(this);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long firstIndex() {
        lock.lock();
        try {
            requireOpen();
            return disk.firstIndex();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long lastIndex() {
        lock.lock();
        try {
            requireOpen();
            return disk.lastIndex();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long durableIndex() {
        lock.lock();
        try {
            requireOpen();
            return disk.durableIndex();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long termAt(long index) {
        lock.lock();
        try {
            requireOpen();
            return disk.termAt(index);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long weight(long fromIndex, long toIndex) {
        lock.lock();
        try {
            requireOpen();
            return disk.weight(fromIndex, toIndex);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void compact(long upToIndex) {
        lock.lock();
        try {
            requireWritable();
            if (upToIndex > disk.durableIndex()) {
                throw new IllegalArgumentException("compact up to " + upToIndex + ", but durable is only "
                        + disk.durableIndex());
            }
            disk.compact(upToIndex);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void reset(long lastIncludedIndex, long lastIncludedTerm) {
        lock.lock();
        try {
            requireWritable();
            disk.reset(lastIncludedIndex, lastIncludedTerm);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
        } finally {
            lock.unlock();
        }
        try {
            if (failed == null) {
                sync();
            }
        } finally {
            die();
        }
    }

    /** From now on everything throws {@link LogClosedException}; nothing is synced. */
    void die() {
        lock.lock();
        try {
            closed = true;
            disk.written.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitBeyond(long index, Duration timeout) throws InterruptedException {
        long leftNs = TimeUnit.NANOSECONDS.convert(timeout);
        lock.lockInterruptibly();
        try {
            while (true) {
                requireOpen();
                if (failed != null && disk.durableIndex() <= index) {
                    throw new SyncFailedException(failed.getMessage(), failed);
                }
                if (disk.lastIndex() > index) {
                    return true;
                }
                if (leftNs <= 0) {
                    return false;
                }
                leftNs = disk.written.awaitNanos(leftNs);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether the entry was there once. */
    boolean isCompacted(long index) {
        lock.lock();
        try {
            requireOpen();
            return index > 0 && index < disk.firstIndex();
        } finally {
            lock.unlock();
        }
    }

    /** The entries {@code fromIndex..toIndex} as far as present and as {@code weightMax} allows, at least one. */
    List<LogEntry> entries(long fromIndex, long toIndex, long weightMax) {
        lock.lock();
        try {
            requireOpen();
            if (fromIndex > 0 && fromIndex < disk.firstIndex()) {
                throw new LogCompactedException(fromIndex, disk.firstIndex());
            }
            long last = failed == null ? disk.lastIndex() : disk.durableIndex();
            return disk.entries(fromIndex, Math.min(toIndex, last), weightMax);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a sync has failed. */
    boolean hasFailed() {
        lock.lock();
        try {
            return failed != null;
        } finally {
            lock.unlock();
        }
    }

    private SyncFailedException fail(RuntimeException cause) {
        lock.lock();
        try {
            if (failed == null) {
                disk.missing(true);
                failed = new SyncFailedException("in-memory log: " + cause.getMessage(), cause);
                disk.written.signalAll();
            }
            return failed;
        } finally {
            lock.unlock();
        }
    }

    private void requireWritable() {
        requireOpen();
        if (failed != null) {
            throw new SyncFailedException(failed.getMessage(), failed);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new LogClosedException("the in-memory log is closed");
        }
    }
}
