package io.driftless.log.mmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;
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
 *  40 boot id of the kernel under which the log was opened, two halves
 *  56 1 after a clean close, else 0
 *  64 CRC32C over bytes 40 to 63
 * </pre>
 *
 * <p>A slot counts if its check is the sequence times 0x9E3779B97F4A7C15, exclusive-or both halves of the log id. The
 * clean close is noted when the mark itself is on the disk: then it is exact.
 *
 * <p>Confined to who holds the log's sync lock, but {@link #sequence} and {@link #force}.
 */
final class DurableMark {

    /** Its name. */
    static final String FILE = "mark";

    private static final int MAGIC = 'D' | 'L' << 8 | 'K' << 16 | '1' << 24;
    private static final int VERSION = 1;
    private static final int SIZE = 4096;
    private static final int SLOTS = 8;
    private static final int SLOT = 16;
    private static final int BOOT = 40;
    private static final int CLEAN = 56;
    private static final int OWNER_CHECK = 64;

    /**
     * What the file says.
     *
     * @param there    whether a slot counts
     * @param sequence of the slot that counts; 0 without one
     * @param boot     id of the kernel under which the log was last opened
     * @param clean    whether it was closed cleanly then
     */
    record Content(boolean there, long sequence, UUID boot, boolean clean) { }

    private final Disk disk;
    private final MappedByteBuffer mapping;
    private final UUID logId;
    private volatile long sequence;
    private int slot;
    private boolean closed;

    private DurableMark(Disk disk, MappedByteBuffer mapping, UUID logId) {
        this.disk = disk;
        this.mapping = mapping;
        this.logId = logId;
    }

    /** Makes the file; durable on return. */
    static void create(Disk disk, Path logDirectory, UUID logId) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(MAGIC).putInt(VERSION);
        for (int i = 0; i < 2; i++) {
            bytes.putLong(SLOTS + i * SLOT + 8, check(0, logId));
        }
        own(bytes, 1);
        disk.replace(logDirectory.resolve(FILE), bytes.array());
    }

    /** What the file says, changing nothing; what is missing or bad says nothing. */
    static Content read(Path logDirectory, UUID logId) throws IOException {
        Path file = logDirectory.resolve(FILE);
        byte[] read = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(read, SIZE)).order(ByteOrder.LITTLE_ENDIAN);
        boolean there = false;
        long highest = 0;
        for (int i = 0; i < 2; i++) {
            long sequence = bytes.getLong(SLOTS + i * SLOT);
            if (bytes.getLong(SLOTS + i * SLOT + 8) == check(sequence, logId)) {
                there = true;
                highest = Math.max(highest, sequence);
            }
        }
        boolean owned = bytes.getLong(OWNER_CHECK) == ownerCheck(bytes);
        UUID boot = owned ? new UUID(bytes.getLong(BOOT), bytes.getLong(BOOT + 8)) : KernelBoot.UNKNOWN;
        return new Content(there, highest, boot, owned && bytes.getLong(CLEAN) == 1);
    }

    /** Opens the file, making it anew if it is missing; it goes on from {@code sequence}, which is durable. */
    static DurableMark open(Disk disk, Path logDirectory, UUID logId, long sequence) throws IOException {
        Path file = logDirectory.resolve(FILE);
        if (!Files.exists(file) || Files.size(file) < SIZE) {
            create(disk, logDirectory, logId);
        }
        MappedByteBuffer mapping = disk.map(file, SIZE);
        mapping.order(ByteOrder.LITTLE_ENDIAN);
        DurableMark mark = new DurableMark(disk, mapping, logId);
        mark.set(sequence);
        mark.set(sequence);
        own(mapping, 0);
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

    /** Notes that the log is closed, with everything on the disk; durable on return. */
    void closedCleanly() {
        own(mapping, 1);
        force();
    }

    private static void own(ByteBuffer bytes, long clean) {
        UUID boot = KernelBoot.id();
        bytes.putLong(BOOT, boot.getMostSignificantBits());
        bytes.putLong(BOOT + 8, boot.getLeastSignificantBits());
        bytes.putLong(CLEAN, clean);
        bytes.putLong(OWNER_CHECK, ownerCheck(bytes));
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

    private static long ownerCheck(ByteBuffer bytes) {
        byte[] owner = new byte[OWNER_CHECK - BOOT];
        bytes.get(BOOT, owner);
        CRC32C crc = new CRC32C();
        crc.update(owner);
        return crc.getValue();
    }
}
