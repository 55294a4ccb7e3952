package io.driftless.ops.kv;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import java.nio.ByteBuffer;

/**
 * Reads what {@link ByteSink} wrote. Copies what it returns. Throws {@link MalformedException}, and nothing else, on
 * any other bytes.
 */
final class ByteSource {

    private final ByteBuffer buffer;
    private final int start;

    /** Reads on from the buffer's position, and leaves the buffer itself alone. */
    ByteSource(ByteBuffer buffer) {
        this.buffer = buffer.duplicate();
        this.start = buffer.position();
    }

    int code() {
        if (!buffer.hasRemaining()) {
            throw malformed("ends early");
        }
        return buffer.get() & 0xFF;
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = code();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                if (shift == 63 && next > 1) {
                    throw malformed("number of more than 64 bits");
                }
                return value;
            }
        }
        throw malformed("number of more than ten bytes");
    }

    long fixed() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 8) {
            value |= (long) code() << shift;
        }
        return value;
    }

    Bytes run() {
        long length = number();
        if (length < 0 || length > buffer.remaining()) {
            throw malformed("run of " + length + " bytes where " + buffer.remaining() + " are left");
        }
        return take((int) length);
    }

    Bytes rest() {
        return take(buffer.remaining());
    }

    /** Nothing may be left. */
    void end() {
        if (buffer.hasRemaining()) {
            throw malformed(buffer.remaining() + " bytes too many");
        }
    }

    MalformedException malformed(String what) {
        return new MalformedException(buffer.position() - start, what);
    }

    private Bytes take(int length) {
        byte[] copy = new byte[length];
        buffer.get(copy);
        return Bytes.wrap(copy);
    }
}
