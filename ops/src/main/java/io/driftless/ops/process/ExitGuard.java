package io.driftless.ops.process;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs a clean-up exactly once: when it is closed, or when the process ends first, by Ctrl-C or SIGTERM. Thread safe.
 */
public final class ExitGuard implements AutoCloseable {

    private final Runnable cleanUp;
    private final Thread hook;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean done;
    private volatile boolean processEnding;

    private ExitGuard(Runnable cleanUp) {
        this.cleanUp = cleanUp;
        this.hook = new Thread(() -> {
            processEnding = true;
            once();
        }, "driftless-clean-up");
    }

    /** Guards from now on; {@code cleanUp} waits for all that it does. */
    public static ExitGuard over(Runnable cleanUp) {
        ExitGuard guard = new ExitGuard(cleanUp);
        Runtime.getRuntime().addShutdownHook(guard.hook);
        return guard;
    }

    /** Cleans up, if that has not been done. */
    @Override
    public void close() {
        once();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The process is ending; the hook finds nothing to do.
        }
    }

    /** Whether the process is ending, by Ctrl-C or SIGTERM: what failed meanwhile failed for that. */
    public boolean isProcessEnding() {
        return processEnding;
    }

    private void once() {
        lock.lock();
        try {
            if (!done) {
                done = true;
                cleanUp.run();
            }
        } finally {
            lock.unlock();
        }
    }
}
