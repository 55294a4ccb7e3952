package io.driftless.sim.history;

import io.driftless.log.Bytes;
import java.nio.ByteBuffer;

/**
 * A command on one register. It answers with the value before it. Immutable.
 *
 * @param serial   unique in the run
 * @param client   who
 * @param kind     what
 * @param key      which register
 * @param value    what is written
 * @param expected for {@link Kind#CAS}: what must stand there
 */
public record Operation(long serial, int client, Kind kind, int key, long value, long expected) {

    /** What it does. */
    public enum Kind {
        /** Reads. */
        READ,
        /** Writes. */
        WRITE,
        /** Writes if the expected value stands there. */
        CAS
    }

    private static final int LENGTH = 3 * Long.BYTES + 3 * Integer.BYTES;

    /** What a log entry with a command counts for. */
    public static final long WEIGHT = io.driftless.log.LogEntry.weightOf(LENGTH);

    /** The register after it. */
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
