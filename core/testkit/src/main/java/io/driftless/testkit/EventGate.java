package io.driftless.testkit;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What all threads of an {@link InMemoryCluster} pass at each {@link ClusterEvent}, and where they are held while the
 * cluster stands still. Its clock stands still too, so that nobody's election timeout runs out meanwhile. Thread safe.
 */
final class EventGate {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Whom nothing holds: they are ending. */
    private final Set<String> ending = new TreeSet<>();
    private final Set<String> killed = new TreeSet<>();
    private @Nullable Pause pause;
    private boolean held;
    private boolean openForGood;
    private long heldSinceNs;
    private long stoodNs;
    /** Whether there is a pause, so that events matter. */
    private volatile boolean watching;

    boolean isWatching() {
        return watching;
    }

    /** The clock of the nodes: that of the system, less the time that the cluster stood still. */
    long nanoTime() {
        lock.lock();
        try {
            return (held ? heldSinceNs : System.nanoTime()) - stoodNs;
        } finally {
            lock.unlock();
        }
    }

    /**
     * From now on until an event is the one.
     *
     * @throws IllegalStateException if an earlier pause is not over
     */
    Pause pauseWhen(Predicate<? super ClusterEvent> predicate) {
        lock.lock();
        try {
            if (pause != null) {
                throw new IllegalStateException("a pause is set already: resume it first");
            }
            Pause set = new Pause(this, lock, changed, predicate);
            pause = set;
            watching = true;
            return set;
        } finally {
            lock.unlock();
        }
    }

    /** The cluster goes on, and the pause is over whether it was reached or not. */
    void resume(Pause over) {
        lock.lock();
        try {
            if (pause == over) {
                pause = null;
                watching = false;
                if (held) {
                    held = false;
                    stoodNs += System.nanoTime() - heldSinceNs;
                }
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** An event happens on a thread that must not wait: what follows is held. */
    void note(ClusterEvent event) {
        if (watching) {
            lock.lock();
            try {
                look(event);
            } finally {
                lock.unlock();
            }
        }
    }

    /** An event happens: waits while the cluster stands still. False if the node was killed meanwhile. */
    boolean pass(ClusterEvent event) {
        if (!watching) {
            return true;
        }
        lock.lock();
        try {
            // What happens to others while the cluster stands still is looked at when it goes on.
            awaitOpen(event.node());
            look(event);
            awaitOpen(event.node());
            return !killed.contains(event.node());
        } finally {
            lock.unlock();
        }
    }

    private void awaitOpen(String node) {
        while (held && !openForGood && !ending.contains(node)) {
            changed.awaitUninterruptibly();
        }
    }

    private void look(ClusterEvent event) {
        Pause current = pause;
        if (current != null && !held && !openForGood && !ending.contains(event.node()) && current.isReachedBy(event)) {
            held = true;
            heldSinceNs = System.nanoTime();
            changed.signalAll();
        }
    }

    /** Whoever is held for this node goes; if it was {@code atOnce}, as a process that dies, without doing more. */
    void ends(String node, boolean atOnce) {
        lock.lock();
        try {
            ending.add(node);
            if (atOnce) {
                killed.add(node);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void lives(String node) {
        lock.lock();
        try {
            ending.remove(node);
            killed.remove(node);
        } finally {
            lock.unlock();
        }
    }

    /** Nobody is held any more. */
    void open() {
        lock.lock();
        try {
            openForGood = true;
            watching = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
