package io.driftless.transport.nio;

import io.driftless.concurrent.Turn;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The way out of a connection: a bounded queue, written by whoever brings the first frame to it, for all who came
 * meanwhile. Thread safe.
 *
 * <p>Bringing a frame never blocks. A direct write happens only while what this side wrote and the other has not read,
 * which it tells in every frame, fits into this socket's own send buffer: then the kernel takes it at once, even if the
 * other side has stopped. What does not fit, a drain that goes on for long, and the write of an interrupted thread
 * (which would close the channel) are left to a thread of their own, watched by a {@link Watchdog}.
 */
final class Outbound {

    /** For how long the kernel may take nothing. */
    static final long STUCK_NS = TimeUnit.SECONDS.toNanos(2);

    private static final int DIRECT_ROUNDS_MAX = 8;
    private static final Runnable NOBODY_WATCHES = () -> { };

    private final SocketChannel channel;
    private final Wiring wiring;
    private final String name;
    private final long queuedBytesMax;
    private final long unreadBytesMax;
    private final Consumer<String> breakOff;

    private final ConcurrentLinkedQueue<Outgoing> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    /** Frames in the queue that nobody has asked to write yet. */
    private final AtomicInteger unflushed = new AtomicInteger();
    /** Of those who write what is asked for; a piece is a frame. */
    private final Turn turn = new Turn();
    /** How many bytes the other side has told us that it read; only grows, written by the reader. */
    private volatile long readThere;
    private volatile boolean closed;
    private volatile boolean gaveUp;
    /** Is told for how long the kernel has taken nothing, again and again while a write waits. */
    private volatile LongConsumer onStuck = this::breakIfStuck;
    /** Is told that less waits. */
    private volatile Runnable onWritten = () -> { };

    // The writer's own, handed over with the turn or with the start of a thread.
    private @Nullable Outgoing current;
    private long written;

    /** The shared parts of a transport that its connections are wired to. */
    record Wiring(Crew crew, Watchdog watchdog, BufferPool buffers) {
        static Wiring of(Crew crew) {
            return new Wiring(crew, new Watchdog(crew), new BufferPool());
        }
    }

    /**
     * A way out of {@code channel}.
     *
     * @param queuedBytesMax what may wait to be written; more breaks the connection
     * @param breakOff       breaks the connection, with the reason
     */
    Outbound(SocketChannel channel, Wiring wiring, String name, long queuedBytesMax, Consumer<String> breakOff)
            throws IOException {
        this.channel = channel;
        this.wiring = wiring;
        this.name = name;
        this.queuedBytesMax = queuedBytesMax;
        this.breakOff = breakOff;
        // Linux counts its own structures too, which for small frames are larger than the frames: a quarter of what was
        // asked for goes in whatever they are.
        this.unreadBytesMax = Math.min(BufferPool.BUFFER_BYTES, channel.getOption(StandardSocketOptions.SO_SNDBUF) / 4);
    }

    /** Has something else done about a write that is stuck than breaking the connection after {@link #STUCK_NS}. */
    void onStuck(LongConsumer stuckForNs) {
        onStuck = stuckForNs;
    }

    /** Has something done whenever bytes were written; it must neither block nor throw. */
    void onWritten(Runnable lessWaits) {
        onWritten = lessWaits;
    }

    private void breakIfStuck(long stuckForNs) {
        if (stuckForNs > STUCK_NS) {
            breakOff.accept("the other side does not read");
        }
    }

    /** Queues a frame and writes it, or leaves that to who writes now; false if the connection was gone already. */
    boolean send(Outgoing frame) {
        if (!enqueue(frame)) {
            return false;
        }
        if (turn.announce()) {
            work();
        }
        return true;
    }

    /** Queues a frame that {@link #flush} is to write; false if the connection was gone already. */
    boolean hold(Outgoing frame) {
        if (!enqueue(frame)) {
            return false;
        }
        unflushed.incrementAndGet();
        return true;
    }

    /** Writes what was held, or leaves that to who writes now. */
    void flush() {
        int count = unflushed.getAndSet(0);
        if (count > 0 && turn.announce(count)) {
            work();
        }
    }

    /** The other side has read so many bytes. Called by the connection's reader alone. */
    void readThere(long bytes) {
        if (bytes > readThere) {
            readThere = bytes;
        }
    }

    /** How many bytes were brought and not written yet. */
    long queuedBytes() {
        return queuedBytes.get();
    }

    /** Gives up all frames but the one that has begun to go out; {@code last} goes behind it, and nothing after. */
    void giveUp(Outgoing last) {
        hold(last);
        gaveUp = true;
        for (Outgoing frame : queue) {
            if (frame != last) {
                queuedBytes.addAndGet(-frame.abandon());
            }
        }
        flush();
    }

    /** Nothing more goes out, and what waited is let go. */
    void close() {
        closed = true;
        queue.clear();
    }

    boolean isClosed() {
        return closed;
    }

    private boolean enqueue(Outgoing frame) {
        if (closed || gaveUp) {
            return false;
        }
        long before = queuedBytes.getAndAdd(frame.length());
        if (before > 0 && before + frame.length() > queuedBytesMax) {
            breakOff.accept("more than " + queuedBytesMax + " bytes wait to be sent");
            return false;
        }
        queue.add(frame);
        if (closed) {
            queue.clear();
        }
        return true;
    }

    /** Works on the calling thread as long as the kernel takes everything; then hands over. */
    private void work() {
        ByteBuffer buffer = wiring.buffers.take();
        try {
            for (int round = 0; round < DIRECT_ROUNDS_MAX && !closed
                    && !Thread.currentThread().isInterrupted(); round++) {
                // Who has the turn knows all that was ever written, so nobody who is honest has read more.
                if (readThere > written) {
                    breakOff.accept("the other side claims to have read more than was sent");
                    return;
                }
                long room = unreadBytesMax - (written - readThere);
                if (room < Math.min(queuedBytes.get(), unreadBytesMax)) {
                    break;
                }
                if (writeOnce(buffer, (int) room, NOBODY_WATCHES)) {
                    return;
                }
            }
        } catch (IOException e) {
            failed(e);
        } finally {
            wiring.buffers.giveBack(buffer);
        }
        if (!closed) {
            handOver();
        }
    }

    private void handOver() {
        if (!wiring.crew.start(name + "-writer", this::writeBlocking)) {
            breakOff.accept("no thread that writes");
        }
    }

    private void writeBlocking() {
        ByteBuffer buffer = wiring.buffers.take();
        try (Watchdog.Watch watch = wiring.watchdog.watch(stuckForNs -> onStuck.accept(stuckForNs))) {
            boolean isDone = false;
            while (!closed && !isDone) {
                isDone = writeOnce(buffer, buffer.capacity(), watch::moved);
            }
        } catch (IOException e) {
            failed(e);
        } finally {
            wiring.buffers.giveBack(buffer);
        }
    }

    /**
     * Writes up to {@code bytesMax} of what is due; true if nothing is due any more, and the turn is over.
     *
     * @param moved is run whenever the kernel took some of it
     */
    private boolean writeOnce(ByteBuffer buffer, int bytesMax, Runnable moved) throws IOException {
        int finished = 0;
        int due = turn.announced();
        buffer.clear().limit(Math.min(bytesMax, buffer.capacity()));
        while (finished < due && buffer.hasRemaining() && !closed) {
            if (current == null) {
                current = queue.poll();
            }
            if (current != null && current.takeInto(buffer)) {
                current = null;
                finished++;
            }
        }
        buffer.flip();
        int count = buffer.remaining();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
            moved.run();
        }
        written += count;
        queuedBytes.addAndGet(-count);
        onWritten.run();
        return !turn.done(finished);
    }

    private void failed(IOException e) {
        breakOff.accept(closed ? "closed" : "cannot write: " + e.getMessage());
    }
}
