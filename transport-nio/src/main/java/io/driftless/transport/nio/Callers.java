package io.driftless.transport.nio;

import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The connections that have not said who they are. Anybody can open some: when there are too many, those that have been
 * listened to in vain for a while make room. A greeting that waits to be read is no silence, so the time counts from
 * when somebody listens. Thread safe.
 */
final class Callers {

    private final int max;
    private final long patienceNs;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<SocketChannel> unheard = new HashSet<>();
    private final Map<SocketChannel, Long> listenedToSinceNs = new LinkedHashMap<>();

    Callers(ConnectionLimits limits) {
        this(limits.callers(), limits.patienceNs(), System::nanoTime);
    }

    /** With a clock of its own. */
    Callers(int max, long patienceNs, LongSupplier nanoTime) {
        this.max = max;
        this.patienceNs = patienceNs;
        this.nanoTime = nanoTime;
    }

    /** Whether one more would be too many. */
    boolean isFull() {
        lock.lock();
        try {
            return unheard.size() + listenedToSinceNs.size() >= max;
        } finally {
            lock.unlock();
        }
    }

    /** One more has come. */
    void came(SocketChannel channel) {
        lock.lock();
        try {
            unheard.add(channel);
        } finally {
            lock.unlock();
        }
    }

    /** Its greeting is waited for from now on. */
    void listenedTo(SocketChannel channel) {
        lock.lock();
        try {
            if (unheard.remove(channel)) {
                listenedToSinceNs.put(channel, nanoTime.getAsLong());
            }
        } finally {
            lock.unlock();
        }
    }

    /** It has greeted, or is gone. */
    void went(SocketChannel channel) {
        lock.lock();
        try {
            unheard.remove(channel);
            listenedToSinceNs.remove(channel);
        } finally {
            lock.unlock();
        }
    }

    /** Takes out the one that has been silent longest, to be closed, if that is long enough to make room. */
    Optional<SocketChannel> overdue() {
        return oldest(patienceNs);
    }

    /** Takes out the one that has been silent longest, to be closed. */
    Optional<SocketChannel> oldest() {
        return oldest(0);
    }

    private Optional<SocketChannel> oldest(long silentForNs) {
        lock.lock();
        try {
            Optional<SocketChannel> first = listenedToSinceNs.keySet().stream().findFirst()
                    .filter(channel -> nanoTime.getAsLong() - listenedToSinceNs.get(channel) >= silentForNs);
            first.ifPresent(listenedToSinceNs::remove);
            return first;
        } finally {
            lock.unlock();
        }
    }
}
