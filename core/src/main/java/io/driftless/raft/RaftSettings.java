package io.driftless.raft;

/**
 * The numbers that a server runs by. Immutable.
 *
 * @param electionTimeoutMinNs shortest election timeout; also how long a leader is believed in, and may lead without a
 *                             quorum (R9, R11)
 * @param electionTimeoutMaxNs longest election timeout, exclusive
 * @param heartbeatIntervalNs  time between heartbeats, at most a quarter of the shortest election timeout
 * @param batchBytesMax        most that one AppendEntries carries, unless one entry alone is more
 * @param windowBytesMax       most that is under way to one peer before its acknowledgement
 * @param snapshots            those of snapshots
 */
public record RaftSettings(long electionTimeoutMinNs, long electionTimeoutMaxNs, long heartbeatIntervalNs,
        long batchBytesMax, long windowBytesMax, SnapshotSettings snapshots) {

    /** Checks how the numbers relate. */
    public RaftSettings {
        if (heartbeatIntervalNs < 1 || heartbeatIntervalNs > electionTimeoutMinNs / 4) {
            throw new IllegalArgumentException("heartbeat interval " + heartbeatIntervalNs
                    + " ns with electionTimeoutMin "
                    + electionTimeoutMinNs + " ns");
        }
        if (electionTimeoutMaxNs <= electionTimeoutMinNs) {
            throw new IllegalArgumentException("electionTimeoutMax " + electionTimeoutMaxNs
                    + " ns is not above electionTimeoutMin "
                    + electionTimeoutMinNs + " ns");
        }
        if (batchBytesMax < 1 || windowBytesMax < batchBytesMax) {
            throw new IllegalArgumentException("window " + windowBytesMax + " and batch " + batchBytesMax);
        }
    }

    /** With the usual numbers for snapshots. */
    public RaftSettings(long electionTimeoutMinNs, long electionTimeoutMaxNs, long heartbeatIntervalNs,
            long batchBytesMax, long windowBytesMax) {
        this(electionTimeoutMinNs, electionTimeoutMaxNs, heartbeatIntervalNs, batchBytesMax, windowBytesMax,
                SnapshotSettings.defaults());
    }

    /** The same with other numbers for snapshots. */
    public RaftSettings with(SnapshotSettings others) {
        return new RaftSettings(electionTimeoutMinNs, electionTimeoutMaxNs, heartbeatIntervalNs, batchBytesMax,
                windowBytesMax, others);
    }

    /** 300 to 600 ms, 50 ms, batches of 256 KiB in a window of 4 MiB. */
    public static RaftSettings defaults() {
        return new RaftSettings(300_000_000L, 600_000_000L, 50_000_000L, 256 << 10, 4 << 20);
    }
}
