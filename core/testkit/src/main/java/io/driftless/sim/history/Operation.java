package io.driftless.sim.history;

import io.driftless.log.Bytes;
import java.nio.ByteBuffer;

/**
 * A command on one register. Its answer is the value that the register had before it. Immutable.
 *
 * @param serial   unique in the run
 * @param client   who
 * @param kind     what
 * @param key      which register
 * @param value    what is written
 * @param expected for {@link Kind#CAS}, the value that the register must have
 */
public record Operation(long serial, int client, Kind kind, int key, long value, long expected) {

    /** What an operation does. */
    public enum Kind {
        /** Reads. */
        READ,
        /** Writes. */
        WRITE,
        /** Writes if the register has the expected value. */
        CAS
    }

    private static final int LENGTH = 3 * Long.BYTES + 3 * Integer.BYTES;

    /** The weight of a log entry with a command. */
    public static final long WEIGHT = io.driftless.log.LogEntry.weightOf(LENGTH);

    /** The value of the register after the operation. */
    public long after(long before) {
        return switch (kind) {
            case READ -> before;
            case WRITE -> value;
            case CAS -> before == expected ? value : before;
        };
    }

    public Bytes encoded() {
        ByteBuffer buffer = ByteBuffer.allocate(LENGTH).putLong(serial).putLong(value).putLong(expected).putInt(client)
                .putInt(kind.ordinal()).putInt(key);
        return Bytes.wrap(buffer.array());
    }

    public static Operation decode(ByteBuffer buffer) {
        long serial = buffer.getLong();
        long value = buffer.getLong();
        long expected = buffer.getLong();
        int client = buffer.getInt();
        return new Operation(serial, client, Kind.values()[buffer.getInt()], buffer.getInt(), value, expected);
    }
}
