package io.driftless.log.mmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.agrona.IoUtil;

/**
 * Up to which sequence the log has been synced, told apart from what was only written: a bad record at or below it is
 * damage, above it a torn tail. Set after every sync without a sync of its own, so after a power cut it may be behind,
 * but never ahead; after the death of the process alone it is exact. Records carry the same number, which brings it
 * forward.
 *
 * <p>Beside it stands what the page cache holds and no sync has covered: up to which sequence records were written,
 * and whether a sync has failed. After a failed sync the page cache may lose what was written although the kernel runs
 * on (R15); the next opening finds that out here, whatever else could not be written any more. What failed is also kept
 * in the process, for an opening after which the file is not what it was.
 *
 * <pre>
 *   0 magic "DLK1" │ version 2
 *   8 slot 0: sequence │ check
 *  24 slot 1: sequence │ check         written in turn
 *  40 boot id of the kernel under which the log was opened, two halves
 *  56 1 after a clean close, else 0
 *  64 CRC32C over bytes 40 to 63
 *  72 slot 0: written sequence │ check
 *  88 slot 1: written sequence │ check, in turn
 * 104 the written sequence of an opening that is under way │ check
 * 120 0; anything else once a write or a sync has failed for good
 * </pre>
 *
 * <p>A slot counts if its check is the sequence times 0x9E3779B97F4A7C15, exclusive-or both halves of the log id. The
 * clean close is noted when the mark itself is on the disk: then it is exact.
 *
 * <p>Confined to who holds the log's sync lock, but {@link #sequence}, {@link #force} and {@link #failed}; and {@link
 * #noteWritten}, which is the owner's.
 */
final class DurableMark {

    /** Its name. */
    static final String FILE = "mark";

    private static final int MAGIC = 'D' | 'L' << 8 | 'K' << 16 | '1' << 24;
    private static final int VERSION = 2;
    private static final int SIZE = 4096;
    private static final int SLOTS = 8;
    private static final int SLOT = 16;
    private static final int BOOT = 40;
    private static final int CLEAN = 56;
    private static final int OWNER_CHECK = 64;
    private static final int WRITTEN = 72;
    private static final int OPENING = 104;
    private static final int FAILED = 120;
    private static final long NONE = -1;

    /** The logs of which a write or a sync has failed in this process, until they have been opened again. */
    private static final Set<UUID> FAILED_HERE = ConcurrentHashMap.newKeySet();

    /**
     * What the file says.
     *
     * @param there    whether a slot counts
     * @param intact   whether the file is whole, as far as can be told
     * @param sequence of the slot that counts; 0 without one
     * @param boot     id of the kernel under which the log was last opened
     * @param clean    whether it was closed cleanly then
     * @param written  the highest sequence that was written; -1 if no slot counts
     * @param opening  the last sequence of an opening that did not get to its end; -1 without one
     * @param failed   whether a write or a sync had failed for good
     */
    record Content(boolean there, boolean intact, long sequence, UUID boot, boolean clean, long written, long opening,
            boolean failed) {

        /**
         * Whether records may be missing that were written and not synced, though the kernel runs on. What is found
         * must agree with the file, unless the machine has restarted: a page of either that could not be written back
         * may have been read again as it was before.
         *
         * @param lastSequence of the records that were found
         * @param saidDurable  the highest sequence that one of them says was synced when it was written
         */
        boolean isMissing(long lastSequence, long saidDurable) {
            if (clean) {
                return false;
            }
            if (!intact || failed) {
                return true;
            }
            boolean lags = sequence < saidDurable || written < lastSequence - 1;
            return KernelBoot.is(boot) && (lastSequence < written || lags && lastSequence != opening);
        }

        /** Why {@link #isMissing} says so, in words. */
        String whatIsMissing(long lastSequence) {
            return failed ? "a write or a sync had failed" : !intact ? "the mark is damaged or missing"
                    : lastSequence < written ? "the last one found is " + lastSequence + ", and " + written
                    + " was written" : "the mark is older than they are";
        }
    }

    private final Disk disk;
    private final MappedByteBuffer mapping;
    private final UUID logId;
    /** Held by {@link #failed} and {@link #close}, because any thread may find that a sync failed. */
    private final ReentrantLock closing = new ReentrantLock();
    private volatile long sequence;
    private int slot;
    private int writtenSlot;
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
        for (int at : new int[] {SLOTS, SLOTS + SLOT, WRITTEN, WRITTEN + SLOT}) {
            put(bytes, at, 0, logId);
        }
        own(bytes, 1);
        disk.replace(logDirectory.resolve(FILE), bytes.array());
    }

    /** What the file says, changing nothing; what is missing or bad says nothing. */
    static Content read(Path logDirectory, UUID logId) throws IOException {
        Path file = logDirectory.resolve(FILE);
        byte[] read = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(read, SIZE)).order(ByteOrder.LITTLE_ENDIAN);
        long synced = highest(bytes, SLOTS, logId);
        long written = highest(bytes, WRITTEN, logId);
        boolean owned = bytes.getLong(OWNER_CHECK) == ownerCheck(bytes);
        boolean intact = bytes.getInt(0) == MAGIC && bytes.getInt(4) == VERSION && owned && synced != NONE
                && written != NONE;
        UUID boot = owned ? new UUID(bytes.getLong(BOOT), bytes.getLong(BOOT + 8)) : KernelBoot.UNKNOWN;
        return new Content(synced != NONE, intact, Math.max(synced, 0), boot, owned && bytes.getLong(CLEAN) == 1,
                written, at(bytes, OPENING, logId),
                bytes.getLong(FAILED) != 0 || FAILED_HERE.contains(logId));
    }

    /** Of two slots; {@link #NONE} if neither is good. */
    private static long highest(ByteBuffer bytes, int slots, UUID logId) {
        return Math.max(at(bytes, slots, logId), at(bytes, slots + SLOT, logId));
    }

    private static long at(ByteBuffer bytes, int slot, UUID logId) {
        long found = bytes.getLong(slot);
        return bytes.getLong(slot + 8) == check(found, logId) ? found : NONE;
    }

    private static void put(ByteBuffer bytes, int slot, long sequence, UUID logId) {
        bytes.putLong(slot, sequence);
        bytes.putLong(slot + 8, check(sequence, logId));
    }

    /** Notes in the file, if it is there, that an opening is about to end at {@code last}; else it says what it did. */
    static void opening(Disk disk, Path logDirectory, UUID logId, long last) throws IOException {
        Path file = logDirectory.resolve(FILE);
        if (isThere(file)) {
            MappedByteBuffer mapping = disk.map(file, SIZE);
            put(mapping.order(ByteOrder.LITTLE_ENDIAN), OPENING, last, logId);
            IoUtil.unmap(mapping);
        }
    }

    /**
     * Opens the file, making it anew if it is missing: from now on it stands for a log that is open. It goes on from
     * {@code last}, which is durable.
     */
    static DurableMark open(Disk disk, Path logDirectory, UUID logId, long last) throws IOException {
        Path file = logDirectory.resolve(FILE);
        if (!isThere(file)) {
            create(disk, logDirectory, logId);
        }
        MappedByteBuffer mapping = disk.map(file, SIZE);
        mapping.order(ByteOrder.LITTLE_ENDIAN).putInt(0, MAGIC).putInt(4, VERSION);
        DurableMark mark = new DurableMark(disk, mapping, logId);
        for (int i = 0; i < 2; i++) {
            mark.set(last);
            mark.noteWritten(last);
        }
        own(mapping, 0);
        mapping.putLong(FAILED, 0).putLong(OPENING, 0).putLong(OPENING + 8, 0);
        mark.force();
        FAILED_HERE.remove(logId);
        return mark;
    }

    private static boolean isThere(Path file) throws IOException {
        return Files.exists(file) && Files.size(file) >= SIZE;
    }

    /** Everything up to {@code sequence} has been synced. */
    void set(long newSequence) {
        sequence = newSequence;
        put(mapping, SLOTS + slot * SLOT, newSequence, logId);
        slot = 1 - slot;
    }

    /** The record {@code written} is in the page cache, before anybody hears of it. */
    void noteWritten(long written) {
        put(mapping, WRITTEN + writtenSlot * SLOT, written, logId);
        writtenSlot = 1 - writtenSlot;
    }

    /** A write or a sync has failed for good: said to the next opening, as far as that is possible without a disk. */
    void failed() {
        FAILED_HERE.add(logId);
        closing.lock();
        try {
            if (!closed) {
                mapping.putLong(FAILED, 1);
            }
        } finally {
            closing.unlock();
        }
    }

    /** Forgets what failed, as a process that ends does; for tests. */
    static void forget() {
        FAILED_HERE.clear();
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
        closing.lock();
        try {
            if (!closed) {
                closed = true;
                IoUtil.unmap(mapping);
            }
        } finally {
            closing.unlock();
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
