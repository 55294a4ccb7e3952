/**
 * Internal: the driver around the core. Decides nothing about safety: that is the core's.
 *
 * <p>Reading order: {@link io.driftless.node.driver.NodeLifecycle} is a node from start to end, {@code NodeRun} one run
 * of it; {@code NodeLoop} steps the core without a thread of its own and turns effects into queued work; {@code Round}
 * is the order in which that is done; {@code DiskQueue}, {@code ApplyQueue} and {@code SendLane} do it, each by the
 * rule of {@code Turn}: who brings work while none is waiting works for all. The threads come from an {@link
 * io.driftless.node.driver.Engine}; on another engine {@link io.driftless.node.driver.SteppedNode} runs without them,
 * in a simulation.
 *
 * <p>Imports no implementation of log or transport, and of the libraries only what the interfaces name.
 */
@NullMarked
package io.driftless.node.driver;

import io.driftless.concurrent.Turn;
import org.jspecify.annotations.NullMarked;
