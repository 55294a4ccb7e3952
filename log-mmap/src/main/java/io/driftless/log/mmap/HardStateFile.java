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
 * Term, vote, doubt (R18) and the count of starts in one file of four pages of 4 KiB. Each page holds one checksummed
 * copy; pages 0 and 1 are one pair, 2 and 3 the other. A write goes to both pages of the older pair in one sync, so
 * whatever a crash does to it, the other pair holds what was acknowledged before, and one rotten page loses nothing. At
 * open the newest copy is synced where it is, and then written to the other pair and synced, before it counts (R14).
 *
 * <pre>
 *   0 magic "DLH1" │ CRC32C over bytes 8 to 175
 *   8 version      │ 1 after a clean stop, else 0
 *  16 sequence: rises by one per write
 *  24 currentTerm
 *  32 boot: counts the starts; raised to the highest of this folder that a peer has seen
 *  40 boot id of the kernel that was running, two halves
 *  56 length of votedFor (0: no vote) │ 0
 *  64 votedFor, 64 bytes of UTF-8, zeros behind it
 * 128 the term in which the server came into doubt; 0 if it is sure
 * 136 1 if entries may count here before they are synced, else 0 │ 0
 * 144 zeros up to 176
 * </pre>
 *
 * <p>A server is in doubt if the last owner did not stop cleanly, the machine has restarted since, and entries could
 * count before they were synced: at open, in the write that counts the start. The log is opened after that, so whatever
 * ends the process in between, the doubt is there. It is in doubt too if the machine runs on and the log may lack what
 * was written (R15): noted when the log has been looked at, before anything in it is changed.
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
    private static final int DOUBT = 128;

    private record Content(long sequence, HardState state, long boot, UUID kernelBootId, boolean clean,
            long doubtTerm, boolean relaxed) {

        Content with(HardState newState) {
            return new Content(sequence + 1, newState, boot, kernelBootId, false, doubtTerm, relaxed);
        }

        Content inDoubt(long since, long bootSeen) {
            return new Content(sequence + 1, state, Math.max(boot, bootSeen), kernelBootId, false, since, relaxed);
        }

        Content with(long newDoubtTerm, boolean newRelaxed) {
            return new Content(sequence + 1, state, boot, kernelBootId, false, newDoubtTerm, newRelaxed);
        }

        Content stopped() {
            return new Content(sequence + 1, state, boot, kernelBootId, true, doubtTerm, relaxed);
        }
    }

    /**
     * What its owner goes by.
     *
     * @param relaxed   whether entries count before they are synced
     * @param catchesUp whether an undecided tail of the log brings the server into doubt
     */
    record Terms(boolean relaxed, boolean catchesUp) {
        static final Terms STRICT = new Terms(false, false);
    }

    private final Path file;
    private final MappedByteBuffer mapping;
    private final Disk disk;
    private final Opening opening;
    private final Terms terms;
    /** Whether the doubt began at this opening, and is none unless the log has an undecided tail. */
    private final boolean hangsOnTheLog;
    /** Whether entries counted here before they were synced, up to this opening. */
    private final boolean lastRelaxed;
    private final long boot;
    private Content content;
    private int nextPair;
    private boolean closed;
    private @Nullable SyncFailedException failure;

    private HardStateFile(Path file, MappedByteBuffer mapping, Disk disk, Terms terms, Content content, int nextPair) {
        this.file = file;
        this.mapping = mapping;
        this.disk = disk;
        this.terms = terms;
        this.content = content;
        this.boot = content.boot() + 1;
        this.hangsOnTheLog = content.doubtTerm() == 0 && !content.relaxed();
        this.opening = content.boot() == 0 ? Opening.CLEAN
                : new Opening(content.clean(), KernelBoot.is(content.kernelBootId()), false, false);
        this.lastRelaxed = content.relaxed();
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
        return Interrupts.shielded(() -> open(file, listener, Disk.REAL, Terms.STRICT));
    }

    static HardStateFile open(Path file, LogListener listener, Disk disk, Terms terms) {
        try {
            if (Files.exists(file)) {
                // A process that was killed may have made it a moment ago, and not have forced the directory.
                disk.forceDirectory(file.toAbsolutePath().getParent());
            } else {
                create(file, disk);
            }
            return read(file, listener, disk, terms);
        } catch (IOException e) {
            throw LogOpener.failed(file, e);
        }
    }

    /** Makes a file that has seen nothing; durable on return. */
    static void create(Path file, Disk disk) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(COPIES * PAGE);
        byte[] copy = encode(new Content(1, HardState.INITIAL, 0, new UUID(0, 0), true, 0, false));
        bytes.put(0, copy).put(PAGE, copy);
        disk.replace(file, bytes.array());
    }

    private static HardStateFile read(Path file, LogListener listener, Disk disk, Terms terms) throws IOException {
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
        HardStateFile opened = new HardStateFile(file, mapping, disk, terms, newest, pair);
        // What was read may be a write that a kill interrupted. Until its own pair is on the disk, only the other one
        // holds what was acknowledged, and must not be touched. The same bytes are stored again, because after a failed
        // sync a force alone would do nothing; and no others, because this pair may be the only good one.
        try {
            opened.put(newest);
            opened.put(opened.begun(newest));
            return opened;
        } catch (SyncFailedException e) {
            opened.close();
            throw e;
        }
    }

    /** The start that follows what was found. */
    private Content begun(Content found) {
        boolean mayLack = opening.mayLackEntries() && (found.relaxed() || terms.catchesUp());
        return new Content(found.sequence() + 1, found.state(), found.boot() + 1, KernelBoot.id(), false,
                found.doubtTerm() == 0 && mayLack ? found.state().currentTerm() : found.doubtTerm(),
                terms.relaxed() || found.relaxed() && !found.clean());
    }

    /**
     * The log beside it has been looked at, and nothing in it has been changed. What may be missing there brings doubt,
     * if entries counted without a sync; durable on return.
     */
    void logFound(Opening found) {
        if (lastRelaxed && new Opening(opening.cleanStop(), opening.sameBoot(), found.undecided(), found.missing())
                .mayLackEntries()) {
            doubt(0);
        }
    }

    /**
     * The log beside it has been opened, so everything it shows is synced; durable on return.
     *
     * @param undecided whether it had an undecided tail
     */
    void logOpened(boolean undecided) {
        long doubtTerm = hangsOnTheLog && !undecided ? 0 : content.doubtTerm();
        if (doubtTerm != content.doubtTerm() || content.relaxed() != terms.relaxed()) {
            put(content.with(doubtTerm, terms.relaxed()));
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
        put(content.with(state));
    }

    @Override
    public long doubtTerm() {
        requireOpen();
        return content.doubtTerm();
    }

    @Override
    public void doubt(long bootSeen) {
        requireOpen();
        long since = content.doubtTerm() > 0 ? content.doubtTerm() : content.state().currentTerm();
        if (since != content.doubtTerm() || bootSeen > content.boot()) {
            put(content.inDoubt(since, bootSeen));
        }
    }

    @Override
    public void settle() {
        requireOpen();
        if (content.doubtTerm() > 0) {
            put(content.with(0, content.relaxed()));
        }
    }

    /** Which start this is, from 1. */
    public long boot() {
        return boot;
    }

    /** How the last owner left it; nothing about a log beside it. */
    public Opening opening() {
        return opening;
    }

    /** The log could not be synced when it was closed: what counted without a sync is not taken for granted. */
    void logFailed() {
        if (terms.relaxed()) {
            doubt(0);
        }
    }

    /** Notes a clean stop; durable on return. Nothing is written afterwards. */
    void markClean() {
        requireOpen();
        put(content.stopped());
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
            throw new SyncFailedException(before.endCause(), before.getMessage() + " (a failed write is final)",
                    before);
        }
        try {
            byte[] copy = encode(now);
            int at = nextPair * 2 * PAGE;
            disk.store(mapping, at, copy);
            disk.store(mapping, at + PAGE, copy);
            disk.force(mapping, at, 2 * PAGE);
        } catch (RuntimeException | InternalError e) {
            SyncFailedException failed = SystemErrors.here().failed(file + ": term " + now.state().currentTerm()
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
        buffer.putLong(DOUBT, content.doubtTerm()).putInt(DOUBT + 8, content.relaxed() ? 1 : 0);
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
        return new Content(sequence, new HardState(term, new ServerId(vote)), boot, kernel, clean,
                buffer.getLong(at + DOUBT), buffer.getInt(at + DOUBT + 8) == 1);
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
