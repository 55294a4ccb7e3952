package io.driftless.node;

/** Waits for threads to end, also when the waiting thread is interrupted: the interrupt is kept for later. */
final class Joining {

    private Joining() { }

    /** Waits at most {@code millis}; returns whether the thread has ended. */
    static boolean join(Thread thread, long millis) {
        boolean interrupted = false;
        long end = System.nanoTime() + millis * 1_000_000;
        while (thread.isAlive() && System.nanoTime() < end) {
            try {
                thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException interrupt) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
