package io.driftless.testkit;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A point at which an {@link InMemoryCluster} stands still. Until {@link #resume}, no message is received, no node is
 * told of a write, no result leaves, and the nodes' clock stands still. Thread safe.
 */
public final class Pause implements AutoCloseable {

    private static final long PATIENCE_S = 60;

    private final EventGate gate;
    private final ReentrantLock lock;
    private final Condition changed;
    private final Predicate<? super ClusterEvent> predicate;
    private @Nullable ClusterEvent event;
    private @Nullable Throwable failure;

    Pause(EventGate gate, ReentrantLock lock, Condition changed, Predicate<? super ClusterEvent> predicate) {
        this.gate = gate;
        this.lock = lock;
        this.changed = changed;
        this.predicate = predicate;
    }

    /** Under the lock. A predicate that throws must not break a node: its throwable is for the test. */
    boolean isReachedBy(ClusterEvent candidate) {
        if (failure != null) {
            return false;
        }
        try {
            if (predicate.test(candidate)) {
                event = candidate;
            }
        } catch (RuntimeException | Error thrown) {
            failure = thrown;
            changed.signalAll();
        }
        return event != null;
    }

    /** Whether the cluster stands at the event, or has stood there. */
    public boolean isReached() {
        lock.lock();
        try {
            return event != null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the cluster stands at the event, for at most a minute, and returns the event.
     *
     * @throws AssertionError if the event does not come, or the predicate threw
     */
    public ClusterEvent await() {
        long leftNs = TimeUnit.SECONDS.toNanos(PATIENCE_S);
        lock.lock();
        try {
            while (event == null && failure == null && leftNs > 0) {
                leftNs = changed.awaitNanos(leftNs);
            }
            if (failure != null) {
                throw new AssertionError("the predicate of the pause threw", failure);
            }
            return Optional.ofNullable(event).orElseThrow(() -> new AssertionError("waited " + PATIENCE_S
                    + " s for an event to pause at"));
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted before the event to pause at", interrupt);
        } finally {
            lock.unlock();
        }
    }

    /** Lets the cluster go on. A pause that was not reached is given up. Idempotent. */
    public void resume() {
        gate.resume(this);
    }

    /** The same as {@link #resume}. */
    @Override
    public void close() {
        resume();
    }
}
