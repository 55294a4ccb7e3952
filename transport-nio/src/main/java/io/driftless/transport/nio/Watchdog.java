package io.driftless.transport.nio;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/** Tells of writes that are stuck. Its thread lives only while some write might block. Thread safe. */
final class Watchdog {

    private static final long CHECK_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Crew crew;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Watch> watched = new HashSet<>();
    private boolean running;

    Watchdog(Crew crew) {
        this.crew = crew;
    }

    /**
     * Watches writes that might block, until the watch is closed.
     *
     * @param stuckForNs is told again and again for how long the kernel has taken nothing; must not block
     */
    Watch watch(LongConsumer stuckForNs) {
        Watch watch = new Watch(stuckForNs);
        lock.lock();
        try {
            watched.add(watch);
            if (!running) {
                running = crew.start("driftless-write-watchdog", this::run);
            }
        } finally {
            lock.unlock();
        }
        return watch;
    }

    private void run() {
        List<Watch> current = snapshot();
        while (!current.isEmpty()) {
            long now = System.nanoTime();
            current.forEach(watch -> watch.check(now));
            LockSupport.parkNanos(this, CHECK_NS);
            current = snapshot();
        }
    }

    private List<Watch> snapshot() {
        lock.lock();
        try {
            running = !watched.isEmpty();
            return List.copyOf(watched);
        } finally {
            lock.unlock();
        }
    }

    /** One writer's writes, one after the other. */
    final class Watch implements AutoCloseable {

        private final LongConsumer stuckForNs;
        /** When the kernel last took anything, or the first write began. */
        private volatile long sinceNs = System.nanoTime();

        private Watch(LongConsumer stuckForNs) {
            this.stuckForNs = stuckForNs;
        }

        /** The kernel took something. */
        void moved() {
            sinceNs = System.nanoTime();
        }

        private void check(long nowNs) {
            stuckForNs.accept(nowNs - sinceNs);
        }

        @Override
        public void close() {
            lock.lock();
            try {
                watched.remove(this);
            } finally {
                lock.unlock();
            }
        }
    }
}
