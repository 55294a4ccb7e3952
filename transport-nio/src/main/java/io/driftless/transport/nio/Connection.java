package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A socket after its handshake: frames in, frames out, and why it ended. Thread safe; {@link #read} belongs to one
 * reader.
 */
final class Connection {

    private final SocketChannel channel;
    private final int version;
    private final String description;
    private final String remoteAddress;
    private final Consumer<String> onBreak;
    private final AtomicReference<String> brokenBecause = new AtomicReference<>("");
    private final FrameReader reader;
    private final Outbound outbound;

    /** What bounds a connection, in bytes. */
    record Limits(int frameBytesMax, int readBufferBytesMax, long queuedBytesMax) { }

    /**
     * Takes over the socket of a handshake that is done.
     *
     * @param incoming type of the frames that may come in
     * @param onBreak  closes the socket; called once, with the reason, when the connection breaks
     */
    Connection(Handshake handshake, String description, Frame.Type incoming, Limits limits, Outbound.Wiring wiring,
            Consumer<String> onBreak)
            throws IOException {
        this.channel = handshake.channel();
        this.version = handshake.version();
        this.description = description;
        this.remoteAddress = Sockets.remoteAddress(channel);
        this.onBreak = onBreak;
        this.reader = new FrameReader(channel, incoming, limits.frameBytesMax(), limits.readBufferBytesMax());
        this.outbound = new Outbound(channel, wiring, description, limits.queuedBytesMax(), this::breakOff);
    }

    /** In words, for log lines and thread names. */
    String description() {
        return description;
    }

    /** The version of the protocol that both sides speak here. */
    int version() {
        return version;
    }

    /** Where the other end is, {@code host:port}. */
    String remoteAddress() {
        return remoteAddress;
    }

    Outbound outbound() {
        return outbound;
    }

    /** How many bytes of frames were read: goes into the header of each frame that is sent. */
    long bytesRead() {
        return reader.bytesRead();
    }

    /** {@link System#nanoTime()} when the frames of the last {@link #read} had been read. */
    long arrivedNs() {
        return reader.arrivedNs();
    }

    /**
     * Waits for frames and takes all that are there.
     *
     * @throws IOException        once the connection has ended
     * @throws MalformedException if what came is not frames
     */
    List<Frame> read() throws IOException {
        List<Frame> frames = reader.read();
        outbound.readThere(frames.getLast().received());
        return frames;
    }

    /** Nothing more goes out; the other side learns of it behind what it has not read yet. Idempotent. */
    void endOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException gone) {
            breakOff("closed");
        }
    }

    /** Ends it; the first reason counts. Never blocks. Idempotent. */
    void breakOff(String why) {
        if (brokenBecause.compareAndSet("", why)) {
            outbound.close();
            onBreak.accept(why);
        }
    }

    boolean isBroken() {
        return !brokenBecause.get().isEmpty();
    }

    /** Why reading failed so: because this side ended the connection, or as the exception says. */
    String reasonOf(Throwable e) {
        if (isBroken()) {
            return brokenBecause();
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** Why it ended; empty while it stands. */
    String brokenBecause() {
        return brokenBecause.get();
    }
}
