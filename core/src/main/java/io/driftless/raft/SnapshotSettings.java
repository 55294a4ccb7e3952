package io.driftless.raft;

/**
 * The numbers by which snapshots are sent and the log is shortened behind them (Raft §7). Immutable.
 *
 * @param chunkBytes     most that one InstallSnapshot carries, at least 1
 * @param windowBytes    most that a receiver takes before it has written it, at least {@code chunkBytes}
 * @param bytesPerSecond most that a leader sends in a second, to all peers together; {@link Long#MAX_VALUE} for no
 *                       limit
 * @param retainEntries  so many of the newest entries stay in the log for followers that lag
 * @param retainBytes    so many bytes of the newest entries stay, too
 * @param retainBytesMax so many stay at most for followers that are being brought up to date
 */
public record SnapshotSettings(int chunkBytes, long windowBytes, long bytesPerSecond, long retainEntries,
        long retainBytes, long retainBytesMax) {

    /** Checks how the numbers relate. */
    public SnapshotSettings {
        if (chunkBytes < 1 || windowBytes < chunkBytes || bytesPerSecond < 1) {
            throw new IllegalArgumentException("chunks of " + chunkBytes + " bytes in a window of " + windowBytes
                    + ", " + bytesPerSecond + " bytes a second");
        }
        if (retainEntries < 0 || retainBytes < 0 || retainBytesMax < retainBytes) {
            throw new IllegalArgumentException("the log keeps " + retainEntries + " entries and " + retainBytes
                    + " bytes, at most " + retainBytesMax);
        }
    }

    /** Chunks of 256 KiB in a window of 8 MiB, without a limit; 128 MiB of log stay, at most 4 GiB. */
    public static SnapshotSettings defaults() {
        return new SnapshotSettings(256 << 10, 8 << 20, Long.MAX_VALUE, 0, 128L << 20, 4L << 30);
    }
}
