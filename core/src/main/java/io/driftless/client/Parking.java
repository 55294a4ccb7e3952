package io.driftless.client;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a thread waits for the end of what it has asked for. No state. */
final class Parking {

    private Parking() { }

    /**
     * Waits until {@code told} gives the end. It is asked again whenever the thread is unparked. {@code overdue} runs
     * once the deadline is over, and {@code interrupted} if the thread is interrupted: each sees to it that there is an
     * end. An interrupt stays set.
     *
     * @param blocker whom a thread dump names
     */
    static <T> T await(Object blocker, Supplier<@Nullable T> told, long deadlineNs, Runnable overdue,
            Runnable interrupted) {
        boolean isInterrupted = false;
        T end = told.get();
        while (end == null) {
            long leftNs = deadlineNs - System.nanoTime();
            if (leftNs <= 0) {
                overdue.run();
            } else {
                LockSupport.parkNanos(blocker, leftNs);
                if (Thread.interrupted()) {
                    isInterrupted = true;
                    interrupted.run();
                }
            }
            end = told.get();
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        return end;
    }
}
