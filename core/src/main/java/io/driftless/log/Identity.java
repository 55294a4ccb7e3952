package io.driftless.log;

import java.util.UUID;

/**
 * Whose data a storage holds. Immutable.
 *
 * @param clusterId   name of the cluster
 * @param nodeId      name of the node
 * @param incarnation made at random with the storage, and never changed
 * @param boot        which start on this storage this is, from 1; durable before the storage answers
 */
public record Identity(String clusterId, String nodeId, UUID incarnation, long boot) { }
