package io.driftless.machine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * The result of applying a command: a value, or an error of the application. Both are committed results. Immutable.
 * Compared by content.
 */
public final class Result {

    private final int code;
    private final byte[] value;

    private Result(int code, byte[] value) {
        this.code = code;
        this.value = value;
    }

    /** A success without a value. */
    public static Result ok() {
        return new Result(0, new byte[0]);
    }

    /** A text as the value, in UTF-8. */
    public static Result ok(String text) {
        return new Result(0, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A value, not null. The caller gives the array away. */
    public static Result ok(byte[] value) {
        return new Result(0, Objects.requireNonNull(value, "the value of a Result"));
    }

    /** An error of the application. {@code code} is not 0. */
    public static Result failed(int code, String message) {
        if (code == 0) {
            throw new IllegalArgumentException("code 0 means success");
        }
        return new Result(code, message.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether this is a value and not an error. */
    public boolean isOk() {
        return code == 0;
    }

    /** 0, or the application's error code. */
    public int code() {
        return code;
    }

    /** The value, or the message's UTF-8 bytes. The array must only be read, never changed. */
    public byte[] value() {
        return value;
    }

    /** A copy of the value, or of the message's UTF-8 bytes. */
    public byte[] toByteArray() {
        return value.clone();
    }

    /** The value, or the message's UTF-8 bytes, as a read-only buffer, a new one each time. */
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(value).asReadOnlyBuffer();
    }

    /** The value or message as text, decoded as UTF-8. */
    public String text() {
        return new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Result that && code == that.code && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * code + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return (code == 0 ? "ok: " : "failed " + code + ": ") + text();
    }
}
