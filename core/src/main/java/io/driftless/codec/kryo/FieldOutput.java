package io.driftless.codec.kryo;

import com.esotericsoftware.kryo.kryo5.io.Output;
import io.driftless.raft.ServerId;

/** Writes the kinds of fields that records have. Confined, as its {@link Codec}. */
final class FieldOutput extends Output {

    /** Largest term, index or count: leaves room for sums without an overflow. */
    static final long NUMBER_MAX = 1L << 62;

    private static final int FIRST_BYTES = 1024;
    private static final int KEPT_BYTES = 64 * 1024;

    FieldOutput() {
        super(FIRST_BYTES, -1);
    }

    /** Forgets what was written, and a buffer that one large batch had grown. */
    void begin() {
        if (buffer.length > KEPT_BYTES) {
            setBuffer(new byte[FIRST_BYTES], -1);
        }
        reset();
    }

    /** A term, an index or a count. */
    void number(long value) {
        if (value < 0 || value > NUMBER_MAX) {
            throw new IllegalArgumentException("a term, index or count of " + value);
        }
        writeVarLong(value, true);
    }

    void flag(boolean value) {
        writeByte(value ? 1 : 0);
    }

    void server(ServerId id) {
        writeByte(id.value().length());
        characters(id.value());
    }

    /** The address of a member. */
    void address(String address) {
        number(address.length());
        characters(address);
    }

    private void characters(String text) {
        int length = text.length();
        require(length);
        for (int i = 0; i < length; i++) {
            buffer[position++] = (byte) text.charAt(i);
        }
    }
}
