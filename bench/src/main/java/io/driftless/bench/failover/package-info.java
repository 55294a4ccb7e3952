/**
 * Internal. {@code driftless bench failover}: how long clients wait when the leader is killed.
 *
 * <p>Reading order: {@link io.driftless.bench.failover.FailoverCommand} kills leaders,
 * {@link io.driftless.bench.failover.FailoverReport} judges what came of it.
 *
 * <p>Imports what benchmarks share and the command's console and client; of other benchmarks nothing.
 */
@NullMarked
package io.driftless.bench.failover;

import org.jspecify.annotations.NullMarked;
