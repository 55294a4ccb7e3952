package io.driftless.log;

/**
 * What a node tells its storage. Immutable.
 *
 * @param clusterId     name of the cluster
 * @param nodeId        name of the node
 * @param segmentBytes  size of a log segment
 * @param entryBytesMax largest payload of an entry
 * @param listener      is told of what was noticed and did not stop anything
 */
public record StorageContext(String clusterId, String nodeId, int segmentBytes, int entryBytesMax,
        LogListener listener) { }
