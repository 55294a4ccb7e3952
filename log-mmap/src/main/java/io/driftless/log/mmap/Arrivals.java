package io.driftless.log.mmap;

import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Where readers wait for the next entry, without costing a writer anything while nobody does. Thread safe. */
final class Arrivals {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition something = lock.newCondition();
    private volatile int waiting;

    /** Something is there, or the log has failed or is closed. */
    void announce() {
        // Who begins to wait sees what was published before this, or is seen here.
        VarHandle.fullFence();
        if (waiting > 0) {
            lock.lock();
            try {
                something.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Waits for {@code isThere}, which may throw; false when {@code timeout} has passed. */
    boolean await(BooleanSupplier isThere, Duration timeout) throws InterruptedException {
        long leftNs = TimeUnit.NANOSECONDS.convert(timeout);
        lock.lockInterruptibly();
        try {
            waiting++;
            while (!isThere.getAsBoolean()) {
                if (leftNs <= 0) {
                    return false;
                }
                leftNs = something.awaitNanos(leftNs);
            }
            return true;
        } finally {
            waiting--;
            lock.unlock();
        }
    }
}
