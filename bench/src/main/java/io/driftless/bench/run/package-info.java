/**
 * Internal. What every benchmark's run is made of.
 *
 * <p>Reading order: {@link io.driftless.bench.run.BenchOptions} is what each command line has,
 * {@link io.driftless.bench.run.BenchCluster} the three node processes, {@link io.driftless.bench.run.Cleanup} sees
 * that no process and no folder stays behind, {@link io.driftless.bench.run.Measuring} is how JMH is called.
 *
 * <p>Imports the command's processes and console, and no benchmark.
 */
@NullMarked
package io.driftless.bench.run;

import org.jspecify.annotations.NullMarked;
