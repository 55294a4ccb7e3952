package io.driftless.node;

import io.driftless.raft.ServerId;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Lets threads wait until a leader is known. Thread safe. */
final class LeaderWatch {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition known = lock.newCondition();
    private boolean someone;

    void changed(ServerId leader) {
        lock.lock();
        try {
            someone = !leader.isNone();
            known.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean await(Duration timeout) throws InterruptedException {
        long leftNs = TimeUnit.NANOSECONDS.convert(timeout);
        lock.lock();
        try {
            while (!someone && leftNs > 0) {
                leftNs = known.awaitNanos(leftNs);
            }
            return someone;
        } finally {
            lock.unlock();
        }
    }
}
