package io.driftless.log.mmap;

import io.driftless.log.LogCorruptException;
import io.driftless.log.LogDamage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A log's files, looked at without opening the log: no lock, no change, no Chronicle. Somebody may be writing
 * meanwhile: damage then counts only if a second look finds it again in the same place, so that neither a record in the
 * making nor a segment that is compacted away in this moment is taken for it. Immutable.
 *
 * @param directory of the log itself
 * @param manifest  which segments are the log
 * @param walk      what they hold
 * @param owner     who had the log open, in words
 */
record LogFiles(Path directory, Manifest manifest, LogWalk walk, Optional<String> owner) {

    private static final int LOOKS = 10;

    /** Goes through a log's files. */
    @FunctionalInterface
    interface Walk {
        /** Through those of the manifest. */
        LogWalk over(Path directory, Manifest manifest) throws IOException;
    }

    /**
     * Looks at the log in {@code dir}, or in the folder {@code log} of it.
     *
     * @param first the first look
     * @param again any other
     * @throws LogCorruptException  if there is no log, or identity or manifest cannot be read
     * @throws UncheckedIOException if a file cannot be read
     */
    static LogFiles look(Path dir, Walk first, Walk again) {
        Path directory = Files.isDirectory(dir.resolve(MmapStorage.LOG)) ? dir.resolve(MmapStorage.LOG) : dir;
        try {
            Optional<Map<String, String>> identity = IdentityFile.read(directory);
            if (identity.isEmpty()) {
                throw new LogCorruptException(dir + " holds no log: there is no "
                        + directory.resolve(IdentityFile.FILE));
            }
            UUID logId = LogOpener.logId(directory, identity.get());
            Optional<String> owner = DirectoryLock.owner(directory);
            LogFiles seen = null;
            for (int i = 0; i < LOOKS; i++) {
                Manifest manifest = Manifest.read(directory, logId);
                try {
                    LogFiles now = new LogFiles(directory, manifest, (i == 0 ? first : again).over(directory, manifest),
                            owner);
                    if (now.walk.damage().isEmpty() || seen != null && now.places().equals(seen.places())) {
                        return now;
                    }
                    seen = now;
                } catch (NoSuchFileException compacted) {
                    if (i == LOOKS - 1) {
                        throw compacted;
                    }
                }
            }
            throw new IOException("its files change faster than they can be read");
        } catch (IOException e) {
            throw new UncheckedIOException(dir + " cannot be read: " + e, e);
        }
    }

    private List<String> places() {
        return walk.damage().stream().map(damage -> damage.file() + " " + damage.offset()).toList();
    }

    /** What is no damage, each in a line. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        owner.ifPresent(who -> notes.add(directory + " is in use by " + who
                + ": what is shown here is a moment of the past"));
        if (!walk.mark().there()) {
            notes.add(directory.resolve(DurableMark.FILE)
                    + " is missing or unreadable: what was synced is known from the records alone");
        }
        walk.tail().ifPresent(tail -> notes.add(tail.message() + "; " + (walk.isUndecided()
                ? "undecided: it may have been synced or not" : "it was never acknowledged")));
        return notes;
    }

    /** Of the whole log; empty if it is whole. */
    List<LogDamage> damage() {
        return walk.damage();
    }
}
