package io.driftless.log.mmap;

import io.driftless.log.LogCorruptException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogFullException;
import io.driftless.log.LogListener;
import io.driftless.log.Opening;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Opens a log that an earlier process wrote. Reads every listed segment, replays the records, cuts a torn tail, refuses
 * damage. What lies above the durable mark was read but may not be durable (R14, R15), so it is copied into a new
 * segment and synced there; short trailing segments are copied along, so that re-opening costs no space. The new
 * segment is complete and forced before the manifest switches to it: an interrupted opening changes nothing. No file of
 * an earlier process is ever appended to.
 */
final class LogRecovery {

    /**
     * An open log.
     *
     * @param manifest     as written
     * @param index        of all entries, all durable
     * @param sealed       the segments before the one being written
     * @param writer       of the last segment
     * @param mark         at {@code lastSequence}
     * @param lastSequence the highest in use
     * @param opening      what was found
     */
    record Recovered(Manifest manifest, EntryIndex index, List<Segment> sealed, SegmentWriter writer, DurableMark mark,
            long lastSequence, Opening opening) { }

    private final Disk disk;
    private final Path directory;
    private final UUID logId;
    private final MmapLogOptions options;
    private final LogListener listener;
    private final Manifest before;
    private final LogWalk walk;
    private final EntryIndex index;

    /** Reads everything; {@link LogCorruptException} if it is damaged. Nothing is changed. */
    LogRecovery(Disk disk, Path directory, UUID logId, MmapLogOptions options, LogListener listener, Manifest before)
            throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.logId = logId;
        this.options = options;
        this.listener = listener;
        this.before = before;
        this.walk = LogWalk.toFirstDamage(directory, before);
        this.index = walk.index();
        if (!walk.damage().isEmpty()) {
            throw new LogCorruptException(walk.damage().get(0));
        }
    }

    /** The number after the highest that is listed or lies about. */
    static long nextNumber(Path directory, Manifest manifest) throws IOException {
        long highest = 0;
        for (Manifest.Listed listed : manifest.segments()) {
            highest = Math.max(highest, listed.number());
        }
        for (Path path : Disk.list(directory)) {
            highest = Segment.isDirectory(path) ? Math.max(highest, Segment.numberOf(path)) : highest;
        }
        return highest + 1;
    }

    /**
     * Goes on in a new segment of {@code segmentBytes}, or larger if more must be copied; sequences go on above
     * {@code sequenceFloor}. What lies in short trailing segments is copied along, up to {@code copyBytesMax}.
     *
     * @throws LogFullException if the disk has no room; nothing has been changed
     */
    Recovered run(SpareSegments spares, long sequenceFloor, int segmentBytes, int copyBytesMax) throws IOException {
        List<Manifest.Listed> kept = new ArrayList<>(before.segments());
        long copyFrom = index.lastAdded() + 1;
        long sealedEnd = kept.isEmpty() ? 0 : walk.durableEnd();
        if (!kept.isEmpty()) {
            Manifest.Listed open = kept.remove(kept.size() - 1);
            kept.add(new Manifest.Listed(open.number(), open.firstSequence(), sealedEnd));
            copyFrom = index.firstIndexFrom(EntryIndex.place(open.number(), sealedEnd));
        }
        while (!kept.isEmpty()) {
            long start = index.firstIndexFrom(EntryIndex.place(kept.get(kept.size() - 1).number(), 0));
            if (start < copyFrom && bytesFrom(start) > copyBytesMax) {
                break;
            }
            copyFrom = Math.min(copyFrom, start);
            kept.remove(kept.size() - 1);
        }
        SegmentWriter writer = writerFor(spares, copyFrom, segmentBytes);
        DurableMark mark = null;
        boolean listed = false;
        try {
            long first = Math.max(walk.lastSequence(), sequenceFloor) + 1;
            long last = copy(writer, copyFrom, first);
            disk.force(writer.segment().mapping(), 0, writer.end());
            Manifest after = new Manifest(logId, before.boundary(), before.boundaryTerm(), kept.isEmpty() ? first
                    : before.firstSequence(), kept)
                    .followedBy(writer.segment().number(), first);
            warn();
            IdentityFile.raise(disk, directory);
            DurableMark.opening(disk, directory, logId, last);
            after.write(disk, directory);
            listed = true;
            mark = DurableMark.open(disk, directory, logId, last);
            clean(spares, after);
            return new Recovered(after, index, map(kept), writer, mark, last, opening());
        } catch (IOException | RuntimeException | Error e) {
            if (mark != null) {
                mark.close();
            }
            boolean full = e instanceof Disk.NoRoomException;
            if (full && !listed) {
                spares.discard(writer);
            } else {
                writer.close();
                writer.segment().retire();
            }
            if (!full) {
                throw e;
            }
            throw new LogFullException(directory + ": the disk has no room for the manifest, the mark or the identity",
                    e);
        }
    }

    /** What was found. */
    Opening opening() {
        return new Opening(walk.mark().clean(), KernelBoot.is(walk.mark().boot()), walk.isUndecided(),
                walk.isMissing());
    }

    private void warn() {
        if (!walk.mark().there()) {
            listener.warning(directory.resolve(DurableMark.FILE)
                    + " is missing or unreadable, and made anew; what was synced is known from the records alone");
        } else if (walk.isMissing()) {
            listener.warning(directory + ": records that were written and not synced may be missing: "
                    + walk.mark().whatIsMissing(walk.lastSequence()));
        }
        walk.tail().ifPresent(tail -> listener.warning(tail.message() + "; cut: "
                + (walk.isUndecided() ? "undecided, it may have been synced or not" : "it was never acknowledged")
                + "; " + CutBytes.keep(disk, directory, tail)));
    }

    private long bytesFrom(long fromIndex) {
        long last = index.lastAdded();
        if (fromIndex > last) {
            return 0;
        }
        index.publish();
        long entries = last - fromIndex + 1;
        return SegmentSizes.bytesOf(entries, index.weight(fromIndex, last) - entries * LogEntry.weightOf(0));
    }

    /**
     * The prepared segment, or a larger one if more must be copied than it takes: its predecessor may have been larger.
     */
    private SegmentWriter writerFor(SpareSegments spares, long copyFrom, int segmentBytes) {
        index.publish();
        int largest = 0;
        for (long i = copyFrom; i <= index.lastAdded(); i++) {
            largest = Math.max(largest, (int) (index.weight(i, i) - LogEntry.weightOf(0)));
        }
        int prepared = SegmentSizes.round(segmentBytes);
        int needed = SegmentSizes.sizeFor(bytesFrom(copyFrom), largest, prepared);
        SegmentWriter writer = spares.take(prepared);
        if (needed > prepared) {
            spares.discard(writer);
            writer = spares.take(needed);
        }
        return writer;
    }

    private long copy(SegmentWriter writer, long copyFrom, long firstSequence) throws IOException {
        long[] places = index.places(copyFrom, index.lastAdded(), Long.MAX_VALUE);
        long sequence = firstSequence;
        SegmentScan scan = null;
        try {
            if (copyFrom <= index.lastAdded()) {
                index.truncate(copyFrom);
            }
            long open = -1;
            for (long place : places) {
                if (scan == null || open != EntryIndex.segmentOf(place)) {
                    if (scan != null) {
                        scan.close();
                    }
                    open = EntryIndex.segmentOf(place);
                    scan = new SegmentScan(walk.files().get(position(open)), logId, open, Long.MAX_VALUE);
                }
                if (!scan.seek(EntryIndex.positionOf(place))) {
                    throw new LogCorruptException(scan.file() + " could be read before, and is damaged at offset "
                            + EntryIndex.positionOf(place) + " now: " + scan.stop());
                }
                LogEntry entry = scan.entry();
                int at = writer.write(entry, sequence++, firstSequence - 1);
                index.add(EntryIndex.place(writer.segment().number(), at), entry.weight(), entry.term());
            }
            index.publish();
            return sequence - 1;
        } finally {
            if (scan != null) {
                scan.close();
            }
        }
    }

    private int position(long number) {
        for (int i = 0; i < before.segments().size(); i++) {
            if (before.segments().get(i).number() == number) {
                return i;
            }
        }
        throw new IllegalStateException("segment " + number + " is not listed");
    }

    /** Removes what is not listed, and gives back the unused end of the segment that was being written. */
    private void clean(SpareSegments spares, Manifest after) throws IOException {
        for (Path path : Disk.list(directory)) {
            if (Segment.isDirectory(path) && after.segments().stream()
                    .noneMatch(listed -> listed.number() == Segment.numberOf(path))) {
                spares.delete(path);
            }
        }
        disk.forceDirectory(directory);
    }

    private List<Segment> map(List<Manifest.Listed> kept) throws IOException {
        List<Segment> segments = new ArrayList<>();
        try {
            for (int i = 0; i < kept.size(); i++) {
                Path file = walk.files().get(i);
                if (i == before.segments().size() - 1) {
                    trim(file, kept.get(i).end());
                }
                segments.add(Segment.mapSealed(kept.get(i).number(), file, kept.get(i).end(), logId));
            }
            return segments;
        } catch (IOException | RuntimeException e) {
            segments.forEach(Segment::retire);
            throw e;
        }
    }

    /**
     * Cuts behind the last record, but leaves zeros up to the end of the page: a reader of Chronicle's looks for the
     * next header there.
     */
    private void trim(Path file, long end) throws IOException {
        try (Disk.Output output = disk.change(file)) {
            output.resize(end);
            output.resize(end + 4 + 4095 & ~4095L);
            output.force();
        }
    }
}
