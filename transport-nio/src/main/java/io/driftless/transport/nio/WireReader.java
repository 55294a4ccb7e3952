package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Reads what {@link WireWriter} wrote; each method throws {@link MalformedException} rather than read beyond the end.
 * Confined to one thread.
 */
final class WireReader {

    private final ByteBuffer buffer;
    private final int start;

    WireReader(byte[] array, int offset, int length) {
        this.buffer = ByteBuffer.wrap(array, offset, length);
        this.start = offset;
    }

    int nextByte() {
        need(1, "a byte");
        return buffer.get() & 0xff;
    }

    int nextShort() {
        need(Short.BYTES, "two bytes");
        return buffer.getShort() & 0xffff;
    }

    int nextInt() {
        need(Integer.BYTES, "an int");
        return buffer.getInt();
    }

    long nextLong() {
        need(Long.BYTES, "a long");
        return buffer.getLong();
    }

    UUID nextUuid() {
        return new UUID(nextLong(), nextLong());
    }

    String nextText(int bytesMax) {
        int count = nextShort();
        if (count > bytesMax) {
            throw malformed("a text of " + count + " bytes, more than " + bytesMax);
        }
        need(count, "a text of " + count + " bytes");
        String text = new String(buffer.array(), buffer.position(), count, StandardCharsets.UTF_8);
        buffer.position(buffer.position() + count);
        return text;
    }

    /** Insists that nothing is left. */
    void end() {
        if (buffer.hasRemaining()) {
            throw malformed(buffer.remaining() + " bytes too many");
        }
    }

    MalformedException malformed(String what) {
        return new MalformedException(buffer.position() - start, what);
    }

    private void need(int count, String what) {
        if (buffer.remaining() < count) {
            throw malformed(what + " is missing");
        }
    }
}
