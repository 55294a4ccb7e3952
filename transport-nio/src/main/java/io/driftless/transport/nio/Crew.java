package io.driftless.transport.nio;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The threads of a transport: started here, so that none is left when it closes, and none ends by an error, or is
 * missing, without being told. Thread safe.
 */
final class Crew {

    private final Consumer<Throwable> failed;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Thread> threads = new HashSet<>();
    /** Their work is done and they are about to end: until then they are threads as the others are. */
    private final List<Thread> ending = new ArrayList<>();
    private boolean dismissed;

    /** {@code failed} is told what ended a thread, or kept one from starting. */
    Crew(Consumer<Throwable> failed) {
        this.failed = failed;
    }

    /** Starts a virtual thread; false if it does not start, since they were dismissed or it cannot be had. */
    boolean start(String name, Runnable work) {
        return start(name, false, work);
    }

    /** Starts a platform thread, a daemon; false as {@link #start(String, Runnable)}. */
    boolean startOnPlatform(String name, Runnable work) {
        return start(name, true, work);
    }

    /** Starts a virtual thread or a platform one, a daemon; false as {@link #start(String, Runnable)}. */
    boolean start(String name, boolean platform, Runnable work) {
        Runnable tracked = () -> {
            try {
                work.run();
            } catch (Throwable thrown) {
                failed.accept(thrown);
            } finally {
                leave(Thread.currentThread());
            }
        };
        Thread thread = platform ? Thread.ofPlatform().name(name).daemon().unstarted(tracked)
                : Thread.ofVirtual().name(name).unstarted(tracked);
        try {
            return started(thread);
        } catch (Throwable notToBeHad) {
            // OutOfMemoryError: there are as many threads already as the limits allow.
            failed.accept(notToBeHad);
            return false;
        }
    }

    private boolean started(Thread thread) {
        lock.lock();
        try {
            if (dismissed) {
                return false;
            }
            threads.add(thread);
            boolean begun = false;
            try {
                thread.start();
                begun = true;
            } finally {
                if (!begun) {
                    threads.remove(thread);
                }
            }
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
            return Stream.concat(threads.stream(), ending.stream())
                    .filter(thread -> thread != Thread.currentThread() && thread.isAlive()).findFirst().orElse(null);
        } finally {
            lock.unlock();
        }
    }

    private void leave(Thread thread) {
        lock.lock();
        try {
            threads.remove(thread);
            ending.removeIf(other -> !other.isAlive());
            ending.add(thread);
        } finally {
            lock.unlock();
        }
    }
}
