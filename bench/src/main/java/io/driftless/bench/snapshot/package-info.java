/**
 * Internal. {@code driftless bench snapshots}: what snapshots and the shortened log cost and give, on three node
 * processes.
 *
 * <p>Reading order: {@link io.driftless.bench.snapshot.SnapshotsCommand} takes the figures of its
 * {@link io.driftless.bench.snapshot.SnapshotPart}s, each of which has a cluster of its own;
 * {@link io.driftless.bench.snapshot.Puts} is the load, {@link io.driftless.bench.snapshot.SnapshotsReport} the table
 * and the verdict.
 *
 * <p>Imports what benchmarks share, and the client; of other benchmarks nothing.
 */
@NullMarked
package io.driftless.bench.snapshot;

import org.jspecify.annotations.NullMarked;
