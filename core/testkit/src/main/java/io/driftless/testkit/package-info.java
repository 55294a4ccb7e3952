/**
 * API of the testkit: what a test uses in place of disks and networks.
 *
 * <p>A node's disk is {@link io.driftless.testkit.InMemoryStorage}: a factory that keeps its contents while nodes open,
 * close, die and restart on it, and that can lose what was not synced. {@link io.driftless.testkit.InMemoryLog} and
 * {@link io.driftless.testkit.InMemoryHardStateStore} are the same without a storage around them. All of them keep
 * exactly to the contracts in {@code io.driftless.log}: what was written is not durable before a sync. A
 * {@link io.driftless.testkit.Ledger} adds up what soak runs have done.
 *
 * <p>{@link io.driftless.testkit.InMemoryCluster} is a whole cluster of real nodes on such disks and networks, which
 * can be made to stand still at a {@link io.driftless.testkit.ClusterEvent}.
 *
 * <p>Must not import JUnit, sleep, or read a clock, except for the ledger, which may read one.
 */
@NullMarked
package io.driftless.testkit;

import org.jspecify.annotations.NullMarked;
