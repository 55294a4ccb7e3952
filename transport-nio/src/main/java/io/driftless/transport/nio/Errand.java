package io.driftless.transport.nio;

import org.jspecify.annotations.Nullable;

/** Work that waits most of the time, and the one thread that does it, so that it can be ended. Thread safe. */
final class Errand {

    /** What is done until an interrupt. */
    interface Work {
        void run() throws InterruptedException;
    }

    private final Work work;
    private volatile @Nullable Thread thread;

    Errand(Work work) {
        this.work = work;
    }

    void run() {
        thread = Thread.currentThread();
        try {
            work.run();
        } catch (InterruptedException closing) {
            // Only close() interrupts this thread.
        }
    }

    /** Ends a name resolution or a wait. The thread never delivers, so nothing else is interrupted. */
    void close() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
