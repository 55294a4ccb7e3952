package io.driftless.codec.kryo;

import com.esotericsoftware.kryo.kryo5.io.Input;
import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.raft.Member;
import io.driftless.raft.ServerId;
import java.nio.charset.StandardCharsets;

/** Reads the kinds of fields that records have, each within its bounds. Confined, as its {@link Codec}. */
final class FieldInput extends Input {

    private static final byte[] NOTHING = new byte[0];
    private static final int SERVER_LENGTH_MAX = 64;

    private final Names names = new Names();
    private int start;
    private Bytes payloads = Bytes.EMPTY;
    private int payloadsTaken;

    FieldInput() {
        super(NOTHING);
    }

    void begin(byte[] array, int offset, int length, Bytes newPayloads) {
        setBuffer(array, offset, length);
        start = offset;
        payloads = newPayloads;
        payloadsTaken = 0;
    }

    /** Lets go of what belongs to the caller. */
    void release() {
        setBuffer(NOTHING);
        payloads = Bytes.EMPTY;
    }

    /** Checks that nothing is left over. */
    void finish() {
        if (position != limit) {
            throw malformed((limit - position) + " bytes too many");
        }
        if (payloadsTaken != payloads.length()) {
            throw malformed("a content of " + payloadsTaken + " bytes with payloads of " + payloads.length());
        }
    }

    /** An error at the byte to be read next. */
    MalformedException malformed(String message) {
        return new MalformedException((long) position - start, message);
    }

    /** An error at the byte that was read last. */
    MalformedException malformedBefore(String message) {
        return new MalformedException((long) position - 1 - start, message);
    }

    /** A term or an index. */
    long number() {
        long value = readVarLong(true);
        if (value < 0 || value > FieldOutput.NUMBER_MAX) {
            throw malformedBefore("a term, index or count of " + value);
        }
        return value;
    }

    /** A number from 0 to {@code max}. */
    int smallNumber(int max) {
        long value = readVarLong(true);
        if (value < 0 || value > max) {
            throw malformedBefore("a number of " + value + ", which is not 0 to " + max);
        }
        return (int) value;
    }

    /** How many of something follow of which each takes at least {@code bytesEach} bytes. */
    int count(int bytesEach) {
        long value = readVarLong(true);
        if (value < 0 || value > (limit - position) / bytesEach) {
            throw malformedBefore("a count of " + value + " in front of " + (limit - position) + " bytes");
        }
        return (int) value;
    }

    boolean flag() {
        int value = readByte();
        if (value != 0 && value != 1) {
            throw malformedBefore("a flag of " + value);
        }
        return value == 1;
    }

    ServerId server() {
        int length = readByte();
        if (length < 0 || length > SERVER_LENGTH_MAX) {
            throw malformedBefore("a server id of " + (length & 0xff) + " characters");
        }
        require(length);
        ServerId id = names.of(buffer, position, length);
        position += length;
        return id;
    }

    /** The address of a member; whoever makes one of it checks its characters. */
    String address() {
        int length = count(1);
        if (length > Member.ADDRESS_LENGTH_MAX) {
            throw malformedBefore("an address of " + length + " characters");
        }
        String address = new String(buffer, position, length, StandardCharsets.ISO_8859_1);
        position += length;
        return address;
    }

    /** The next payload, the length of which follows. */
    Bytes payload() {
        long length = readVarLong(true);
        if (length < 0 || length > payloads.length() - payloadsTaken) {
            throw malformedBefore("a payload of " + length + " bytes where " + (payloads.length() - payloadsTaken)
                    + " are left");
        }
        Bytes payload = payloads.slice(payloadsTaken, (int) length);
        payloadsTaken += (int) length;
        return payload;
    }

    // Kryo's would look for a stream to read on from, and lose the position.
    @Override
    protected int require(int required) {
        int remaining = limit - position;
        if (remaining < required) {
            throw new MalformedException((long) limit - start, "the bytes end too early");
        }
        return remaining;
    }

    /** How many bytes are left. */
    int left() {
        return limit - position;
    }
}
