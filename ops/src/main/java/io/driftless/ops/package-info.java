/**
 * Internal. The {@code driftless} command; nothing here is for use by other programs.
 *
 * <p>Reading order: {@link io.driftless.ops.Driftless} is {@code main}; {@code command} holds the command line, one
 * class a command, each of which reads its options and calls what does the work: {@code process} (nodes as processes),
 * {@code cluster} (a running cluster from outside), {@code shell}, {@code demo}. {@code kv} and {@code bank} are the
 * state machines that come along, {@code console} is what is written and read.
 *
 * <p>Exit codes: 0 done, 1 the operation failed, 2 bad usage or configuration, and those of
 * {@link io.driftless.errors.EndCause} for a node.
 *
 * <p>Only this module writes to the standard streams, installs shutdown hooks, or ends the process.
 */
@NullMarked
package io.driftless.ops;

import org.jspecify.annotations.NullMarked;
