package io.driftless.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An immutable sequence of bytes: a slice of an array that nobody writes to any more. Compared by content. Thread safe.
 * Unlike a buffer over {@code Unsafe}, it needs no JVM flag.
 */
public final class Bytes {

    /** No bytes. */
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    private final byte[] array;
    private final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** Wraps an array without copying it. The caller gives {@code array} away and never writes to it again. */
    public static Bytes wrap(byte[] array) {
        return wrap(array, 0, array.length);
    }

    /**
     * Wraps a part of an array without copying it. The caller gives {@code array} away and never writes to it again.
     */
    public static Bytes wrap(byte[] array, int offset, int length) {
        java.util.Objects.checkFromIndexSize(offset, length, array.length);
        return length == 0 ? EMPTY : new Bytes(array, offset, length);
    }

    /** A copy of {@code array}. */
    public static Bytes copyOf(byte[] array) {
        return wrap(array.clone());
    }

    /** The UTF-8 form of {@code text}. */
    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The number of bytes. */
    public int length() {
        return length;
    }

    /** The byte at {@code index}. */
    public byte at(int index) {
        java.util.Objects.checkIndex(index, length);
        return array[offset + index];
    }

    /** A part of these bytes, without a copy. */
    public Bytes slice(int from, int count) {
        java.util.Objects.checkFromIndexSize(from, count, length);
        return wrap(array, offset + from, count);
    }

    /** A read-only buffer over these bytes, without a copy. */
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    /** A copy of these bytes as an array. */
    public byte[] toByteArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** The backing array, for gathering writes and checksums. It must only be read, from {@link #offset()} on. */
    public byte[] array() {
        return array;
    }

    /** The offset at which these bytes begin in {@link #array()}. */
    public int offset() {
        return offset;
    }

    /** The bytes as text, decoded as UTF-8. */
    public String utf8() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return length + " bytes";
    }
}
