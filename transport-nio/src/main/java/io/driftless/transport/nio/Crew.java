package io.driftless.transport.nio;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** The threads of a transport: started here, so that none is left when it closes. Thread safe. */
final class Crew {

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Thread> threads = new HashSet<>();
    private boolean dismissed;

    /** Starts a virtual thread; false after {@link #dismiss}. */
    boolean start(String name, Runnable work) {
        return start(name, false, work);
    }

    /** Starts a virtual thread or a platform one, a daemon; false after {@link #dismiss}. */
    boolean start(String name, boolean platform, Runnable work) {
        Runnable tracked = () -> {
            try {
                work.run();
            } finally {
                leave(Thread.currentThread());
            }
        };
        Thread thread = platform ? Thread.ofPlatform().name(name).daemon().unstarted(tracked)
                : Thread.ofVirtual().name(name).unstarted(tracked);
        lock.lock();
        try {
            if (dismissed) {
                return false;
            }
            threads.add(thread);
            thread.start();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Starts no more and waits until all have ended, but for the calling thread, which may be one of them. An interrupt
     * does not cut the wait short.
     */
    void dismiss() {
        boolean interrupted = false;
        for (Thread thread = firstOther(); thread != null; thread = firstOther()) {
            try {
                thread.join();
            } catch (InterruptedException keptForLater) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private @org.jspecify.annotations.Nullable Thread firstOther() {
        lock.lock();
        try {
            dismissed = true;
            List<Thread> others = threads.stream()
                    .filter(thread -> thread != Thread.currentThread() && thread.isAlive()).toList();
            return others.isEmpty() ? null : others.getFirst();
        } finally {
            lock.unlock();
        }
    }

    private void leave(Thread thread) {
        lock.lock();
        try {
            threads.remove(thread);
        } finally {
            lock.unlock();
        }
    }
}
