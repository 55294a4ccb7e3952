package io.driftless.client;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The client's clock: one virtual thread that ends calls at their deadlines and looks after connections. It sleeps
 * until the earliest deadline, a second at most, and parks for good while nothing is under way. There is no timer for
 * each call: all calls are walked when it wakes, which is once for many, and what ends before its deadline leaves
 * nothing behind. Thread safe.
 */
final class Watch {

    private static final long TICK_NS = TimeUnit.SECONDS.toNanos(1);
    /** Deadlines so close together are taken in one walk. */
    private static final long GRAIN_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /** What is watched. */
    interface Calls {

        /** Whether no call is under way. */
        boolean isQuiet();

        /**
         * Ends the calls whose deadline has passed; how long it is until the next one, {@link Long#MAX_VALUE} without
         * any.
         */
        long endOverdue(long nowNs);
    }

    private final Calls calls;
    private volatile boolean idle = true;
    private volatile boolean closed;
    private volatile long wakeNs;
    private volatile @Nullable Thread thread;

    Watch(Calls calls) {
        this.calls = calls;
    }

    /**
     * A call is under way that ends at {@code deadlineNs} at the latest. Cheap when the watch is awake already.
     *
     * @return whether the thread had to be woken
     */
    boolean watch(long deadlineNs) {
        boolean mustWake = idle || deadlineNs - wakeNs < 0;
        if (mustWake) {
            wake();
        }
        return mustWake;
    }

    /** Something is under way that keeps its own deadline: connections are to be looked after. Cheap. */
    void attend() {
        if (idle) {
            wake();
        }
    }

    private void wake() {
        Thread watching = thread;
        if (watching == null) {
            watching = start();
        }
        LockSupport.unpark(watching);
    }

    private synchronized Thread start() {
        Thread started = thread;
        if (started == null) {
            started = Thread.ofVirtual().name("driftless-client-watch").unstarted(this::run);
            thread = started;
            if (!closed) {
                started.start();
            }
        }
        return started;
    }

    private void run() {
        boolean wasEmpty = false;
        idle = false;
        while (!closed) {
            long now = System.nanoTime();
            wakeNs = now + TICK_NS;
            boolean isEmpty = calls.isQuiet();
            if (isEmpty && wasEmpty) {
                idle = true;
                // A call that came before the mark stood did not wake anybody.
                if (calls.isQuiet() && !closed) {
                    LockSupport.park(this);
                }
                idle = false;
                isEmpty = false;
                wakeNs = System.nanoTime() + TICK_NS;
                now = System.nanoTime();
            }
            long earliest = Math.min(calls.endOverdue(now), TICK_NS);
            long sleepNs = Math.max(earliest, GRAIN_NS);
            wakeNs = now + sleepNs;
            LockSupport.parkNanos(this, sleepNs);
            wasEmpty = isEmpty;
        }
    }

    /** Ends the thread. Idempotent. */
    void close() {
        closed = true;
        Thread watching = thread;
        if (watching != null) {
            LockSupport.unpark(watching);
        }
    }
}
