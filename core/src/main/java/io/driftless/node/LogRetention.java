package io.driftless.node;

/**
 * How much of the newest log a node keeps although a snapshot holds it, so that a follower that was away gets entries
 * and not the whole snapshot. What no snapshot holds stays anyway. Whole segments go, so somewhat more stays.
 * Immutable.
 *
 * @param entries  so many of the newest entries
 * @param bytes    what the newest entries weigh, if those are more
 * @param bytesMax the same for followers that a leader brings up to date: at most so much is kept for them; at least
 *                 {@code bytes}
 */
public record LogRetention(long entries, long bytes, long bytesMax) {

    /** 128 MiB, and at most 4 GiB. */
    public static final LogRetention DEFAULT = new LogRetention(0, 128L << 20, 4L << 30);

    /** Checks that none is negative; {@link NodeConfig.Builder#build} compares them. */
    public LogRetention {
        if (entries < 0 || bytes < 0 || bytesMax < 0) {
            throw new IllegalArgumentException("a log that keeps " + entries + " entries, " + bytes + " bytes, at most "
                    + bytesMax + " bytes: none may be negative");
        }
    }

    /** With another number of entries. */
    public LogRetention entries(long other) {
        return new LogRetention(other, bytes, bytesMax);
    }

    /** With another number of bytes. */
    public LogRetention bytes(long other) {
        return new LogRetention(entries, other, bytesMax);
    }

    /** With another limit. */
    public LogRetention bytesMax(long other) {
        return new LogRetention(entries, bytes, other);
    }
}
