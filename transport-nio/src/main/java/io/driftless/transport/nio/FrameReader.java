package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Takes frames off a connection: all that one read completed, each in memory of its own. Its buffer starts small and
 * grows with the traffic, so that an idle connection costs little; a frame larger than the largest buffer is read
 * straight into its own array. Confined to one reader, but for {@link #bytesRead}.
 */
final class FrameReader {

    private static final int BUFFER_BYTES_MIN = 16 << 10;
    /** The JDK copies through a direct buffer as large as what it is asked to read, and keeps it. */
    private static final int READ_BYTES_MAX = 128 << 10;

    private final ReadableByteChannel channel;
    private final Frame.Type expected;
    private final int frameBytesMax;
    private final int bufferBytesMax;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES_MIN);
    private long arrivedNs;
    private volatile long bytesRead;

    /** Reads frames of one type, of up to {@code frameBytesMax}, through a buffer of up to {@code bufferBytesMax}. */
    FrameReader(ReadableByteChannel channel, Frame.Type expected, int frameBytesMax, int bufferBytesMax) {
        this.channel = channel;
        this.expected = expected;
        this.frameBytesMax = frameBytesMax;
        this.bufferBytesMax = Math.min(bufferBytesMax, frameBytesMax);
    }

    /** How many bytes were read so far. Any thread. */
    long bytesRead() {
        return bytesRead;
    }

    /** {@link System#nanoTime()} when the frames of the last {@link #read} had been read. */
    long arrivedNs() {
        return arrivedNs;
    }

    /**
     * Waits for at least one frame and takes all that are there. Of a client's request that is too long only the body
     * is kept, so that it can be answered.
     *
     * @throws MalformedException if the bytes are not frames, or end within one
     * @throws EOFException       if the other side closed the connection between two frames
     * @throws IOException        if the connection broke
     */
    List<Frame> read() throws IOException {
        while (true) {
            readInto(buffer, buffer.position() == 0);
            int end = endOfWholeFrames();
            if (end > 0) {
                return take(end);
            }
            if (buffer.position() >= Frame.HEADER_BYTES) {
                long length = Frame.checkedLength(buffer, 0, expected);
                if (length > frameBytesMax) {
                    return List.of(readPast(length));
                }
                if (length > bufferBytesMax) {
                    return List.of(readLarge((int) length));
                }
                grow((int) length);
            }
        }
    }

    private void readInto(ByteBuffer target, boolean betweenFrames) throws IOException {
        int count = channel.read(target);
        if (count < 0 && betweenFrames) {
            throw new EOFException("closed by the other side");
        }
        if (count < 0) {
            throw new MalformedException(bytesRead, "the connection ends within a frame");
        }
        arrivedNs = System.nanoTime();
        bytesRead += count;
    }

    private int endOfWholeFrames() {
        int at = 0;
        int have = buffer.position();
        while (have - at >= Frame.HEADER_BYTES) {
            long length = Frame.checkedLength(buffer, at, expected);
            if (length > have - at) {
                break;
            }
            at += (int) length;
        }
        return at;
    }

    private List<Frame> take(int end) {
        List<Frame> frames = new ArrayList<>();
        boolean full = buffer.position() == buffer.capacity();
        buffer.flip();
        while (buffer.position() < end) {
            // An array each: what is kept of one frame keeps no other alive.
            byte[] array = new byte[Frame.lengthAt(buffer, buffer.position())];
            buffer.get(array);
            frames.add(Frame.at(array, 0));
        }
        buffer.compact();
        if (full && buffer.capacity() < bufferBytesMax) {
            grow(buffer.capacity() * 2);
        }
        return frames;
    }

    private Frame readLarge(int length) throws IOException {
        // Grown as the bytes come in: a header alone does not make us allocate what it announces.
        byte[] array = new byte[Math.min(length, 2 * bufferBytesMax)];
        int have = buffer.position();
        buffer.flip().get(array, 0, have);
        buffer.clear();
        while (have < length) {
            if (have == array.length) {
                array = Arrays.copyOf(array, (int) Math.min(length, 2L * array.length));
            }
            ByteBuffer part = ByteBuffer.wrap(array, have, Math.min(array.length - have, READ_BYTES_MAX));
            readInto(part, false);
            have = part.position();
        }
        return Frame.at(array, 0);
    }

    private Frame readPast(long length) throws IOException {
        long headLength = Frame.headLength(buffer);
        if (expected != Frame.Type.CLIENT_REQUEST || headLength > BUFFER_BYTES_MIN) {
            throw Frame.tooLong(buffer, frameBytesMax);
        }
        while (buffer.position() < headLength) {
            readInto(buffer, false);
        }
        byte[] head = new byte[(int) headLength];
        long left = length - buffer.position();
        CRC32C content = new CRC32C();
        buffer.flip().get(0, head);
        content.update(buffer.position(Frame.HEADER_BYTES));
        while (left > 0) {
            buffer.clear().limit((int) Math.min(left, buffer.capacity()));
            readInto(buffer, false);
            left -= buffer.position();
            content.update(buffer.flip());
        }
        buffer.clear();
        return Frame.cut(head, content);
    }

    private void grow(int wanted) {
        int capacity = Math.min(wanted, bufferBytesMax);
        if (capacity > buffer.capacity()) {
            buffer = ByteBuffer.allocateDirect(capacity).put(buffer.flip());
        }
    }
}
