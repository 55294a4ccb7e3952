package io.driftless.log.mmap;

import io.driftless.errors.NodeStartException;
import io.driftless.log.LogCorruptException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Reads a log's files as they are, for people: takes no lock, changes nothing, needs neither Chronicle nor a JVM flag.
 * Beside a running node the end of what it sees is a moment of the past, and a record half written looks like a torn
 * tail.
 */
public final class LogDump {

    private LogDump() { }

    /**
     * What a log's files hold as a whole. Immutable.
     *
     * @param directory       of the log itself
     * @param logId           its identity
     * @param boundary        index before the first entry
     * @param boundaryTerm    its term
     * @param lastIndex       of the last readable entry
     * @param lastSequence    of the last readable record
     * @param durableSequence records up to it are known to have been synced
     * @param segments        how many are listed
     * @param records         how many were read
     * @param notes           what is no damage: a torn tail
     * @param damage          what is damaged, each with file and offset; empty if the log would open
     */
    public record Summary(Path directory, UUID logId, long boundary, long boundaryTerm, long lastIndex,
            long lastSequence, long durableSequence,
            int segments, long records, List<String> notes, List<String> damage) {

        /** Copies the lists. */
        public Summary {
            notes = List.copyOf(notes);
            damage = List.copyOf(damage);
        }
    }

    /**
     * Hands every readable record to {@code records}, in the order of writing, segment by segment; behind damage it
     * goes on with the next segment.
     *
     * @param dir a node's data directory, or the {@code log} folder in it
     * @throws LogCorruptException  if there is no log, or identity or manifest cannot be read
     * @throws NodeStartException if a newer version wrote it
     * @throws UncheckedIOException if a file cannot be read
     */
    public static Summary read(Path dir, Consumer<? super DumpedRecord> records) {
        Path directory = Files.isDirectory(dir.resolve(MmapStorage.LOG)) ? dir.resolve(MmapStorage.LOG) : dir;
        try {
            Optional<Map<String, String>> identity = IdentityFile.read(directory);
            if (identity.isEmpty()) {
                throw new LogCorruptException(dir + " holds no log: there is no "
                        + directory.resolve(IdentityFile.FILE));
            }
            UUID logId = MmapLog.logId(directory, identity.get());
            return new Walk(directory, Manifest.read(directory, logId), records).run();
        } catch (IOException e) {
            throw new UncheckedIOException(dir + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static final class Walk {

        private final Path directory;
        private final Manifest manifest;
        private final Consumer<? super DumpedRecord> records;
        private final List<String> notes = new ArrayList<>();
        private final List<String> damage = new ArrayList<>();
        private long lastIndex;
        private long lastSequence;
        private long durable;
        private long count;

        Walk(Path directory, Manifest manifest, Consumer<? super DumpedRecord> records) {
            this.directory = directory;
            this.manifest = manifest;
            this.records = records;
            this.lastIndex = manifest.boundary();
            this.lastSequence = manifest.firstSequence() - 1;
        }

        Summary run() throws IOException {
            durable = DurableMark.read(directory, manifest.logId());
            for (int i = 0; i < manifest.segments().size(); i++) {
                Manifest.Listed listed = manifest.segments().get(i);
                Path segment = Segment.directory(directory, listed.number());
                List<Path> files = Segment.queueFiles(segment);
                if (files.size() == 1) {
                    segment(files.get(0), listed, i == manifest.segments().size() - 1);
                } else {
                    damage.add(segment + " is listed in the manifest, but holds " + files.size()
                            + " queue files instead of one");
                }
            }
            return new Summary(directory, manifest.logId(), manifest.boundary(), manifest.boundaryTerm(), lastIndex,
                    lastSequence, durable,
                    manifest.segments().size(), count, notes, damage);
        }

        private void segment(Path file, Manifest.Listed listed, boolean last) throws IOException {
            long due = listed.firstSequence();
            lastSequence = Math.max(lastSequence, due - 1);
            try (SegmentScan scan = new SegmentScan(file, manifest.logId(), listed.number(), last ? Long.MAX_VALUE
                    : listed.end())) {
                while (scan.next()) {
                    if (scan.sequence() != due) {
                        damage.add(file + " at offset " + scan.position() + ": sequence " + scan.sequence() + " where "
                                + due + " is due");
                    }
                    due = scan.sequence() + 1;
                    boolean live = scan.sequence() >= manifest.firstSequence();
                    lastIndex = live ? scan.index() : lastIndex;
                    lastSequence = Math.max(lastSequence, scan.sequence());
                    durable = Math.max(durable, scan.durableSequence());
                    count++;
                    records.accept(new DumpedRecord(scan.entry(), scan.sequence(), scan.durableSequence(), live, file,
                            scan.position() + 4));
                }
                String where = file + " at offset " + scan.end() + ", after index " + lastIndex + ": " + scan.stop();
                if (!last && scan.end() != listed.end()) {
                    damage.add(where + ", before its end at " + listed.end());
                } else if (last) {
                    tail(scan, where);
                }
            }
        }

        private void tail(SegmentScan scan, String where) throws IOException {
            SegmentScan.Rest rest = scan.rest();
            durable = Math.max(durable, rest.durableSequence());
            if (lastSequence < durable || scan.firstEnd() == 0) {
                damage.add(where + ", but records up to sequence " + durable + " were synced");
            } else if (rest.written()) {
                notes.add(where + "; what follows was never acknowledged");
            }
        }
    }
}
