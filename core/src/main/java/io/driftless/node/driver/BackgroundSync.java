package io.driftless.node.driver;

import io.driftless.log.LogClosedException;
import io.driftless.log.RaftLog;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Has the log synced by a thread of its own, a while after the first write that no sync has covered
 * ({@code log.durability=interval}). Thread safe.
 */
final class BackgroundSync implements AutoCloseable {

    private final RaftLog log;
    private final LongSupplier clock;
    private final long intervalNs;
    private final Consumer<Throwable> failed;
    private final Engine.Alarm alarm;
    private final AtomicBoolean due = new AtomicBoolean();

    /** {@code failed} is told of a failed sync, on the thread that synced. */
    BackgroundSync(Engine engine, String name, RaftLog log, LongSupplier clock, long intervalNs,
            Consumer<Throwable> failed) {
        this.log = log;
        this.clock = clock;
        this.intervalNs = intervalNs;
        this.failed = failed;
        this.alarm = engine.alarm(name, clock, this::sync, () -> { });
    }

    void start() {
        alarm.start();
    }

    /** Something was written. */
    void written() {
        if (!due.get() && due.compareAndSet(false, true)) {
            alarm.dueAt(clock.getAsLong() + intervalNs);
        }
    }

    private void sync() {
        alarm.dueAt(Long.MAX_VALUE);
        // Before the sync: it may not cover what is written from now on.
        due.set(false);
        try {
            log.sync();
        } catch (LogClosedException closing) {
            // Closing syncs.
            return;
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable failure) {
            failed.accept(failure);
        }
    }

    /** Ends the thread. */
    @Override
    public void close() {
        alarm.close();
    }
}
