package io.driftless.machine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * What applying a command gave: a value, or an error of the application; both are committed results. Immutable,
 * compared by content.
 */
public final class Result {

    private final int code;
    private final byte[] value;

    private Result(int code, byte[] value) {
        this.code = code;
        this.value = value;
    }

    /** Done, and there is nothing to say. */
    public static Result ok() {
        return new Result(0, new byte[0]);
    }

    /** A text, in UTF-8. */
    public static Result ok(String text) {
        return new Result(0, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A value, not null; the array is given away. */
    public static Result ok(byte[] value) {
        return new Result(0, Objects.requireNonNull(value, "the value of a Result"));
    }

    /** An error of the application, {@code code} not 0. */
    public static Result failed(int code, String message) {
        if (code == 0) {
            throw new IllegalArgumentException("code 0 means success");
        }
        return new Result(code, message.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether it is a value. */
    public boolean isOk() {
        return code == 0;
    }

    /** 0, or the application's error code. */
    public int code() {
        return code;
    }

    /** The value, or the message's UTF-8 bytes: read only, not to be changed. */
    public byte[] value() {
        return value;
    }

    /** A copy of the value, or of the message's UTF-8 bytes. */
    public byte[] toByteArray() {
        return value.clone();
    }

    /** The value, or the message's UTF-8 bytes, read only; a new buffer each time. */
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(value).asReadOnlyBuffer();
    }

    /** The value or message as text, taken for UTF-8. */
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
