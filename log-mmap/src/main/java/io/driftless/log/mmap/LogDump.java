package io.driftless.log.mmap;

import io.driftless.log.LogCorruptException;
import io.driftless.log.LogDamage;
import io.driftless.log.LogOpenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Reads a log's files as they are, for people: takes no lock, changes nothing, needs neither Chronicle nor a JVM flag.
 * Works on a read-only file system, and beside a running node, where the end of what it sees is a moment of the past.
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
     * @param cleanStop       whether it was closed cleanly
     * @param undecided       whether there is a torn tail of which nobody can tell if it had been synced
     * @param owner           who had it open, in words
     * @param notes           what is no damage: who uses it, a torn tail, a missing mark
     * @param damage          what is damaged; empty if the log would open
     */
    public record Summary(Path directory, UUID logId, long boundary, long boundaryTerm, long lastIndex,
            long lastSequence, long durableSequence, int segments, long records, boolean cleanStop, boolean undecided,
            Optional<String> owner, List<String> notes, List<LogDamage> damage) {

        /** Copies the lists. */
        public Summary {
            notes = List.copyOf(notes);
            damage = List.copyOf(damage);
        }
    }

    /**
     * Hands every readable record to {@code records}, in the order of writing, segment by segment, also those behind
     * damage.
     *
     * @param dir a node's data directory, or the {@code log} folder in it
     * @throws LogCorruptException  if there is no log, or identity or manifest cannot be read
     * @throws LogOpenException     if its format is newer or older than this version reads
     * @throws UncheckedIOException if a file cannot be read
     */
    public static Summary read(Path dir, Consumer<? super DumpedRecord> records) {
        LogWalk.Visitor visitor = (scan, live) -> records.accept(new DumpedRecord(scan.entry(), scan.sequence(),
                scan.durableSequence(), live, scan.file(), scan.position() + 4));
        return summary(LogFiles.look(dir, (directory, manifest) -> LogWalk.throughAll(directory, manifest, visitor),
                LogDump::quietly));
    }

    /** Reads and checks everything, as {@link #read}, and hands out nothing. */
    public static Summary verify(Path dir) {
        return summary(LogFiles.look(dir, LogDump::quietly, LogDump::quietly));
    }

    private static LogWalk quietly(Path directory, Manifest manifest) throws IOException {
        return LogWalk.throughAll(directory, manifest, (scan, live) -> { });
    }

    private static Summary summary(LogFiles files) {
        Manifest manifest = files.manifest();
        LogWalk walk = files.walk();
        return new Summary(files.directory(), manifest.logId(), manifest.boundary(), manifest.boundaryTerm(),
                walk.lastIndex(), walk.lastSequence(), walk.durable(), manifest.segments().size(), walk.records(),
                walk.mark().clean(), walk.isUndecided(), files.owner(), files.notes(), files.damage());
    }
}
