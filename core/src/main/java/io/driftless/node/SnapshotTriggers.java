package io.driftless.node;

import java.time.Duration;

/**
 * When a node takes a snapshot: once any of these has passed since the last one. Each node draws its own limits, up to
 * a quarter off, so that not all take one at once. Immutable.
 *
 * @param bytes   what the applied part of the log weighs; at least as much as the last snapshot takes on the disk. 0:
 *                by the others alone
 * @param entries how many entries were applied; 0: by the others alone
 * @param time    how long it is, if anything was applied; zero: by the others alone
 */
public record SnapshotTriggers(long bytes, long entries, Duration time) {

    /** Every 256 MiB of log. */
    public static final SnapshotTriggers DEFAULT = new SnapshotTriggers(256L << 20, 0, Duration.ZERO);

    /** Checks that none is negative. */
    public SnapshotTriggers {
        if (bytes < 0 || entries < 0 || time.isNegative()) {
            throw new IllegalArgumentException("a snapshot every " + bytes + " bytes, " + entries + " entries, " + time
                    + ": none may be negative");
        }
    }

    /** With another number of bytes. */
    public SnapshotTriggers everyBytes(long other) {
        return new SnapshotTriggers(other, entries, time);
    }

    /** With another number of entries. */
    public SnapshotTriggers everyEntries(long other) {
        return new SnapshotTriggers(bytes, other, time);
    }

    /** With another time. */
    public SnapshotTriggers every(Duration other) {
        return new SnapshotTriggers(bytes, entries, other);
    }
}
