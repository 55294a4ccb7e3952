/**
 * Internal. What the reference state machines share to take snapshots of a state in memory.
 *
 * <p>Reading order: {@link io.driftless.ops.state.CopyOnWriteTree} is the sorted map that they keep their state in. Its
 * copy costs nothing at first, so that a snapshot stops commands for no time that counts.
 * {@link io.driftless.ops.state.StateReader} reads a stream back, and says at which byte it is wrong.
 *
 * <p>Knows no machine and no format: each machine says in its own package what it writes.
 *
 * <p>Must not import another package of {@code ops}, nor any of the core but {@code io.driftless.errors}.
 */
@NullMarked
package io.driftless.ops.state;

import org.jspecify.annotations.NullMarked;
