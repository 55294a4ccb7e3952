package io.driftless.client;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How much one client may have under way, in commands and in bytes; one command alone may be larger. Thread safe. */
final class Room {

    private final int commandsMax;
    private final long bytesMax;
    private final AtomicInteger commands = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger waiting = new AtomicInteger();
    /** Fair: whoever has waited longest tries first, so that a large command is not passed by small ones for ever. */
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition freed = lock.newCondition();
    private boolean isClosed;

    Room(int commandsMax, long bytesMax) {
        this.commandsMax = commandsMax;
        this.bytesMax = bytesMax;
    }

    /** Takes room for a command of so many bytes; or what there is too much of, in words. */
    String take(int length) {
        long others = bytes.getAndAdd(length);
        boolean tooMany = commands.incrementAndGet() > commandsMax;
        if (tooMany || others > 0 && others + length > bytesMax) {
            release(length);
            return (tooMany ? commandsMax + " commands" : others + " bytes of commands") + " in flight";
        }
        return "";
    }

    /** Like {@link #take}, but waits for room until {@code deadlineNs}, or {@link #close}. */
    String awaitAndTake(int length, long deadlineNs) throws InterruptedException {
        lock.lockInterruptibly();
        waiting.incrementAndGet();
        try {
            String full = take(length);
            for (long left = deadlineNs - System.nanoTime(); !full.isEmpty() && !isClosed && left > 0;
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
        bytes.addAndGet(-length);
        commands.decrementAndGet();
        if (waiting.get() > 0) {
            signal(false);
        }
    }

    /** Nobody waits any more. */
    void close() {
        signal(true);
    }

    private void signal(boolean closes) {
        lock.lock();
        try {
            isClosed |= closes;
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
