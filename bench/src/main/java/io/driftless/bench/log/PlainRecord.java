package io.driftless.bench.log;

import io.driftless.log.EntryType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * A record as the log has it on the disk (docs/log-format.md), encoded without the log: the header of the document, the
 * header of the record, a payload of a fixed size, and what fills up to a multiple of 4. Confined to one thread.
 */
final class PlainRecord {

    private static final int DOCUMENT = 4;
    private static final int HEADER = 72;
    private static final int MAGIC = 'D' | 'L' << 8 | 'R' << 16 | '1' << 24;
    private static final int VERSION = 2;
    /** What the checksum covers beside the record: log id, number of the segment, offset. */
    private static final int BINDING = 32;

    private final byte[] payload;
    private final ByteBuffer bound = ByteBuffer.allocate(BINDING + HEADER - 8).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C crc = new CRC32C();

    PlainRecord(int size) {
        this.payload = LogWriter.payload(size);
    }

    /** Bytes on the disk. */
    int bytes() {
        return DOCUMENT + HEADER + payload.length + 3 & ~3;
    }

    /** So many records without a gap, for those who only copy them. */
    ByteBuffer times(int entries) {
        ByteBuffer records = ByteBuffer.allocateDirect(entries * bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < entries; i++) {
            put(records, i * bytes(), i + 1);
        }
        return records;
    }

    /** Writes the record of entry {@code index} to {@code at}, its document's header last. */
    void put(ByteBuffer to, int at, long index) {
        bound.clear().position(24);
        bound.putLong(at + DOCUMENT);
        bound.put((byte) EntryType.COMMAND.code()).put((byte) VERSION).putShort((short) 0).putInt(payload.length);
        bound.putLong(index).putLong(1).putLong(index).putLong(1).putLong(index).putLong(index).putLong(index - 1);
        crc.reset();
        crc.update(bound.array());
        crc.update(payload);
        int from = at + DOCUMENT;
        to.putInt(from, MAGIC);
        to.putInt(from + 4, (int) crc.getValue());
        to.put(from + 8, bound.array(), BINDING, HEADER - 8);
        to.put(from + HEADER, payload);
        to.putInt(at, HEADER + payload.length);
    }
}
