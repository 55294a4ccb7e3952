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

    private final ClusterClient client;
    private volatile boolean isIdle = true;
    private volatile boolean isClosed;
    private volatile long wakeNs;
    private volatile @Nullable Thread thread;

    Watch(ClusterClient client) {
        this.client = client;
    }

    /** A call is under way that ends at {@code deadlineNs} at the latest. Cheap when the watch is awake already. */
    void watch(long deadlineNs) {
        if (isIdle || deadlineNs - wakeNs < 0) {
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
            if (!isClosed) {
                started.start();
            }
        }
        return started;
    }

    private void run() {
        boolean wasEmpty = false;
        while (!isClosed) {
            long now = System.nanoTime();
            wakeNs = now + TICK_NS;
            boolean isEmpty = client.isQuiet();
            if (isEmpty && wasEmpty) {
                isIdle = true;
                // A call that came before the mark stood did not wake anybody.
                if (client.isQuiet() && !isClosed) {
                    LockSupport.park(this);
                }
                isIdle = false;
                isEmpty = false;
                wakeNs = System.nanoTime() + TICK_NS;
                now = System.nanoTime();
            }
            long earliest = Math.min(client.endOverdue(now), TICK_NS);
            long sleepNs = Math.max(earliest, GRAIN_NS);
            wakeNs = now + sleepNs;
            LockSupport.parkNanos(this, sleepNs);
            wasEmpty = isEmpty;
        }
    }

    /** Ends the thread. Idempotent. */
    void close() {
        isClosed = true;
        Thread watching = thread;
        if (watching != null) {
            LockSupport.unpark(watching);
        }
    }
}
