/**
 * Internal. The replicated key-value machine that the {@code driftless} command runs: a reference state machine, small
 * enough to read in one sitting.
 *
 * <p>Reading order: {@link io.driftless.ops.kv.KvCommand} is what goes through the log,
 * {@link io.driftless.ops.kv.KvReply} what it answers, {@link io.driftless.ops.kv.KvQuery} and
 * {@link io.driftless.ops.kv.KvAnswer} what one node answers of its own state;
 * {@link io.driftless.ops.kv.KeyValueMachine} puts them together, and {@link io.driftless.ops.kv.StateHash} sums its
 * state up in 128 bits. {@link io.driftless.ops.kv.KvSnapshot} is the state as a stream of bytes.
 *
 * <p>Keys and values are any bytes. Every encoding begins with a code that never changes its meaning: what stands in a
 * log must be readable by every later version. A state machine must be deterministic, so nothing here looks at a clock,
 * a random number or the order of a hash table.
 *
 * <p>Must not import the client, the node, the command line or Jackson: a machine knows nothing of who runs it.
 */
@NullMarked
package io.driftless.ops.kv;

import org.jspecify.annotations.NullMarked;
