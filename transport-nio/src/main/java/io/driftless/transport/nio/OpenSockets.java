package io.driftless.transport.nio;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Every socket there is, also those that still connect or shake hands: closing them ends whoever waits for one. Thread
 * safe.
 */
final class OpenSockets {

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<SocketChannel> channels = new HashSet<>();
    private boolean closed;

    /** Keeps the channel; throws, and closes it, after {@link #closeAll}. */
    void add(SocketChannel channel) throws IOException {
        lock.lock();
        try {
            if (!closed) {
                channels.add(channel);
                return;
            }
        } finally {
            lock.unlock();
        }
        Sockets.close(channel);
        throw new IOException("this side is closed");
    }

    /** Closes the channel and forgets it. Idempotent. */
    void close(SocketChannel channel) {
        lock.lock();
        try {
            channels.remove(channel);
        } finally {
            lock.unlock();
        }
        Sockets.close(channel);
    }

    /** Closes all, and whatever is still added. */
    void closeAll() {
        List<SocketChannel> all;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(channels);
        } finally {
            lock.unlock();
        }
        all.forEach(this::close);
    }
}
