package io.driftless.bench.run;

import io.driftless.ops.process.ExitGuard;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Owns processes and folders that must not outlive the benchmark, and gives them back in reverse order: when it is
 * closed, or when the JVM is told to stop (SIGINT, SIGTERM) before. Thread safe. A SIGKILL of this process is the
 * children's affair: they end with their pipes.
 */
public final class Cleanup implements AutoCloseable {

    /** What shells call a process that SIGINT ended. */
    private static final int INTERRUPTED = 130;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Runnable> owned = new ArrayDeque<>();
    private final ExitGuard guard = ExitGuard.over(this::giveBackAll);
    private boolean over;
    private volatile boolean leaving;
    private volatile boolean interrupted;

    /** A benchmark, with who gives back what it uses. */
    public interface Work {
        /** Runs it; its exit code. */
        int run(Cleanup cleanup) throws Exception;
    }

    /** Runs {@code work}, gives everything back, and returns its exit code: see {@link #quietIfInterrupted}. */
    public static int run(Work work) throws Exception {
        try (Cleanup cleanup = new Cleanup()) {
            return cleanup.quietIfInterrupted(() -> work.run(cleanup));
        }
    }

    /**
     * Makes something and owns it from the moment it exists: a JVM that is told to stop waits until {@code maker} has
     * returned, so keep it short.
     *
     * @param release gives it back; called once
     * @throws IllegalStateException if all is over already; then nothing is made
     * @throws Exception what {@code maker} throws
     */
    public <T> T own(Callable<T> maker, Consumer<T> release) throws Exception {
        lock.lock();
        try {
            if (over) {
                throw new IllegalStateException("stopping");
            }
            T made = maker.call();
            owned.push(() -> release.accept(made));
            return made;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Calls {@code work}. Once the JVM was told to stop, its failures only follow from that and are not worth a word:
     * they become exit code 130.
     */
    public int quietIfInterrupted(Callable<Integer> work) throws Exception {
        try {
            return work.call();
        } catch (Exception e) {
            if (interrupted) {
                return INTERRUPTED;
            }
            throw e;
        }
    }

    /** Gives everything back. Idempotent. What fails is told on standard error, the rest goes on. */
    @Override
    public void close() {
        leaving = true;
        guard.close();
    }

    private void giveBackAll() {
        interrupted = !leaving;
        lock.lock();
        try {
            over = true;
            while (!owned.isEmpty()) {
                giveBack(owned.pop());
            }
        } finally {
            lock.unlock();
        }
    }

    private static void giveBack(Runnable release) {
        try {
            release.run();
        } catch (RuntimeException e) {
            System.err.println("bench: cleaning up: " + e);
        }
    }
}
