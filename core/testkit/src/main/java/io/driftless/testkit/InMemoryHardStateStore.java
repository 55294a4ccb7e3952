package io.driftless.testkit;

import io.driftless.log.HardStateStore;
import io.driftless.log.LogClosedException;
import io.driftless.log.SyncFailedException;
import io.driftless.raft.HardState;
import org.jspecify.annotations.Nullable;

/** A {@link HardStateStore} in memory. Any thread may call it. */
public final class InMemoryHardStateStore implements HardStateStore {

    private final MemoryDisk disk;
    private boolean closed;
    private @Nullable SyncFailedException failed;

    /** A store of its own, to which nothing has been written. */
    public InMemoryHardStateStore() {
        this(new MemoryDisk());
    }

    InMemoryHardStateStore(MemoryDisk disk) {
        this.disk = disk;
    }

    @Override
    public HardState read() {
        disk.lock.lock();
        try {
            requireOpen();
            return disk.hardState();
        } finally {
            disk.lock.unlock();
        }
    }

    @Override
    public void write(HardState state) {
        requireFollows(read(), state);
        put(() -> disk.hardState(state));
        disk.told().hardStateSynced(state);
    }

    @Override
    public long doubtTerm() {
        disk.lock.lock();
        try {
            requireOpen();
            return disk.doubtTerm();
        } finally {
            disk.lock.unlock();
        }
    }

    @Override
    public void doubt(long bootSeen) {
        if (doubtTerm() == 0 || bootSeen > 0) {
            put(() -> disk.doubt(bootSeen));
        }
    }

    @Override
    public void settle() {
        if (doubtTerm() > 0) {
            put(() -> disk.doubtTerm(0));
        }
    }

    private void put(Runnable change) {
        try {
            disk.beforeSync();
        } catch (RuntimeException e) {
            fail(e);
        }
        disk.lock.lock();
        try {
            requireOpen();
            if (failed != null) {
                throw new SyncFailedException(failed.getMessage(), failed);
            }
            change.run();
        } finally {
            disk.lock.unlock();
        }
    }

    @Override
    public void close() {
        disk.lock.lock();
        try {
            closed = true;
        } finally {
            disk.lock.unlock();
        }
    }

    private static void requireFollows(HardState before, HardState after) {
        if (after.currentTerm() < before.currentTerm()) {
            throw new IllegalArgumentException("term falls from " + before.currentTerm() + " to "
                    + after.currentTerm());
        }
        if (after.currentTerm() == before.currentTerm() && !before.votedFor().isNone()
                && !after.votedFor().equals(before.votedFor())) {
            throw new IllegalArgumentException("vote of term " + after.currentTerm() + " changes from "
                    + before.votedFor() + " to "
                    + after.votedFor());
        }
    }

    /** Whether a write has failed. */
    boolean hasFailed() {
        disk.lock.lock();
        try {
            return failed != null;
        } finally {
            disk.lock.unlock();
        }
    }

    private void fail(RuntimeException cause) {
        disk.lock.lock();
        try {
            if (failed == null) {
                failed = new SyncFailedException("in-memory hard state: " + cause.getMessage(), cause);
            }
        } finally {
            disk.lock.unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new LogClosedException("the in-memory hard state is closed");
        }
    }
}
