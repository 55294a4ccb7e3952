/**
 * Internal. {@code driftless bench log}: the log alone, beside floors that write the same bytes.
 *
 * <p>Reading order: {@link io.driftless.bench.log.LogCommand} takes the figures of its
 * {@link io.driftless.bench.log.LogMeasurement}s in rounds, {@link io.driftless.bench.log.LogBenchmark} and
 * {@link io.driftless.bench.log.SpareBenchmark} are what JMH calls, {@link io.driftless.bench.log.EntryWriter} is the
 * log or a floor, {@link io.driftless.bench.log.LogReport} the table and the verdict.
 *
 * <p>Imports what benchmarks share and the log; of other benchmarks nothing, and no cluster.
 */
@NullMarked
package io.driftless.bench.log;

import org.jspecify.annotations.NullMarked;
