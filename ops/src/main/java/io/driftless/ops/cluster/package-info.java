/**
 * Internal. A running cluster seen from outside: how the commands {@code kv}, {@code status} and {@code demo} talk to
 * it.
 *
 * <p>Reading order: {@link io.driftless.ops.cluster.KvClient} sends key-value commands through the log and gives
 * {@link io.driftless.ops.cluster.KvExchange}, {@link io.driftless.ops.cluster.NodeProbe} asks one node about itself
 * and its own copy of the state, {@link io.driftless.ops.cluster.Wiring} is the one place that chooses the transport.
 *
 * <p>Must not import the command line or start a process.
 */
@NullMarked
package io.driftless.ops.cluster;

import org.jspecify.annotations.NullMarked;
