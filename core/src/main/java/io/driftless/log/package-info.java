/**
 * SPI: what a node keeps for good. {@link io.driftless.log.RaftLog} is the replicated log of one server,
 * {@link io.driftless.log.HardStateStore} its term and vote, and {@link io.driftless.log.Storage} both of them with the
 * identity of the data, opened as a whole by a {@link io.driftless.log.StorageFactory}.
 *
 * <p>Read {@code RaftLog} first: its Javadoc says who may call what, and what is durable when. Then {@code LogEntry}
 * and {@code LogReader}. Failures are typed ({@code LogFullException}, {@code OutOfResourcesException}, {@code
 * LogCorruptException}, {@code SyncFailedException}, {@code LogClosedException}), damage by {@code LogDamage}; what a
 * storage noticed and survived goes to the {@code LogListener}, and how it was left before says {@code Opening}. The
 * contract suites in {@code io.driftless.tck} say the same as tests.
 *
 * <p>Must not import anything of core but {@code io.driftless.errors} and the values of {@code io.driftless.raft}; no
 * implementation, no Chronicle. Of Agrona, {@code DirectBuffer} alone.
 */
@NullMarked
package io.driftless.log;

import org.jspecify.annotations.NullMarked;
