package io.driftless.log.mmap;

import io.driftless.log.LogEntry;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * One record of a segment, byte by byte. All numbers are little-endian. Chronicle puts a 4-byte document header in
 * front (see {@link SegmentScan}); the offset of a record is that of its own first byte, behind that header.
 *
 * <pre>
 *   0 ┌───────────────┬───────────────┐
 *     │ magic "DLR1"  │ CRC32C        │
 *   8 ├────┬────┬─────┼───────────────┤
 *     │type│ver │dist.│ payload length│
 *  16 ├────┴────┴─────┴───────────────┤
 *     │ index                         │   entry: its index          segment: the segment's number
 *  24 │ term                          │   entry: its term           segment: size of the segment in bytes
 *  32 │ time, ms                      │
 *  40 │ session                       │
 *  48 │ serial                        │
 *  56 │ sequence                      │   rises by one per entry written, whatever its index; segment: 0
 *  64 │ durable sequence              │   the highest sequence known to be synced when this was written
 *  72 ├───────────────────────────────┤
 *     │ payload ...                   │
 *     └───────────────────────────────┘
 * </pre>
 *
 * <p>The distance, two bytes, is that of {@link LogEntry#distance()}; a segment's first record has 0 there.
 *
 * <p>The checksum is over 32 bytes that are not stored (log id, segment number, offset of the record), then over bytes
 * 8 to the end: a record passes only where it was written, so neither a segment of another log nor a payload that is
 * itself a log is taken for one.
 *
 * <p>Holds scratch space; confined to one thread.
 */
final class RecordFormat {

    /** "DLR1" as stored. */
    static final int MAGIC = 'D' | 'L' << 8 | 'R' << 16 | '1' << 24;
    /** Bytes before the payload. */
    static final int HEADER = 72;
    /** Version of the layout. */
    static final int VERSION = 2;
    /** Type of the first record of every segment; the other types are those of {@link io.driftless.log.EntryType}. */
    static final int SEGMENT_TYPE = 100;

    static final int CRC = 4;
    static final int TYPE = 8;
    static final int VERSION_AT = 9;
    static final int DISTANCE = 10;
    static final int LENGTH = 12;
    static final int INDEX = 16;
    static final int TERM = 24;
    static final int TIME = 32;
    static final int SESSION = 40;
    static final int SERIAL = 48;
    static final int SEQUENCE = 56;
    static final int DURABLE = 64;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    /** Log id, segment number and offset. */
    private static final int BINDING = 32;
    private static final int OFFSET = 24;

    /** The binding, then a record's header from {@link #TYPE} on. */
    private final byte[] bound = new byte[BINDING + HEADER - TYPE];
    private final byte[] header = new byte[HEADER];
    private final CRC32C crc = new CRC32C();

    /** For records of one segment. */
    RecordFormat(UUID logId, long segmentNumber) {
        bind(logId, segmentNumber);
    }

    /** From now on for records of this segment. */
    void bind(UUID logId, long segmentNumber) {
        LONG.set(bound, 0, logId.getMostSignificantBits());
        LONG.set(bound, 8, logId.getLeastSignificantBits());
        LONG.set(bound, 16, segmentNumber);
    }

    /** The {@link #HEADER} bytes of an entry's record at {@code offset}, valid until the next call. */
    byte[] encode(LogEntry entry, long offset, long sequence, long durableSequence) {
        int length = entry.payload().length();
        bound[BINDING] = (byte) entry.type().code();
        SHORT.set(bound, BINDING + DISTANCE - TYPE, (short) entry.distance());
        numbers(length, entry.index(), entry.term(), entry.timeMs(), entry.session(), entry.serial());
        LONG.set(bound, BINDING + SEQUENCE - TYPE, sequence);
        LONG.set(bound, BINDING + DURABLE - TYPE, durableSequence);
        return finish(offset, entry.payload().array(), entry.payload().offset(), length);
    }

    /** The record that a segment begins with. */
    byte[] encodeSegment(long offset, long number, long size) {
        Arrays.fill(bound, BINDING, bound.length, (byte) 0);
        bound[BINDING] = SEGMENT_TYPE;
        numbers(0, number, size, 0, 0, 0);
        return finish(offset, bound, 0, 0);
    }

    private void numbers(int length, long index, long term, long timeMs, long session, long serial) {
        bound[BINDING + VERSION_AT - TYPE] = VERSION;
        INT.set(bound, BINDING + LENGTH - TYPE, length);
        LONG.set(bound, BINDING + INDEX - TYPE, index);
        LONG.set(bound, BINDING + TERM - TYPE, term);
        LONG.set(bound, BINDING + TIME - TYPE, timeMs);
        LONG.set(bound, BINDING + SESSION - TYPE, session);
        LONG.set(bound, BINDING + SERIAL - TYPE, serial);
    }

    private byte[] finish(long offset, byte[] payload, int from, int length) {
        LONG.set(bound, OFFSET, offset);
        crc.reset();
        crc.update(bound, 0, bound.length);
        crc.update(payload, from, length);
        INT.set(header, 0, MAGIC);
        INT.set(header, CRC, (int) crc.getValue());
        System.arraycopy(bound, BINDING, header, TYPE, HEADER - TYPE);
        return header;
    }

    /**
     * Whether the checksum of the record in {@code array}, from {@code from} on, is that of a record at {@code offset}.
     */
    boolean matches(byte[] array, int from, long offset) {
        LONG.set(bound, OFFSET, offset);
        System.arraycopy(array, from + TYPE, bound, BINDING, HEADER - TYPE);
        crc.reset();
        crc.update(bound, 0, bound.length);
        crc.update(array, from + HEADER, intAt(array, from + LENGTH));
        return (int) crc.getValue() == intAt(array, from + CRC);
    }

    /**
     * The same for a header in {@code array} and a payload between position and limit of {@code payload}, which is
     * consumed. If that is mapped, each of its pages must have been read plainly before: the checksum's machine code
     * dies where a plain read throws.
     */
    boolean matches(byte[] array, long offset, ByteBuffer payload) {
        LONG.set(bound, OFFSET, offset);
        System.arraycopy(array, TYPE, bound, BINDING, HEADER - TYPE);
        crc.reset();
        crc.update(bound, 0, bound.length);
        crc.update(payload);
        return (int) crc.getValue() == intAt(array, CRC);
    }

    static long longAt(byte[] array, int at) {
        return (long) LONG.get(array, at);
    }

    /** Unsigned. */
    static int shortAt(byte[] array, int at) {
        return Short.toUnsignedInt((short) SHORT.get(array, at));
    }

    static int intAt(byte[] array, int at) {
        return (int) INT.get(array, at);
    }
}
