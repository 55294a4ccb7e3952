package io.driftless.log;

import java.nio.file.Path;

/**
 * A stretch of a log's files that is not what was written. Immutable.
 *
 * @param file          the file, or the directory that should hold it
 * @param offset        where in the file the damage begins
 * @param firstIndex    the lowest index that may be missing there
 * @param firstSequence the first record that cannot be read, given as the number that rises by one with each record
 * @param lastSequence  the last such record; below {@code firstSequence} if no record is known to be lost
 * @param reason        what is wrong
 */
public record LogDamage(Path file, long offset, long firstIndex, long firstSequence, long lastSequence,
        String reason) {

    /** One line with file, offset, indexes, records and reason. */
    public String message() {
        String range = lastSequence < firstSequence ? ""
                : "; unreadable: records " + firstSequence + " to " + lastSequence + " by sequence, from index "
                        + firstIndex + " on";
        return file + " is damaged at offset " + offset + ", after index " + (firstIndex - 1) + ": " + reason + range;
    }
}
