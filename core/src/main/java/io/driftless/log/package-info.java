/**
 * SPI: what a node keeps. {@link io.driftless.log.RaftLog} is the replicated log of one server, read through a
 * {@link io.driftless.log.LogReader}; {@link io.driftless.log.HardStateStore} keeps term and vote;
 * {@link io.driftless.log.Storage} is both with the identity of their owner, opened by a
 * {@link io.driftless.log.StorageFactory}.
 *
 * <p>Reading order: {@link io.driftless.log.LogEntry}, {@link io.driftless.log.RaftLog}, the exceptions beside it. The contracts
 * stand in the Javadoc and, as tests, in {@code io.driftless.tck} of the testkit, which every implementation runs.
 *
 * <p>Imports of the rest of Driftless only {@link io.driftless.errors} and the values {@code HardState} and {@code ServerId}, so
 * that a log can be used without a node; of libraries only Agrona's {@code DirectBuffer}.
 */
@NullMarked
package io.driftless.log;

import org.jspecify.annotations.NullMarked;
