package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import io.driftless.log.Chunk;
import io.driftless.log.Entries;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The way out of a link's bulk lane: a connection of its own, which goes one way. A thread opens it when there is
 * something to send, and writes; it ends alone, or with the link, and what waits is lost then. Thread safe.
 */
final class BulkSender {

    /** For so long nothing is sent, or the kernel takes nothing, before the connection ends. */
    static final long IDLE_NS = TimeUnit.SECONDS.toNanos(30);
    /** What may wait: twice the window of snapshot parts, see {@code SnapshotSettings}. */
    static final long QUEUED_BYTES_MAX = 16L << 20;

    /** What became of the wait for a message. */
    private enum Next { SENT, IDLE, ENDED }

    private static final long ATTEMPT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final int MESSAGE_BYTES = 160;

    private final Station station;
    private final RemoteServer remote;
    private final PeerLink link;
    private final long idleNs;
    private final Errand errand = new Errand(this::work);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private final Queue<Message> queue = new ArrayDeque<>();
    private long queuedBytes;
    private boolean running;
    private boolean over;
    /** The connection that stands. */
    private @Nullable SocketChannel open;

    /** The bulk lane of {@code link}; its connection ends when nothing was sent for {@code idleNs}. */
    BulkSender(Station station, RemoteServer remote, PeerLink link, long idleNs) {
        this.station = station;
        this.remote = remote;
        this.link = link;
        this.idleNs = idleNs;
    }

    /** Queues a message, or drops it if too much waits or the link is over. Never blocks. */
    void send(Message message) {
        long bytes = bytesOf(message);
        lock.lock();
        try {
            if (over || queuedBytes > 0 && queuedBytes + bytes > QUEUED_BYTES_MAX) {
                return;
            }
            queue.add(message);
            queuedBytes += bytes;
            changed.signalAll();
            if (!running) {
                running = station.crew().start("driftless-" + remote.id() + "-bulk", errand::run);
                if (!running) {
                    drop();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** The link is over. Never blocks. Idempotent. */
    void close() {
        lock.lock();
        try {
            over = true;
            drop();
            closeSocket();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        errand.close();
    }

    private static long bytesOf(Message message) {
        long bytes = MESSAGE_BYTES;
        if (message instanceof Message.InstallSnapshot install && install.content() instanceof Chunk chunk) {
            bytes += chunk.bytes().length();
        } else if (message instanceof Message.AppendEntries append && append.content() instanceof Entries entries) {
            bytes += entries.list().stream().mapToLong(entry -> MESSAGE_BYTES + entry.payload().length()).sum();
        }
        return bytes;
    }

    /** The life of the thread: as long as there is something to send, or was shortly before. */
    private void work() throws InterruptedException {
        Reconnect reconnect = new Reconnect(ThreadLocalRandom.current());
        Next next = Next.ENDED;
        while (next != Next.IDLE) {
            String why = "";
            try {
                SocketChannel channel = connect();
                do {
                    next = sendNext(channel);
                    if (next == Next.SENT) {
                        reconnect.signOfLife();
                    }
                } while (next == Next.SENT);
            } catch (IOException e) {
                why = e.getMessage() == null ? e.toString() : e.getMessage();
            } catch (MalformedException e) {
                why = "it does not speak Driftless' protocol: " + e.getMessage();
            } catch (RuntimeException | OutOfMemoryError e) {
                why = e.toString();
            }
            if (next != Next.IDLE) {
                next = ended(why, reconnect.nextWaitNs());
            }
        }
    }

    private SocketChannel connect() throws IOException {
        long deadline = System.nanoTime() + ATTEMPT_NS;
        SocketChannel channel = Sockets.connect(remote.address(), deadline, station.sockets());
        boolean isGood = false;
        try {
            Handshake handshake = station.handshake(channel);
            Handshake.Identity identity = remote.greet(handshake, Lane.BULK, link.dialersNumber(), deadline);
            if (!link.isWith(identity.introduction())) {
                throw new IOException("the server was started again");
            }
            opened(channel);
            isGood = true;
            return channel;
        } finally {
            if (!isGood) {
                station.sockets().close(channel);
            }
        }
    }

    private void opened(SocketChannel channel) throws IOException {
        lock.lock();
        try {
            if (over || !station.crew().start("driftless-" + remote.id() + "-bulk-end", () -> awaitEnd(channel))) {
                throw new IOException(over ? "its link is over" : "no thread that waits for its end");
            }
            open = channel;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing comes this way: when the other side ends the connection, this side need not write to learn of it. */
    private void awaitEnd(SocketChannel channel) {
        try {
            channel.read(ByteBuffer.allocate(1));
        } catch (IOException closed) {
            // The same to this side.
        }
        lock.lock();
        try {
            if (open == channel) {
                closeSocket();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a message and writes it. */
    private Next sendNext(SocketChannel channel) throws IOException, InterruptedException {
        Message message;
        lock.lock();
        try {
            long left = idleNs;
            while (queue.isEmpty() && open == channel && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (open != channel) {
                return Next.ENDED;
            }
            message = queue.peek();
            if (message == null) {
                closeSocket();
                running = false;
                return Next.IDLE;
            }
        } finally {
            lock.unlock();
        }
        write(message, channel);
        lock.lock();
        try {
            if (queue.peek() == message) {
                queue.remove();
                queuedBytes -= bytesOf(message);
            }
        } finally {
            lock.unlock();
        }
        return Next.SENT;
    }

    private void write(Message message, SocketChannel channel) throws IOException {
        Outgoing frame;
        try {
            frame = station.codec().encode(message, 0);
        } catch (RuntimeException e) {
            station.warnings().say("encode " + remote, "a message to " + remote + " cannot be sent: " + e);
            return;
        }
        ByteBuffer buffer = station.wiring().buffers().take();
        try (Watchdog.Watch watch = station.wiring().watchdog().watch(stuckForNs -> endIfStuck(channel, stuckForNs))) {
            boolean isDone = false;
            while (!isDone) {
                isDone = frame.takeInto(buffer.clear());
                buffer.flip();
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                    watch.moved();
                }
            }
        } finally {
            station.wiring().buffers().giveBack(buffer);
        }
    }

    private void endIfStuck(SocketChannel channel, long stuckForNs) {
        if (stuckForNs > idleNs) {
            station.sockets().close(channel);
        }
    }

    /** The connection has ended, or did not come about: drops what waits, and waits a little before the next one. */
    private Next ended(String why, long pauseNs) throws InterruptedException {
        if (!why.isEmpty() && link.brokenBecause().isEmpty()) {
            station.warnings().say("bulk " + remote.id(), "no bulk connection to " + remote + ": " + why);
        }
        lock.lock();
        try {
            closeSocket();
            drop();
            long left = pauseNs;
            while (left > 0 && !over) {
                left = changed.awaitNanos(left);
            }
            running = !over && !queue.isEmpty();
            return running ? Next.ENDED : Next.IDLE;
        } finally {
            lock.unlock();
        }
    }

    private void drop() {
        queue.clear();
        queuedBytes = 0;
    }

    private void closeSocket() {
        SocketChannel channel = open;
        open = null;
        if (channel != null) {
            station.sockets().close(channel);
        }
    }
}
