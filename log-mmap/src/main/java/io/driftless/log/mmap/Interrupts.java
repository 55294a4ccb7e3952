package io.driftless.log.mmap;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Keeps an interrupt away from an opening, which reads through channels that an interrupt closes: it runs on a thread
 * of its own, which nobody interrupts, while the caller waits. An interrupt is pending when it has ended.
 */
final class Interrupts {

    /** Nobody knows it but who waits for it. */
    private static final class Shielded extends Thread {

        Shielded(Runnable opening) {
            super(opening, "driftless-log-opening");
            setDaemon(true);
        }
    }

    private Interrupts() { }

    /** Does it, and throws what it throws. */
    static <T> T shielded(Supplier<T> opening) {
        if (Thread.currentThread() instanceof Shielded) {
            return opening.get();
        }
        FutureTask<T> task = new FutureTask<>(opening::get);
        new Shielded(task).start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw thrown(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits a moment, also where an interrupt is pending, which stays so. */
    static void pause(long ns) {
        boolean interrupted = Thread.interrupted();
        LockSupport.parkNanos(ns);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static RuntimeException thrown(ExecutionException failed) {
        if (failed.getCause() instanceof Error error) {
            throw error;
        }
        return failed.getCause() instanceof RuntimeException problem ? problem : new IllegalStateException(failed);
    }
}
