package io.driftless.transport.nio;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** Writes fixed binary fields, big-endian, into an array that grows. Confined to one thread. */
final class WireWriter {

    private byte[] array;
    private int length;

    /** Begins {@code offset} bytes into an array of {@code capacity}. */
    WireWriter(int offset, int capacity) {
        this.array = new byte[capacity];
        this.length = offset;
    }

    /** What was written, from 0 on, in an array that may be longer. */
    byte[] array() {
        return array;
    }

    /** How much of {@link #array()} counts. */
    int length() {
        return length;
    }

    WireWriter putByte(int value) {
        need(1);
        array[length++] = (byte) value;
        return this;
    }

    WireWriter putShort(int value) {
        return putByte(value >>> 8).putByte(value);
    }

    WireWriter putInt(int value) {
        need(Integer.BYTES);
        ByteBuffer.wrap(array).putInt(length, value);
        length += Integer.BYTES;
        return this;
    }

    WireWriter putLong(long value) {
        need(Long.BYTES);
        ByteBuffer.wrap(array).putLong(length, value);
        length += Long.BYTES;
        return this;
    }

    WireWriter putUuid(UUID value) {
        return putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
    }

    /**
     * A length of two bytes and UTF-8; longer text is cut at {@code bytesMax}, which only concerns words for people.
     */
    WireWriter putText(String text, int bytesMax) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int count = Math.min(bytes.length, bytesMax);
        putShort(count);
        need(count);
        System.arraycopy(bytes, 0, array, length, count);
        length += count;
        return this;
    }

    private void need(int count) {
        if (array.length - length < count) {
            array = Arrays.copyOf(array, Math.max(array.length * 2, length + count));
        }
    }
}
