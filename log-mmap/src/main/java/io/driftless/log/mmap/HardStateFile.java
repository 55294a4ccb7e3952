package io.driftless.log.mmap;

import io.driftless.log.HardStateStore;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogListener;
import io.driftless.log.Opening;
import io.driftless.log.SyncFailedException;
import io.driftless.raft.HardState;
import io.driftless.raft.ServerId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.agrona.IoUtil;
import org.jspecify.annotations.Nullable;

/**
 * Term, vote and the count of starts in one file of four pages of 4 KiB. Each page holds one checksummed copy; pages 0
 * and 1 are one pair, 2 and 3 the other. A write goes to both pages of the older pair in one sync, so whatever a crash
 * does to it, the other pair holds what was acknowledged before, and one rotten page loses nothing. At open the newest
 * copy is synced where it is, and then written to the other pair and synced, before it counts (R14).
 *
 * <pre>
 *   0 magic "DLH1" │ CRC32C over bytes 8 to 175
 *   8 version      │ 1 after a clean stop, else 0
 *  16 sequence: rises by one per write
 *  24 currentTerm
 *  32 boot: counts the starts
 *  40 boot id of the kernel that was running, two halves
 *  56 length of votedFor (0: no vote) │ 0
 *  64 votedFor, 64 bytes of UTF-8, zeros behind it
 * 128 zeros up to 176
 * </pre>
 *
 * <p>Can be used alone. One thread at a time; an interrupt does no harm.
 */
public final class HardStateFile implements HardStateStore {

    private static final int MAGIC = 'D' | 'L' << 8 | 'H' << 16 | '1' << 24;
    private static final int VERSION = 1;
    private static final int PAGE = 4096;
    private static final int COPIES = 4;
    private static final int COPY = 176;
    private static final int VOTE = 64;

    private record Content(long sequence, HardState state, long boot, UUID kernelBootId, boolean clean) { }

    private final Path file;
    private final MappedByteBuffer mapping;
    private final Disk disk;
    private final Opening opening;
    private Content content;
    private int nextPair;
    private boolean closed;
    private @Nullable SyncFailedException failure;

    private HardStateFile(Path file, MappedByteBuffer mapping, Disk disk, Content content, int nextPair) {
        this.file = file;
        this.mapping = mapping;
        this.disk = disk;
        this.content = content;
        this.opening = content.boot() == 0 ? Opening.CLEAN
                : new Opening(content.clean(), KernelBoot.is(content.kernelBootId()), false);
        this.nextPair = nextPair;
    }

    /**
     * Opens it, or makes one that has seen nothing if there is none. Counts a start; durable on return.
     *
     * @param listener is told of a bad copy
     * @throws LogCorruptException if no copy is good
     * @throws SyncFailedException if the disk did not take it
     */
    public static HardStateFile open(Path file, LogListener listener) {
        return open(file, listener, Disk.REAL);
    }

    static HardStateFile open(Path file, LogListener listener, Disk disk) {
        try {
            if (Files.exists(file)) {
                // A process that was killed may have made it a moment ago, and not have forced the directory.
                disk.forceDirectory(file.toAbsolutePath().getParent());
            } else {
                create(file, disk);
            }
            return read(file, listener, disk);
        } catch (IOException e) {
            throw LogOpening.failed(file, e);
        }
    }

    /** Makes a file that has seen nothing; durable on return. */
    static void create(Path file, Disk disk) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(COPIES * PAGE);
        byte[] copy = encode(new Content(1, HardState.INITIAL, 0, new UUID(0, 0), true));
        bytes.put(0, copy).put(PAGE, copy);
        disk.replace(file, bytes.array());
    }

    private static HardStateFile read(Path file, LogListener listener, Disk disk) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Content newest = null;
        int pair = 0;
        for (int i = 0; i < COPIES; i++) {
            Content copy = bytes.length < COPIES * PAGE ? null : decode(bytes, i * PAGE);
            if (copy == null && !isZero(bytes, i * PAGE)) {
                listener.warning(file + ": copy " + i + " of " + COPIES + " of the hard state, at offset " + i * PAGE
                        + ", is bad");
            }
            if (copy != null && (newest == null || copy.sequence() > newest.sequence())) {
                newest = copy;
                pair = i / 2;
            }
        }
        if (newest == null) {
            throw new LogCorruptException(file + " is damaged: none of its " + COPIES
                    + " copies of term and vote can be read");
        }
        MappedByteBuffer mapping = disk.map(file, COPIES * PAGE);
        HardStateFile opened = new HardStateFile(file, mapping, disk, newest, pair);
        // What was read may be a write that a kill interrupted. Until its own pair is on the disk, only the other one
        // holds what was acknowledged, and must not be touched. The same bytes are stored again, because after a failed
        // sync a force alone would do nothing; and no others, because this pair may be the only good one.
        try {
            opened.put(newest);
            opened.put(new Content(newest.sequence() + 1, newest.state(), newest.boot() + 1, KernelBoot.id(), false));
            return opened;
        } catch (SyncFailedException e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public HardState read() {
        requireOpen();
        return content.state();
    }

    @Override
    public void write(HardState state) {
        requireOpen();
        requireFollows(content.state(), state);
        put(new Content(content.sequence() + 1, state, content.boot(), content.kernelBootId(), false));
    }

    /** Which start this is, from 1. */
    public long boot() {
        return content.boot();
    }

    /** How the last owner left it; nothing about a log beside it. */
    public Opening opening() {
        return opening;
    }

    /** Notes a clean stop; durable on return. Nothing is written afterwards. */
    void markClean() {
        requireOpen();
        put(new Content(content.sequence() + 1, content.state(), content.boot(), content.kernelBootId(), true));
    }

    private static void requireFollows(HardState before, HardState after) {
        if (after.currentTerm() < before.currentTerm()) {
            throw new IllegalArgumentException("term falls from " + before.currentTerm() + " to "
                    + after.currentTerm());
        }
        if (after.currentTerm() == before.currentTerm() && !before.votedFor().isNone()
                && !after.votedFor().equals(before.votedFor())) {
            throw new IllegalArgumentException("vote of term " + after.currentTerm() + " changes from "
                    + before.votedFor() + " to "
                    + after.votedFor());
        }
    }

    private void put(Content now) {
        SyncFailedException before = failure;
        if (before != null) {
            throw new SyncFailedException(before.getMessage() + " (a failed write is final)", before);
        }
        try {
            byte[] copy = encode(now);
            int at = nextPair * 2 * PAGE;
            disk.store(mapping, at, copy);
            disk.store(mapping, at + PAGE, copy);
            disk.force(mapping, at, 2 * PAGE);
        } catch (RuntimeException | InternalError e) {
            SyncFailedException failed = new SyncFailedException(file + ": term " + now.state().currentTerm()
                    + " could not be synced: " + e, e);
            failure = failed;
            throw failed;
        }
        content = now;
        nextPair = 1 - nextPair;
    }

    private static byte[] encode(Content content) {
        ByteBuffer buffer = ByteBuffer.allocate(COPY).order(ByteOrder.LITTLE_ENDIAN);
        byte[] vote = content.state().votedFor().value().getBytes(StandardCharsets.UTF_8);
        buffer.putInt(MAGIC).putInt(0).putInt(VERSION).putInt(content.clean() ? 1 : 0);
        buffer.putLong(content.sequence()).putLong(content.state().currentTerm()).putLong(content.boot());
        buffer.putLong(content.kernelBootId().getMostSignificantBits())
                .putLong(content.kernelBootId().getLeastSignificantBits());
        buffer.putInt(vote.length).putInt(0).put(vote);
        buffer.putInt(4, check(buffer.array(), 0));
        return buffer.array();
    }

    private static @Nullable Content decode(byte[] bytes, int at) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, at, COPY).order(ByteOrder.LITTLE_ENDIAN);
        if (buffer.getInt() != MAGIC || buffer.getInt() != check(bytes, at) || buffer.getInt() != VERSION) {
            return null;
        }
        boolean clean = buffer.getInt() == 1;
        long sequence = buffer.getLong();
        long term = buffer.getLong();
        long boot = buffer.getLong();
        UUID kernel = new UUID(buffer.getLong(), buffer.getLong());
        int length = buffer.getInt();
        if (length < 0 || length > VOTE) {
            return null;
        }
        String vote = new String(bytes, at + 64, length, StandardCharsets.UTF_8);
        return new Content(sequence, new HardState(term, new ServerId(vote)), boot, kernel, clean);
    }

    private static int check(byte[] bytes, int at) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, at + 8, COPY - 8);
        return (int) crc.getValue();
    }

    private static boolean isZero(byte[] bytes, int from) {
        for (int i = from; i < Math.min(bytes.length, from + COPY); i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private void requireOpen() {
        if (closed) {
            throw new LogClosedException(file + " is closed");
        }
    }

    /** Lets go of the file. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            IoUtil.unmap(mapping);
        }
    }
}
