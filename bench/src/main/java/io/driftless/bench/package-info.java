/**
 * Internal. {@code driftless bench}: benchmarks in real processes, driven by JMH.
 *
 * <p>Reading order: {@link io.driftless.bench.Bench} is {@code main}; {@code commit} measures what a durable commit
 * costs against a floor taken in the same run, {@code idle} what three idle nodes cost, {@code log} the log alone,
 * beside floors that write the same bytes. {@code run} is what they share: options, processes, how JMH is called.
 *
 * <p>JMH runs inside the client process (no forks): the rounds alternate between floor and cluster on the same warm
 * JVMs, and a fork per round would measure a cold client. The benchmarks are far above the nanoseconds where a shared
 * compiler profile matters, and what is fast is repeated within a call. Only a first opening is forked: there a cold
 * JVM is what is measured.
 *
 * <p>Nothing of the project imports these packages, and among them only this one imports a benchmark's. They may write
 * to System.out: that is where results go, and progress goes to System.err.
 */
@NullMarked
package io.driftless.bench;

import org.jspecify.annotations.NullMarked;
