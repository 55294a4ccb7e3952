/**
 * Internal: benchmarks in real processes, driven by JMH. {@code driftless bench commit} measures what a durable commit
 * costs against a floor taken in the same run; {@code driftless bench idle} measures what three idle nodes cost; {@code
 * driftless bench log} measures the log alone, beside floors that write the same bytes.
 *
 * <p>Read {@link io.driftless.bench.CommitCommand} first: it is one run from warm-up to verdict. {@link
 * io.driftless.bench.CommitBenchmark} and {@link io.driftless.bench.FloorBenchmark} are what JMH calls, {@link
 * io.driftless.bench.Measuring} is how it is called, {@link io.driftless.bench.CommitReport} how the numbers are put
 * together and judged. {@link io.driftless.bench.BenchCluster}, {@link io.driftless.bench.PlainCluster} and {@link
 * io.driftless.bench.EchoServer} are the processes, {@link io.driftless.bench.Cleanup} sees that none of them stays
 * behind.
 *
 * <p>{@link io.driftless.bench.LogCommand} takes the figures of its {@link io.driftless.bench.LogMeasurement}s in
 * rounds; {@link io.driftless.bench.LogBenchmark} is what JMH calls, {@link io.driftless.bench.EntryWriter} the log or
 * a floor, {@link io.driftless.bench.LogReport} the table and the verdict.
 *
 * <p>JMH runs inside the client process (no forks): the rounds alternate between floor and cluster on the same warm
 * JVMs, and a fork per round would measure a cold client. The benchmarks are far above the nanoseconds where a shared
 * compiler profile matters, and what is fast is repeated within a call. Only a first opening is forked: there a cold
 * JVM is what is measured.
 *
 * <p>Imports anything of the project, nothing imports it. It may write to System.out: that is where results go, and
 * progress goes to System.err.
 */
@NullMarked
package io.driftless.bench;

import org.jspecify.annotations.NullMarked;
