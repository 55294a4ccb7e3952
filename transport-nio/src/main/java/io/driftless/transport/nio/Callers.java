package io.driftless.transport.nio;

import java.nio.channels.SocketChannel;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The connections that have not said who they are, in the order in which they came. Anybody can open some: when there
 * are too many, the oldest make room. Thread safe.
 */
final class Callers {

    private final int max;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<SocketChannel> waiting = new LinkedHashSet<>();

    Callers(int max) {
        this.max = max;
    }

    /** One more has come; the one that must go for it, if there are too many. */
    Optional<SocketChannel> came(SocketChannel channel) {
        lock.lock();
        try {
            waiting.add(channel);
            return waiting.size() > max ? oldest() : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** It has greeted, or is gone. */
    void went(SocketChannel channel) {
        lock.lock();
        try {
            waiting.remove(channel);
        } finally {
            lock.unlock();
        }
    }

    /** Takes the oldest out, to be closed. */
    Optional<SocketChannel> oldest() {
        lock.lock();
        try {
            Optional<SocketChannel> first = waiting.stream().findFirst();
            first.ifPresent(waiting::remove);
            return first;
        } finally {
            lock.unlock();
        }
    }
}
