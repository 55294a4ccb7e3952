package io.driftless.log;

/**
 * What a node tells its storage. Immutable.
 *
 * @param clusterId     name of the cluster
 * @param nodeId        name of the node
 * @param segmentBytes  size of a log segment
 * @param entryBytesMax largest payload that this node takes from clients; what it replicates may have up to
 *                      {@link RaftLog#ENTRY_BYTES_MAX}
 * @param durability    when entries count as stored from now on; kept for the next opening, which judges by it
 * @param catchesUp     whether the server is in doubt if the log finds an undecided tail ({@link Opening#undecided()})
 * @param listener      is told of what was noticed and did not stop anything
 */
public record StorageContext(String clusterId, String nodeId, int segmentBytes, int entryBytesMax,
        DurabilityPolicy durability, boolean catchesUp, LogListener listener) {

    /** With every entry synced before it counts, and undecided tails trusted. */
    public StorageContext(String clusterId, String nodeId, int segmentBytes, int entryBytesMax, LogListener listener) {
        this(clusterId, nodeId, segmentBytes, entryBytesMax, DurabilityPolicy.ALWAYS, false, listener);
    }
}
