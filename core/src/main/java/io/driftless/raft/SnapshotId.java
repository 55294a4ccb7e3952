package io.driftless.raft;

import java.util.Locale;
import java.util.UUID;

/**
 * Names a snapshot. Two servers that take one at the same index take different ones (R30).
 *
 * @param index    the last index whose effects are in it, above 0 (lastIncludedIndex)
 * @param term     the term of the entry there, above 0 (lastIncludedTerm)
 * @param creator  the incarnation of the server that took it
 * @param checksum over all of its content
 */
public record SnapshotId(long index, long term, UUID creator, int checksum) {

    /** Checks index and term. */
    public SnapshotId {
        if (index < 1 || term < 1) {
            throw new IllegalArgumentException("a snapshot of index " + index + ", term " + term);
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d-%d-%s-%08x", index, term, creator, checksum);
    }
}
