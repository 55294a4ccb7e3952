/**
 * Internal. {@code driftless bench commit}: what a durable commit costs, against a floor taken in the same run and
 * against plain processes that do no more than they must.
 *
 * <p>Reading order: {@link io.driftless.bench.commit.CommitCommand} is one run from warm-up to verdict,
 * {@link io.driftless.bench.commit.CommitBenchmark}, {@link io.driftless.bench.commit.FloorBenchmark} and
 * {@link io.driftless.bench.commit.PlainBenchmark} are what JMH calls, {@link io.driftless.bench.commit.CommitReport}
 * is how the numbers are put together and judged. {@link io.driftless.bench.commit.SessionsCommand} and
 * {@link io.driftless.bench.commit.ReadsCommand} compare with the same commands what sessions cost, and queries, which
 * {@link io.driftless.bench.commit.ReadBenchmark} asks. {@link io.driftless.bench.commit.PlainCluster} and
 * {@link io.driftless.bench.commit.EchoServer} are the processes beside the nodes.
 *
 * <p>Imports what benchmarks share, the client and the key-value machine's commands and queries; of other benchmarks
 * nothing.
 */
@NullMarked
package io.driftless.bench.commit;

import org.jspecify.annotations.NullMarked;
