package io.driftless.ops.kv;

import io.driftless.log.Bytes;
import java.util.Arrays;

/** Writes the encodings of this package into an array that grows. Confined to one thread. */
final class ByteSink {

    private byte[] array;
    private int length;

    /** Room for about {@code expected} bytes. */
    ByteSink(int expected) {
        array = new byte[Math.max(16, expected)];
    }

    ByteSink code(int code) {
        ensure(1);
        array[length++] = (byte) code;
        return this;
    }

    /**
     * Seven bits a byte, the lowest first; the top bit says that more follow. Up to ten bytes, negative numbers
     * included.
     */
    ByteSink number(long value) {
        ensure(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            array[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        array[length++] = (byte) rest;
        return this;
    }

    /** Eight bytes, little-endian. */
    ByteSink fixed(long value) {
        ensure(8);
        for (int shift = 0; shift < 64; shift += 8) {
            array[length++] = (byte) (value >>> shift);
        }
        return this;
    }

    /** A run with its length before it. */
    ByteSink run(Bytes bytes) {
        number(bytes.length());
        return rest(bytes);
    }

    /** A run that ends where the encoding ends. */
    ByteSink rest(Bytes bytes) {
        ensure(bytes.length());
        System.arraycopy(bytes.array(), bytes.offset(), array, length, bytes.length());
        length += bytes.length();
        return this;
    }

    /** What was written. */
    byte[] done() {
        return length == array.length ? array : Arrays.copyOf(array, length);
    }

    private void ensure(int more) {
        if (array.length - length < more) {
            array = Arrays.copyOf(array, Math.max(array.length * 2, length + more));
        }
    }
}
