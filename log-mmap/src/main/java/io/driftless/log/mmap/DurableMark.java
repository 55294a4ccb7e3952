package io.driftless.log.mmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.agrona.IoUtil;

/**
 * Up to which sequence the log has been synced, told apart from what was only written: a bad record at or below it is
 * damage, above it a torn tail. Set after every sync without a sync of its own, so after a power cut it may be behind,
 * but never ahead; after the death of the process alone it is exact. Records carry the same number, which brings it
 * forward.
 *
 * <pre>
 *   0 magic "DLK1" │ version
 *   8 slot 0: sequence │ check
 *  24 slot 1: sequence │ check         written in turn
 * </pre>
 *
 * <p>A slot counts if its check is the sequence times 0x9E3779B97F4A7C15, exclusive-or both halves of the log id.
 *
 * <p>Confined to who holds the log's sync lock.
 */
final class DurableMark {

    /** Its name. */
    static final String FILE = "mark";

    private static final int MAGIC = 'D' | 'L' << 8 | 'K' << 16 | '1' << 24;
    private static final int VERSION = 1;
    private static final int SIZE = 4096;
    private static final int SLOTS = 8;
    private static final int SLOT = 16;

    private final Disk disk;
    private final MappedByteBuffer mapping;
    private final UUID logId;
    private long sequence;
    private int slot;
    private boolean closed;

    private DurableMark(Disk disk, MappedByteBuffer mapping, UUID logId) {
        this.disk = disk;
        this.mapping = mapping;
        this.logId = logId;
    }

    /** Makes the file; durable on return. */
    static void create(Disk disk, Path logDirectory) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(MAGIC).putInt(VERSION);
        disk.replace(logDirectory.resolve(FILE), bytes.array());
    }

    /** What the file says, changing nothing; 0 if it says nothing or is not there. */
    static long read(Path logDirectory, UUID logId) throws IOException {
        Path file = logDirectory.resolve(FILE);
        if (!Files.exists(file) || Files.size(file) < SIZE) {
            return 0;
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        long highest = 0;
        for (int i = 0; i < 2; i++) {
            long sequence = bytes.getLong(SLOTS + i * SLOT);
            if (sequence > highest && bytes.getLong(SLOTS + i * SLOT + 8) == check(sequence, logId)) {
                highest = sequence;
            }
        }
        return highest;
    }

    /** Opens the file, making it anew if it is missing; it goes on from {@code sequence}, which is durable. */
    static DurableMark open(Disk disk, Path logDirectory, UUID logId, long sequence) throws IOException {
        Path file = logDirectory.resolve(FILE);
        if (!Files.exists(file) || Files.size(file) < SIZE) {
            create(disk, logDirectory);
        }
        MappedByteBuffer mapping = disk.map(file, SIZE);
        mapping.order(ByteOrder.LITTLE_ENDIAN);
        DurableMark mark = new DurableMark(disk, mapping, logId);
        mark.set(sequence);
        mark.set(sequence);
        mark.force();
        return mark;
    }

    /** Everything up to {@code sequence} has been synced. */
    void set(long newSequence) {
        sequence = newSequence;
        mapping.putLong(SLOTS + slot * SLOT, newSequence);
        mapping.putLong(SLOTS + slot * SLOT + 8, check(newSequence, logId));
        slot = 1 - slot;
    }

    long sequence() {
        return sequence;
    }

    /** Brings it to the disk. */
    void force() {
        disk.force(mapping, 0, SIZE);
    }

    /** Unmaps it; idempotent. */
    void close() {
        if (!closed) {
            closed = true;
            IoUtil.unmap(mapping);
        }
    }

    private static long check(long sequence, UUID logId) {
        return sequence * 0x9E3779B97F4A7C15L ^ logId.getMostSignificantBits() ^ logId.getLeastSignificantBits();
    }
}
