package io.driftless.log.mmap;

import io.driftless.log.LogDamage;
import io.driftless.log.LogEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads all listed segments of a log and judges what is there: the one judgement for opening, for reading without
 * opening, and for the tools. Takes no lock and changes nothing. Confined to one thread.
 *
 * <p>In every segment but the last each record must be good up to the end that the manifest names. In the last, what
 * lies behind the last good record is damage if it was synced once (said by the mark, or by the durable sequence of any
 * good record behind it), and also if it cannot be a record whose writing was cut short. Anything else there was never
 * acknowledged, as far as anybody can tell: a torn tail.
 */
final class LogWalk {

    /** Takes note of each good record in the order of writing. */
    @FunctionalInterface
    interface Visitor {

        /** The scan stands on it; it is live unless the log was compacted or reset past it. */
        void record(SegmentScan scan, boolean live) throws IOException;
    }

    /**
     * A torn tail.
     *
     * @param file       where it is
     * @param segment    the segment's number
     * @param offset     where it begins
     * @param end        behind its last byte that is not zero
     * @param afterIndex the last entry before it
     * @param why        what is wrong with it
     */
    record Tail(Path file, long segment, long offset, long end, long afterIndex, String why) {

        /** One line, but for what becomes of it. */
        String message() {
            return file + ": torn tail at offset " + offset + ", after index " + afterIndex + ": " + why;
        }
    }

    private final Path directory;
    private final Manifest manifest;
    private final DurableMark.Content mark;
    private final boolean onward;
    private final Visitor visitor;
    private final EntryIndex index;
    private final List<Path> files = new ArrayList<>();
    private final List<LogDamage> damage = new ArrayList<>();
    private @Nullable Tail tail;
    /** Where the records of the last segment end, in order. */
    private int[] lastEnds = new int[64];
    private int lastCount;
    private long lastFirstEnd;
    private long durable;
    /** The highest that a record says. */
    private long saidDurable;
    private long lastIndex;
    private long lastSequence;
    private long records;

    private LogWalk(Path directory, Manifest manifest, DurableMark.Content mark, boolean onward, Visitor visitor) {
        this.directory = directory;
        this.manifest = manifest;
        this.mark = mark;
        this.onward = onward;
        this.visitor = visitor;
        this.index = new EntryIndex(manifest.boundary(), manifest.boundaryTerm());
        this.durable = mark.sequence();
        this.lastIndex = manifest.boundary();
        this.lastSequence = manifest.firstSequence() - 1;
    }

    /** Up to the first damage. */
    static LogWalk toFirstDamage(Path directory, Manifest manifest) throws IOException {
        return new LogWalk(directory, manifest, DurableMark.read(directory, manifest.logId()), false,
                (scan, live) -> { }).run();
    }

    /** Through everything, also behind damage. */
    static LogWalk throughAll(Path directory, Manifest manifest, Visitor visitor) throws IOException {
        return new LogWalk(directory, manifest, DurableMark.read(directory, manifest.logId()), true, visitor).run();
    }

    private LogWalk run() throws IOException {
        for (int i = 0; i < manifest.segments().size() && (onward || damage.isEmpty()); i++) {
            segment(i);
        }
        if (damage.isEmpty() && lastSequence < durable) {
            damage.add(new LogDamage(directory.resolve(Manifest.FILE), 0, index.lastAdded() + 1, lastSequence + 1,
                    durable, "the last record that it leads to is " + lastSequence + ", but records up to " + durable
                    + " were synced"));
        }
        index.publish();
        return this;
    }

    private void segment(int i) throws IOException {
        Manifest.Listed listed = manifest.segments().get(i);
        boolean last = i == manifest.segments().size() - 1;
        long due = listed.firstSequence();
        long lostUpTo = last ? Math.max(durable, due - 1) : manifest.segments().get(i + 1).firstSequence() - 1;
        Path segment = Segment.directory(directory, listed.number());
        List<Path> found = Segment.queueFiles(segment);
        if (found.size() != 1) {
            damage.add(new LogDamage(segment, 0, lastIndex + 1, due, lostUpTo, "it is listed in the manifest, but "
                    + "holds " + found.size() + " queue files instead of one"));
            return;
        }
        files.add(found.get(0));
        durable = last ? Math.max(durable, due - 1) : durable;
        try (SegmentScan scan = new SegmentScan(found.get(0), manifest.logId(), listed.number(),
                last ? Long.MAX_VALUE : listed.end())) {
            boolean standing = scan.next();
            do {
                due = standing ? replay(scan, due, last) : due;
                while (scan.next()) {
                    due = replay(scan, due, last);
                }
                lastSequence = Math.max(lastSequence, due - 1);
                standing = endsAt(scan, listed, due, lostUpTo, last);
            } while (standing);
        } catch (SegmentScan.UnreadableException e) {
            damage.add(new LogDamage(found.get(0), e.offset(), lastIndex + 1, due, lostUpTo, e.reason()));
        }
    }

    /** Takes note of the record that the scan stands on; the sequence that is due next. */
    private long replay(SegmentScan scan, long due, boolean last) throws IOException {
        long at = scan.index();
        boolean live = scan.sequence() >= manifest.firstSequence();
        boolean resumed = !damage.isEmpty();
        if (scan.sequence() != due && !resumed) {
            damaged(scan, scan.position(), due, scan.sequence() - 1, "sequence " + scan.sequence() + " where " + due
                    + " is due");
        } else if (live && !resumed && (at < index.firstIndex() || at > index.lastAdded() + 1)) {
            damaged(scan, scan.position(), due, due - 1, "index " + at + " follows " + index.lastAdded());
        }
        if (live && damage.isEmpty()) {
            if (at <= index.lastAdded()) {
                index.truncate(at);
            }
            index.add(EntryIndex.place(scan.number(), scan.position()), LogEntry.weightOf(scan.payloadLength()),
                    scan.term());
        }
        if (last) {
            if (lastCount == lastEnds.length) {
                lastEnds = Arrays.copyOf(lastEnds, lastCount * 2);
            }
            lastEnds[lastCount++] = (int) scan.end();
        }
        lastIndex = live ? at : lastIndex;
        lastSequence = Math.max(lastSequence, scan.sequence());
        durable = Math.max(durable, scan.durableSequence());
        saidDurable = Math.max(saidDurable, scan.durableSequence());
        records++;
        visitor.record(scan, live);
        return scan.sequence() + 1;
    }

    private void damaged(SegmentScan scan, long offset, long firstSequence, long lastLost, String reason) {
        damage.add(new LogDamage(scan.file(), offset, lastIndex + 1, firstSequence, lastLost, reason));
    }

    /** Judges what stopped the scan; true if it stands on a record behind it, with which to go on. */
    private boolean endsAt(SegmentScan scan, Manifest.Listed listed, long due, long lostUpTo, boolean last)
            throws IOException {
        lastFirstEnd = last ? scan.firstEnd() : 0;
        if (!last && scan.end() == listed.end()) {
            return false;
        }
        String why = scan.stop();
        long cut = scan.end();
        boolean unfinished = last && scan.isUnfinished();
        SegmentScan.Rest rest = scan.rest();
        durable = last ? Math.max(durable, rest.durableSequence()) : durable;
        saidDurable = Math.max(saidDurable, rest.durableSequence());
        long lastLost = Math.max(due - 1, rest.next() < 0 ? last ? durable : lostUpTo : rest.nextSequence() - 1);
        if (scan.firstEnd() == 0) {
            damaged(scan, cut, due, lastLost, why + "; it does not begin as segment " + listed.number() + " of log "
                    + manifest.logId());
        } else if (!last) {
            damaged(scan, cut, due, lastLost, why + "; the segment should be good up to offset " + listed.end());
        } else if (scan.isCutShort()) {
            damaged(scan, cut, due, lastLost, why + "; the file is shorter than it was made");
        } else if (lastSequence < durable) {
            damaged(scan, cut, due, lastLost, why + "; but records up to sequence " + durable + " were synced");
        } else if (rest.writtenEnd() == cut) {
            return false;
        } else if (unfinished) {
            tail = new Tail(scan.file(), listed.number(), cut, rest.writtenEnd(), lastIndex, why);
            return false;
        } else {
            damaged(scan, cut, due, Math.max(lastLost, due), why + "; no part of it is unwritten, as in a write that "
                    + "was cut short");
        }
        if (!onward || rest.next() < 0) {
            return false;
        }
        scan.resume(rest.next());
        return true;
    }

    /** Every entry before the first damage, as of the moment when what comes there was written. */
    EntryIndex index() {
        return index;
    }

    /** The queue files of the listed segments, in order; those without exactly one are left out. */
    List<Path> files() {
        return files;
    }

    /** Empty if the log is whole. */
    List<LogDamage> damage() {
        return damage;
    }

    /** What lies behind the last good record, if that is neither nothing nor damage. */
    Optional<Tail> tail() {
        return Optional.ofNullable(tail);
    }

    /**
     * Whether nobody can tell if the torn tail was synced once: the mark may be behind, because the machine went down
     * since it was written, or it is not there.
     */
    boolean isUndecided() {
        return tail != null && !(mark.there() && (mark.clean() || KernelBoot.is(mark.boot())));
    }

    /** Whether records may be missing that were written and not synced, though the kernel runs on. */
    boolean isMissing() {
        return mark.isMissing(lastSequence, saidDurable);
    }

    /** What the mark's file said. */
    DurableMark.Content mark() {
        return mark;
    }

    /** Everything up to it has been synced: said by the mark, by records, or because a later segment was begun. */
    long durable() {
        return durable;
    }

    /** The index of the last good record. */
    long lastIndex() {
        return lastIndex;
    }

    /** The highest sequence. */
    long lastSequence() {
        return lastSequence;
    }

    /** How many good records there are. */
    long records() {
        return records;
    }

    /** Where the records of the last segment end that have been synced. Of a log without damage. */
    long durableEnd() {
        Manifest.Listed last = manifest.segments().get(manifest.segments().size() - 1);
        int count = (int) Math.min(lastCount, durable - last.firstSequence() + 1);
        return count == 0 ? lastFirstEnd : lastEnds[count - 1];
    }
}
