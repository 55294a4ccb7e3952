package io.driftless.log.mmap;

import io.driftless.log.LogClosedException;
import io.driftless.log.LogCompactedException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogDamage;
import io.driftless.log.LogEntry;
import io.driftless.log.LogOpenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The entries of a log that nobody needs to own: a damaged one, up to the damage; one on a read-only file system; one
 * that a node has open, as of the moment of opening. Takes no lock, changes nothing, needs neither Chronicle nor a JVM
 * flag; reads through channels, and checks every entry when it reads it.
 *
 * <p>Before damage lies what the log was when the damaged part was written: what superseded or compacted entries later
 * does not show. Confined to one thread.
 */
public final class ReadOnlyLog implements AutoCloseable {

    private static final int WINDOW = 64 * 1024;

    private final LogFiles files;
    private final List<SegmentScan> scans;
    private final EntryIndex index;
    private boolean closed;

    private ReadOnlyLog(LogFiles files, List<SegmentScan> scans) {
        this.files = files;
        this.scans = scans;
        this.index = files.walk().index();
    }

    /**
     * Opens the log in {@code dir}: a log's own folder, or a node's data directory.
     *
     * @throws LogCorruptException  if there is no log, or identity or manifest cannot be read
     * @throws LogOpenException     if its format is newer or older than this version reads
     * @throws UncheckedIOException if a file cannot be read
     */
    public static ReadOnlyLog open(Path dir) {
        List<SegmentScan> scans = new ArrayList<>();
        LogFiles.Walk walk = (directory, manifest) -> {
            closeAll(scans);
            LogWalk walked = LogWalk.toFirstDamage(directory, manifest);
            // Open files can be read to the end, also when the node that owns them removes them.
            for (Path file : walked.files()) {
                scans.add(new SegmentScan(file, manifest.logId(), Segment.numberOf(file.getParent()), Long.MAX_VALUE,
                        WINDOW));
            }
            return walked;
        };
        try {
            return new ReadOnlyLog(LogFiles.look(dir, walk, walk), scans);
        } catch (RuntimeException e) {
            closeAll(scans);
            throw e;
        }
    }

    /** Index of the first entry; {@code lastIndex() + 1} if there is none. */
    public long firstIndex() {
        return index.firstIndex();
    }

    /** Index of the last entry that can be served. */
    public long lastIndex() {
        return index.lastIndex();
    }

    /**
     * The term of the entry at {@code at}, also of {@code firstIndex() - 1}.
     *
     * @throws IllegalArgumentException if {@code at} is outside
     */
    public long termAt(long at) {
        return index.termAt(at);
    }

    /**
     * The entry at {@code at}; empty if it is not there.
     *
     * @throws LogCorruptException if it has been damaged since the opening
     * @throws LogClosedException  if this is closed
     */
    public Optional<LogEntry> entry(long at) {
        return at < firstIndex() ? Optional.empty() : read(at, at, 0).stream().findFirst();
    }

    /** As {@link io.driftless.log.LogReader#read}. */
    public List<LogEntry> read(long fromIndex, long toIndex, long weightMax) {
        if (closed) {
            throw new LogClosedException(files.directory() + " is closed");
        }
        if (fromIndex > 0 && fromIndex < firstIndex()) {
            throw new LogCompactedException(fromIndex, firstIndex());
        }
        List<LogEntry> entries = new ArrayList<>();
        try {
            for (long place : index.places(fromIndex, toIndex, weightMax)) {
                entries.add(at(place, fromIndex + entries.size()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
        }
        return entries;
    }

    private LogEntry at(long place, long due) throws IOException {
        for (SegmentScan scan : scans) {
            if (scan.number() == EntryIndex.segmentOf(place)) {
                if (!scan.seek(EntryIndex.positionOf(place)) || scan.index() != due) {
                    throw new LogCorruptException(scan.file() + " is damaged at offset " + EntryIndex.positionOf(place)
                            + ", index " + due + ": " + scan.stop());
                }
                return scan.entry();
            }
        }
        throw new IllegalStateException("no segment has the number " + EntryIndex.segmentOf(place));
    }

    /** The first damage, if there is any: what lies behind it is not served. */
    public Optional<LogDamage> damage() {
        return files.damage().stream().findFirst();
    }

    /** What is no damage, each in a line: who uses the log, a torn tail, a missing mark. */
    public List<String> notes() {
        return files.notes();
    }

    /** Lets go of the files. Idempotent. */
    @Override
    public void close() {
        closed = true;
        closeAll(scans);
    }

    private static void closeAll(List<SegmentScan> scans) {
        try {
            for (SegmentScan scan : scans) {
                scan.close();
            }
            scans.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
        }
    }
}
