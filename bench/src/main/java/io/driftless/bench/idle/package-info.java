/**
 * Internal. {@code driftless bench idle}: what three idle nodes cost.
 *
 * <p>Reading order: {@link io.driftless.bench.idle.IdleCommand} takes the processor time of the nodes,
 * {@link io.driftless.bench.idle.IdleReport} judges it.
 *
 * <p>Imports what benchmarks share and the command's console; of other benchmarks nothing.
 */
@NullMarked
package io.driftless.bench.idle;

import org.jspecify.annotations.NullMarked;
