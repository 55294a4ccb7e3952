package io.driftless.client;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How much one client may have under way, in number and in bytes; one command alone may be larger. Thread safe. */
final class Room {

    private final int max;
    private final long bytesMax;
    private final String one;
    private final String many;
    /** One value, so that a take which fails has changed nothing: nothing is to undo, and nobody to tell of it. */
    private final AtomicReference<Taken> taken = new AtomicReference<>(new Taken(0, 0));
    private final AtomicInteger waiting = new AtomicInteger();
    /** Fair: whoever has waited longest tries first, so that a large command is not passed by small ones for ever. */
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition freed = lock.newCondition();
    private boolean closed;

    /** What is under way. */
    private record Taken(int number, long bytes) {
        Taken plus(int more, long moreBytes) {
            return new Taken(number + more, bytes + moreBytes);
        }
    }

    /** For so many, called {@code one} and {@code many}. */
    Room(int max, long bytesMax, String one, String many) {
        this.max = max;
        this.bytesMax = bytesMax;
        this.one = one;
        this.many = many;
    }

    /** Takes room for one of so many bytes; or what there is too much of, in words. */
    String take(int length) {
        while (true) {
            Taken now = taken.get();
            if (now.number >= max) {
                return max + " " + (max == 1 ? one : many) + " in flight";
            }
            if (now.bytes > 0 && now.bytes + length > bytesMax) {
                return now.bytes + (now.bytes == 1 ? " byte" : " bytes") + " of " + many + " in flight";
            }
            if (taken.compareAndSet(now, now.plus(1, length))) {
                return "";
            }
        }
    }

    /** Like {@link #take}, but waits for room until {@code deadlineNs}, or {@link #close}. */
    String awaitAndTake(int length, long deadlineNs) throws InterruptedException {
        lock.lockInterruptibly();
        waiting.incrementAndGet();
        try {
            String full = take(length);
            for (long left = deadlineNs - System.nanoTime(); !full.isEmpty() && !closed && left > 0;
                    left = deadlineNs - System.nanoTime()) {
                freed.awaitNanos(left);
                full = take(length);
            }
            return full;
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
        }
    }

    /** Gives room back. */
    void release(int length) {
        taken.updateAndGet(now -> now.plus(-1, -length));
        if (waiting.get() > 0) {
            signal();
        }
    }

    /** Nobody waits any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        signal();
    }

    private void signal() {
        lock.lock();
        try {
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
