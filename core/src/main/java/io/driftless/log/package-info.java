/**
 * SPI: what a node stores permanently. {@link io.driftless.log.RaftLog} is the replicated log of one server,
 * {@link io.driftless.log.HardStateStore} keeps its term and vote, and {@link io.driftless.log.Storage} is both of them
 * with the identity of the data. A {@link io.driftless.log.StorageFactory} opens a storage as a whole.
 *
 * <p>Read {@code RaftLog} first: its Javadoc says who may call what, and what is durable when. Then {@code LogEntry}
 * and {@code LogReader}. Failures are typed ({@code LogFullException}, {@code OutOfResourcesException},
 * {@code LogCorruptException}, {@code SyncFailedException}, {@code LogClosedException}), and {@code LogDamage}
 * describes damage. What a storage noticed and survived goes to the {@code LogListener}. {@code Opening} says how the
 * storage was left before. The contract suites in {@code io.driftless.tck} say the same as tests.
 *
 * <p>Must not import anything of core except {@code io.driftless.errors} and the values of {@code io.driftless.raft};
 * no implementation, no Chronicle, and of Agrona only {@code DirectBuffer}.
 */
@NullMarked
package io.driftless.log;

import org.jspecify.annotations.NullMarked;
