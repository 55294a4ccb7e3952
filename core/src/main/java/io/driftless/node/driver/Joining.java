package io.driftless.node.driver;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits also when the waiting thread is interrupted, and without spinning then: the interrupt is kept for later. */
final class Joining {

    private static final long TURN_NS = 20_000_000;

    private Joining() { }

    /** A wait that an interrupt ends. */
    @FunctionalInterface
    interface Wait {

        /** Waits for so many nanoseconds at most; returns whether what it waits for has come. */
        boolean on(long leftNs) throws InterruptedException;
    }

    /** Waits at most {@code millis}; returns whether the thread has ended. One that was never started has. */
    static boolean join(Thread thread, long millis) {
        return !thread.isAlive() || await(Duration.ofMillis(millis), left -> thread.join(Duration.ofNanos(left)));
    }

    /** Waits at most {@code patience} until something holds that is looked at every millisecond. */
    static boolean until(Duration patience, BooleanSupplier holds) {
        return holds.getAsBoolean() || await(patience, left -> {
            Thread.sleep(Duration.ofNanos(Math.min(left, 1_000_000)));
            return holds.getAsBoolean();
        });
    }

    /**
     * Waits at most {@code patience}; returns whether what is waited for has come. It is waited for in short turns, so
     * that a time in which the whole process stood still counts as one of them: its threads go on together, and whoever
     * waits must not be the first, to find that the time is over.
     */
    static boolean await(Duration patience, Wait wait) {
        boolean interrupted = false;
        boolean came = false;
        long left = patience.toNanos();
        while (left > 0 && !came) {
            long fromNs = System.nanoTime();
            try {
                came = wait.on(Math.min(left, TURN_NS));
            } catch (InterruptedException interrupt) {
                interrupted = true;
            }
            left -= Math.min(System.nanoTime() - fromNs, TURN_NS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return came;
    }
}
