package io.driftless.log;

import java.util.UUID;

/**
 * To whom the data of a storage belong. Immutable.
 *
 * @param clusterId   name of the cluster
 * @param nodeId      name of the node
 * @param incarnation created at random together with the storage, and never changed
 * @param boot        the number of this start on the storage, from 1; durable before the storage answers
 */
public record Identity(String clusterId, String nodeId, UUID incarnation, long boot) { }
