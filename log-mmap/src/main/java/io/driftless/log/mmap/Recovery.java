package io.driftless.log.mmap;

import io.driftless.log.LogCorruptException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Opens a log that an earlier process wrote. Reads every listed segment, replays the records, cuts a torn tail, refuses
 * damage. What lies above the durable mark was read but may not be durable (R14, R15), so it is copied into a new
 * segment and synced there; short trailing segments are copied along, so that re-opening costs no space. The new
 * segment is complete and forced before the manifest switches to it: an interrupted opening changes nothing. No file of
 * an earlier process is ever appended to.
 */
final class Recovery {

    /**
     * An open log.
     *
     * @param manifest     as written
     * @param index        of all entries, all durable
     * @param sealed       the segments before the one being written
     * @param writer       of the last segment
     * @param mark         at {@code lastSequence}
     * @param lastSequence the highest in use
     */
    record Recovered(Manifest manifest, EntryIndex index, List<Segment> sealed, SegmentWriter writer, DurableMark mark,
            long lastSequence) { }

    private final Disk disk;
    private final Path directory;
    private final UUID logId;
    private final MmapLogOptions options;
    private final LogListener listener;
    private final Manifest before;
    private final EntryIndex index;
    /** Where the records of the last segment end, in order. */
    private int[] lastEnds = new int[64];
    private int lastCount;
    /** Everything up to it has been synced: said by the mark, by records, or because a later segment was begun. */
    private long durable;
    private long lastSequence;
    private long sealedEnd;

    Recovery(Disk disk, Path directory, UUID logId, MmapLogOptions options, LogListener listener, Manifest before) {
        this.disk = disk;
        this.directory = directory;
        this.logId = logId;
        this.options = options;
        this.listener = listener;
        this.before = before;
        this.index = new EntryIndex(before.boundary(), before.boundaryTerm());
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
     * Does it; sequences go on above {@code sequenceFloor}. {@link LogCorruptException} if the log is damaged: nothing
     * has changed then.
     */
    Recovered run(SpareSegments spares, long sequenceFloor) throws IOException {
        spares.prepare(SegmentSizes.round(options.segmentBytes()));
        durable = DurableMark.read(directory, logId);
        lastSequence = before.firstSequence() - 1;
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < before.segments().size(); i++) {
            files.add(scan(i));
        }
        if (lastSequence < durable) {
            throw new LogCorruptException(directory + ": records were synced up to sequence " + durable
                    + ", but the log ends at sequence "
                    + lastSequence + ", index " + index.lastAdded());
        }
        return continued(spares, files, Math.max(lastSequence, sequenceFloor));
    }

    private Path scan(int i) throws IOException {
        Manifest.Listed listed = before.segments().get(i);
        boolean last = i == before.segments().size() - 1;
        Path segment = Segment.directory(directory, listed.number());
        List<Path> files = Segment.queueFiles(segment);
        if (files.size() != 1) {
            throw new LogCorruptException(segment + " is listed in the manifest, but holds " + files.size()
                    + " queue files instead of one; its entries begin at index "
                    + (index.lastAdded() + 1) + " or before");
        }
        durable = Math.max(durable, last ? listed.firstSequence() - 1 : 0);
        try (SegmentScan scan = new SegmentScan(files.get(0), logId, listed.number(), last ? Long.MAX_VALUE
                : listed.end())) {
            replay(scan, listed, last);
            if (last) {
                endLast(scan, listed);
            } else if (scan.end() != listed.end()) {
                throw damage(scan, "the segment should be valid up to offset " + listed.end());
            }
        }
        return files.get(0);
    }

    private void replay(SegmentScan scan, Manifest.Listed listed, boolean last) throws IOException {
        long expected = listed.firstSequence();
        while (scan.next()) {
            long at = scan.index();
            if (scan.sequence() != expected) {
                throw damage(scan, "sequence " + scan.sequence() + " where " + expected + " is due");
            }
            if (expected >= before.firstSequence()) {
                if (at < index.firstIndex() || at > index.lastAdded() + 1) {
                    throw damage(scan, "index " + at + " follows " + index.lastAdded());
                }
                if (at <= index.lastAdded()) {
                    index.truncate(at);
                }
                index.add(EntryIndex.place(listed.number(), scan.position()), LogEntry.weightOf(scan.payloadLength()),
                        scan.term());
            }
            durable = Math.max(durable, scan.durableSequence());
            lastSequence = expected++;
            if (last) {
                if (lastCount == lastEnds.length) {
                    lastEnds = Arrays.copyOf(lastEnds, lastCount * 2);
                }
                lastEnds[lastCount++] = (int) scan.end();
            }
        }
        lastSequence = Math.max(lastSequence, listed.firstSequence() - 1);
        if (scan.firstEnd() == 0) {
            throw damage(scan, "it does not begin as segment " + listed.number() + " of log " + logId);
        }
    }

    private void endLast(SegmentScan scan, Manifest.Listed listed) throws IOException {
        long cut = scan.end();
        String why = scan.stop();
        SegmentScan.Rest rest = scan.rest();
        durable = Math.max(durable, rest.durableSequence());
        if (lastSequence < durable) {
            throw new LogCorruptException(scan.file() + " is damaged at offset " + cut + ", after index "
                    + index.lastAdded() + ": " + why
                    + ", but records up to sequence " + durable + " were synced, and it ends at " + lastSequence);
        }
        if (rest.written()) {
            listener.warning(scan.file() + ": cut a torn tail at offset " + cut + ", after index " + index.lastAdded()
                    + ": " + why
                    + "; what follows was never acknowledged");
        }
        int count = (int) Math.min(lastCount, durable - listed.firstSequence() + 1);
        sealedEnd = count == 0 ? scan.firstEnd() : lastEnds[count - 1];
    }

    private LogCorruptException damage(SegmentScan scan, String why) {
        String stop = scan.stop();
        return new LogCorruptException(scan.file() + " is damaged at offset "
                + (stop.isEmpty() ? scan.position() : scan.end()) + ", after index "
                + index.lastAdded() + ": " + (stop.isEmpty() ? why : stop + "; " + why));
    }

    private Recovered continued(SpareSegments spares, List<Path> files, long lastUsed) throws IOException {
        List<Manifest.Listed> kept = new ArrayList<>(before.segments());
        long copyFrom = index.lastAdded() + 1;
        if (!kept.isEmpty()) {
            Manifest.Listed open = kept.remove(kept.size() - 1);
            kept.add(new Manifest.Listed(open.number(), open.firstSequence(), sealedEnd));
            copyFrom = index.firstIndexFrom(EntryIndex.place(open.number(), sealedEnd));
        }
        while (!kept.isEmpty()) {
            long start = index.firstIndexFrom(EntryIndex.place(kept.get(kept.size() - 1).number(), 0));
            if (start < copyFrom && bytesFrom(start) > options.segmentBytes() / 4) {
                break;
            }
            copyFrom = Math.min(copyFrom, start);
            kept.remove(kept.size() - 1);
        }
        SegmentWriter writer = writerFor(spares, copyFrom);
        DurableMark mark = null;
        try {
            long first = lastUsed + 1;
            long last = copy(writer, files, copyFrom, first);
            disk.force(writer.segment().mapping(), 0, writer.end());
            Manifest after = new Manifest(logId, before.boundary(), before.boundaryTerm(), kept.isEmpty() ? first
                    : before.firstSequence(), kept)
                    .followedBy(writer.segment().number(), first);
            after.write(disk, directory);
            mark = DurableMark.open(disk, directory, logId, last);
            clean(spares, after);
            return new Recovered(after, index, map(kept, files), writer, mark, last);
        } catch (IOException | RuntimeException | Error e) {
            writer.close();
            writer.segment().retire();
            if (mark != null) {
                mark.close();
            }
            throw e;
        }
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
    private SegmentWriter writerFor(SpareSegments spares, long copyFrom) {
        index.publish();
        int largest = 0;
        for (long i = copyFrom; i <= index.lastAdded(); i++) {
            largest = Math.max(largest, (int) (index.weight(i, i) - LogEntry.weightOf(0)));
        }
        int prepared = SegmentSizes.round(options.segmentBytes());
        int needed = SegmentSizes.sizeFor(bytesFrom(copyFrom), largest, prepared);
        SegmentWriter writer = spares.take(prepared);
        if (needed > prepared) {
            spares.discard(writer);
            writer = spares.take(needed);
        }
        return writer;
    }

    private long copy(SegmentWriter writer, List<Path> files, long copyFrom, long firstSequence) throws IOException {
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
                    scan = new SegmentScan(files.get(position(open)), logId, open, Long.MAX_VALUE);
                }
                if (!scan.seek(EntryIndex.positionOf(place))) {
                    throw damage(scan, "it could be read before");
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

    private List<Segment> map(List<Manifest.Listed> kept, List<Path> files) throws IOException {
        List<Segment> segments = new ArrayList<>();
        try {
            for (int i = 0; i < kept.size(); i++) {
                Path file = files.get(i);
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
