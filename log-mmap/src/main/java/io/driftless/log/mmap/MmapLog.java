package io.driftless.log.mmap;

import io.driftless.log.LogClosedException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogFullException;
import io.driftless.log.LogListener;
import io.driftless.log.LogOpenException;
import io.driftless.log.LogReader;
import io.driftless.log.Opening;
import io.driftless.log.OutOfResourcesException;
import io.driftless.log.RaftLog;
import io.driftless.log.SyncFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A {@link RaftLog} in a directory of its own: the records are in Chronicle Queue files, one to a segment; durability,
 * recovery and reading are done here, on the documented bytes ({@link RecordFormat}, {@link SegmentScan},
 * {@link Manifest}, {@link DurableMark}).
 *
 * <p>An append copies each entry once, into the mapped segment. A sync is one {@code msync} of the bytes written since
 * the last. When a segment is full the next one is ready; the change costs a sync and the writing of the manifest.
 * Reads may fault pages in, so they must not run where a heartbeat waits. Threads: as {@link RaftLog} says.
 */
public final class MmapLog implements RaftLog {

    private final Disk disk;
    private final Path directory;
    private final MmapLogOptions options;
    private final UUID logId;
    private final DirectoryLock lock;
    private final SpareSegments spares;
    private final Reserve reserve;
    private final Opening opening;
    private final FileWatch watch;
    private final OwnerCheck owner = new OwnerCheck();
    private final Arrivals arrivals = new Arrivals();
    private final EntryIndex index;
    private final Durability durability;
    private volatile Segment[] segments;
    private volatile boolean closed;
    private Manifest manifest;
    private SegmentWriter writer;
    private long lastSequence;

    MmapLog(LogOpener from, LogRecovery.Recovered recovered) throws IOException {
        this.disk = from.disk();
        this.directory = from.directory();
        this.options = from.options();
        this.logId = from.logId();
        this.lock = from.lock();
        this.spares = from.spares();
        this.reserve = from.reserve();
        this.opening = recovered.opening();
        this.index = recovered.index();
        this.manifest = recovered.manifest();
        this.writer = recovered.writer();
        this.lastSequence = recovered.lastSequence();
        List<Segment> all = new ArrayList<>(recovered.sealed());
        all.add(writer.segment());
        this.segments = all.toArray(new Segment[0]);
        this.durability = new Durability(disk, recovered.mark(), writer.segment(), writer.end(), lastSequence,
                index.lastIndex(), arrivals::announce);
        this.watch = new FileWatch(directory, all, this::segment, recovered.mark(), FileWatch.PERIOD_MS, what -> {
            durability.fail(new SyncFailedException(what));
            from.listener().warning(what);
        });
    }

    /**
     * Opens the log in {@code directory}, or makes a new one if there is nothing. Everything it shows then is durable.
     *
     * @param listener is told of a torn tail that was cut, of a full disk, and of a file system on which durability is
     *                 not claimed
     * @throws LogOpenException    if it is open elsewhere, cannot be written, has another format, or JVM flags are
     *                             missing
     * @throws LogCorruptException if it is damaged; nothing has been changed
     * @throws LogFullException    if the disk has no room for a new segment; nothing has been changed
     */
    public static MmapLog open(Path directory, MmapLogOptions options, LogListener listener) {
        return open(directory, options, listener, Disk.REAL);
    }

    static MmapLog open(Path directory, MmapLogOptions options, LogListener listener, Disk disk) {
        return open(directory, options, listener, disk, found -> { });
    }

    /** {@code judge} is told what was found before anything is changed; what it throws ends the opening. */
    static MmapLog open(Path directory, MmapLogOptions options, LogListener listener, Disk disk,
            Consumer<Opening> judge) {
        return LogOpener.open(directory, options, listener, disk, judge);
    }

    /**
     * Opens the log in {@code directory}, or in the folder {@code log} of it, for reading: also if it is damaged, up to
     * the damage, on a read-only file system, or while a node has it open. See {@link ReadOnlyLog#open}.
     */
    public static ReadOnlyLog openReadOnly(Path directory) {
        return ReadOnlyLog.open(directory);
    }

    /** What was found when it was opened. */
    public Opening opening() {
        return opening;
    }

    @Override
    public long append(List<LogEntry> entries) {
        owner.enter();
        try {
            requireWritable();
            requireConsecutive(index.lastIndex() + 1, entries);
            return write(entries, false);
        } finally {
            owner.leave();
        }
    }

    @Override
    public long overwrite(long fromIndex, List<LogEntry> entries) {
        owner.enter();
        try {
            requireWritable();
            if (fromIndex < index.firstIndex() || fromIndex > index.lastIndex()) {
                throw new IllegalArgumentException("overwrite from " + fromIndex + ", outside " + index.firstIndex()
                        + ".." + index.lastIndex());
            }
            requireConsecutive(fromIndex, entries);
            return write(entries, true);
        } finally {
            owner.leave();
        }
    }

    private void requireConsecutive(long fromIndex, List<LogEntry> entries) {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("no entries");
        }
        long term = index.termAt(fromIndex - 1);
        for (int i = 0; i < entries.size(); i++) {
            LogEntry entry = entries.get(i);
            if (entry.index() != fromIndex + i) {
                throw new IllegalArgumentException("entry " + entry.index() + " where " + (fromIndex + i) + " is due");
            }
            if (entry.term() < term) {
                throw new IllegalArgumentException("entry " + entry.index() + " has term " + entry.term()
                        + " after term " + term);
            }
            if (entry.payload().length() > ENTRY_BYTES_MAX) {
                throw new IllegalArgumentException("entry " + entry.index() + " has " + entry.payload().length()
                        + " bytes; at most " + ENTRY_BYTES_MAX + " are allowed");
            }
            term = entry.term();
        }
    }

    private long write(List<LogEntry> entries, boolean supersede) {
        boolean superseding = supersede;
        try {
            for (int i = 0; i < entries.size(); i++) {
                LogEntry entry = entries.get(i);
                if (!writer.fits(entry.payload().length())) {
                    publish();
                    changeSegment(entry.payload().length());
                }
                int at = writer.write(entry, lastSequence + 1, durability.durableSequence());
                lastSequence++;
                durability.recordWritten(lastSequence);
                if (superseding) {
                    durability.overwriting(entry.index());
                    index.truncate(entry.index());
                    superseding = false;
                }
                index.add(EntryIndex.place(writer.segment().number(), at), entry.weight(), entry.term());
            }
        } catch (SyncFailedException e) {
            throw durability.fail(e);
        } finally {
            publish();
        }
        if (writer.end() > options.segmentBytes() / 4) {
            spares.prepare(SegmentSizes.round(options.segmentBytes()));
        }
        return lastSequence;
    }

    private void publish() {
        index.publish();
        durability.batchWritten(lastSequence, index.lastIndex(), writer.end());
        arrivals.announce();
    }

    /** Goes on in the next segment, a larger one if such a payload needs it. */
    private void changeSegment(int payloadLength) {
        SegmentWriter next = takeSegment(payloadLength);
        SegmentWriter full = writer;
        Manifest after = manifest.sealed(full.end()).followedBy(next.segment().number(), lastSequence + 1);
        try {
            durability.follow(next, () -> writeManifest(after));
        } catch (RuntimeException e) {
            giveBack(next, e);
            throw e;
        }
        Segment[] more = Arrays.copyOf(segments, segments.length + 1);
        more[segments.length] = next.segment();
        segments = more;
        writer = next;
        look(next.segment());
        spares.release(full);
    }

    private SegmentWriter takeSegment(int payloadLength) {
        watch.check();
        durability.requireGood();
        try {
            return spares.take(SegmentSizes.sizeFor(SegmentSizes.bytesOf(payloadLength), payloadLength,
                    options.segmentBytes()));
        } catch (SyncFailedException e) {
            throw durability.fail(e);
        }
    }

    /** Removes a segment that is certainly not listed; any other stays, for the next opening to judge. */
    private void giveBack(SegmentWriter unused, RuntimeException why) {
        if (why instanceof LogFullException || why instanceof OutOfResourcesException) {
            spares.discard(unused);
        } else {
            unused.close();
            unused.segment().retire();
        }
    }

    /**
     * A full disk leaves the old manifest in force and can be tried again; after any other failure it is not known
     * which one is.
     */
    private void writeManifest(Manifest after) {
        try {
            after.write(disk, directory);
            manifest = after;
        } catch (Disk.NoRoomException e) {
            throw new LogFullException(directory + ": the disk has no room for the manifest", e);
        } catch (Disk.NotOpenedException e) {
            throw new OutOfResourcesException(directory + ": the manifest could not be written: " + e.getMessage(), e);
        } catch (IOException e) {
            throw durability.fail(SystemErrors.here().failed(directory + ": the manifest could not be written: " + e,
                    e));
        }
    }

    @Override
    public long sync() {
        requireOpen();
        return durability.sync();
    }

    @Override
    public LogReader reader() {
        requireOpen();
        return new MmapLogReader(this, logId);
    }

    @Override
    public long firstIndex() {
        requireOpen();
        return index.firstIndex();
    }

    @Override
    public long lastIndex() {
        requireOpen();
        return index.lastIndex();
    }

    @Override
    public boolean awaitBeyond(long at, Duration timeout) throws InterruptedException {
        return arrivals.await(() -> isBeyond(at), timeout);
    }

    /** Of what can be read: after a failed write only the durable entries are. */
    private boolean isBeyond(long at) {
        requireOpen();
        if (durability.hasFailed() && durability.durableIndex() <= at) {
            durability.requireGood();
        }
        return index.lastIndex() > at;
    }

    @Override
    public long durableIndex() {
        requireOpen();
        return durability.durableIndex();
    }

    @Override
    public long termAt(long at) {
        requireOpen();
        return index.termAt(at);
    }

    @Override
    public long weight(long fromIndex, long toIndex) {
        requireOpen();
        return index.weight(fromIndex, toIndex);
    }

    @Override
    public void compact(long upToIndex) {
        owner.enter();
        try {
            compactHeld(upToIndex);
        } finally {
            owner.leave();
        }
    }

    private void compactHeld(long upToIndex) {
        requireWritable();
        if (upToIndex > durability.durableIndex()) {
            throw new IllegalArgumentException("compact up to " + upToIndex + ", but durable is only "
                    + durability.durableIndex());
        }
        Segment[] all = segments;
        int dropped = 0;
        long boundary = index.firstIndex() - 1;
        while (dropped < all.length - 1) {
            long next = index.firstIndexFrom(EntryIndex.place(all[dropped + 1].number(), 0));
            if (next - 1 > upToIndex) {
                break;
            }
            boundary = next - 1;
            dropped++;
        }
        if (dropped == 0) {
            return;
        }
        // A dropped segment may hold synced records whose successors, after an overwrite, are not synced yet: a power
        // cut would take both.
        durability.sync();
        long newBoundary = boundary;
        long firstSequence = newBoundary == index.lastIndex() ? lastSequence + 1 : sequenceAt(newBoundary + 1);
        Manifest after = manifest.from(dropped, newBoundary, index.termAt(newBoundary), firstSequence);
        try {
            writeManifest(after);
        } catch (LogFullException full) {
            if (!reserve.release()) {
                throw full;
            }
            writeManifest(after);
        }
        index.compact(newBoundary);
        segments = Arrays.copyOfRange(all, dropped, all.length);
        remove(all, dropped);
        reserve.make();
    }

    private long sequenceAt(long at) {
        try (MmapLogReader reader = new MmapLogReader(this, logId)) {
            if (!reader.seek(at)) {
                throw new LogCorruptException(directory + ": index " + at + " is missing");
            }
            return reader.sequence();
        }
    }

    @Override
    public void reset(long lastIncludedIndex, long lastIncludedTerm) {
        owner.enter();
        try {
            resetHeld(lastIncludedIndex, lastIncludedTerm);
        } finally {
            owner.leave();
        }
    }

    private void resetHeld(long lastIncludedIndex, long lastIncludedTerm) {
        requireWritable();
        if (lastIncludedIndex < 0 || lastIncludedTerm < 0) {
            throw new IllegalArgumentException("reset to index " + lastIncludedIndex + " of term " + lastIncludedTerm);
        }
        SegmentWriter next = takeSegment(0);
        Manifest after = new Manifest(logId, lastIncludedIndex, lastIncludedTerm, lastSequence + 1, List.of())
                .followedBy(next.segment().number(), lastSequence + 1);
        try {
            durability.reset(next, lastSequence, lastIncludedIndex, () -> writeManifest(after));
        } catch (RuntimeException e) {
            giveBack(next, e);
            throw e;
        }
        Segment[] old = segments;
        SegmentWriter before = writer;
        index.reset(lastIncludedIndex, lastIncludedTerm);
        segments = new Segment[] {next.segment()};
        writer = next;
        look(next.segment());
        spares.later(before::close);
        remove(old, old.length);
    }

    private void look(Segment after) {
        try {
            watch.add(after);
        } catch (IOException e) {
            throw durability.fail(SystemErrors.here().failed(after.file() + " is gone as soon as it was made: " + e,
                    e));
        }
    }

    /**
     * The manifest no longer lists them: whatever a crash leaves, the next opening removes. Where the disk was full,
     * the room is waited for.
     */
    private void remove(Segment[] from, int count) {
        spares.remove(Arrays.copyOf(from, count), e ->
                durability.fail(SystemErrors.here().failed(directory + " could not be synced: " + e, e)));
        if (!reserve.isWhole()) {
            spares.awaitLater();
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        arrivals.announce();
        watch.close();
        durability.close(() -> {
            LogOpener.used(logId, lastSequence);
            Descriptors.letGo();
            spares.close();
            writer.close();
            for (Segment segment : segments) {
                segment.retire();
            }
            try {
                lock.close();
            } catch (IOException e) {
                throw new SyncFailedException(directory + ": the lock could not be let go: " + e, e);
            }
        });
    }

    /** Whether nothing failed up to the end. */
    boolean isClosedCleanly() {
        return closed && !durability.hasFailed();
    }

    /** Where a readable entry is, or -1: after a failed write only the durable ones are. */
    long placeOf(long at) {
        return durability.hasFailed() && at > durability.durableIndex() ? -1 : index.placeOf(at);
    }

    /** Where readable entries are, as {@link EntryIndex#places} says. */
    long[] places(long fromIndex, long toIndex, long weightMax) {
        long to = durability.hasFailed() ? Math.min(toIndex, durability.durableIndex()) : toIndex;
        return index.places(fromIndex, to, weightMax);
    }

    /** The segment, or null if it has been compacted or reset away. */
    @Nullable Segment segment(long number) {
        Segment[] now = segments;
        int low = 0;
        int high = now.length - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            if (now[middle].number() == number) {
                return now[middle];
            }
            if (now[middle].number() < number) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    void requireOpen() {
        if (closed) {
            throw new LogClosedException(directory + " is closed");
        }
    }

    private void requireWritable() {
        requireOpen();
        durability.requireGood();
    }
}
