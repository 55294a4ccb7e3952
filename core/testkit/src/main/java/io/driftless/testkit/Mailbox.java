package io.driftless.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What waits for one delivering thread: handed over in batches, bounded by weight. Thread safe. */
final class Mailbox<T> {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final long weightMax;
    private List<T> waiting = new ArrayList<>();
    private long weight;
    private boolean closed;
    private boolean ended;

    Mailbox(long weightMax) {
        this.weightMax = weightMax;
    }

    /** Adds what fits; false if it does not. What comes after {@link #close} or {@link #end} is dropped. */
    boolean put(List<? extends T> items, long itemsWeight) {
        lock.lock();
        try {
            if (closed || ended) {
                return true;
            }
            if (weight + itemsWeight > weightMax) {
                return false;
            }
            waiting.addAll(items);
            weight += itemsWeight;
            changed.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for something and takes all of it; an empty list means closed, or ended. */
    List<T> takeAll() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed && !ended) {
                changed.awaitUninterruptibly();
            }
            List<T> taken = waiting;
            waiting = new ArrayList<>();
            weight = 0;
            return closed ? List.of() : taken;
        } finally {
            lock.unlock();
        }
    }

    /** A copy of what waits. */
    List<T> waiting() {
        lock.lock();
        try {
            return List.copyOf(waiting);
        } finally {
            lock.unlock();
        }
    }

    /** Drops what waits. */
    void drop() {
        lock.lock();
        try {
            waiting.clear();
            weight = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing more; what waits can still be taken. Idempotent. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Drops what waits and ends {@link #takeAll}. Idempotent. */
    void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
