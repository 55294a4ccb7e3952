/**
 * API: a running server. {@link io.driftless.node.RaftNode} is what an embedder starts; {@link
 * io.driftless.node.NodeConfig}, {@link io.driftless.node.NodeSettings} and {@link io.driftless.node.Members} say how
 * it runs and with whom; {@link io.driftless.node.NodeStatus}, {@link io.driftless.node.NodeListener} and {@link
 * io.driftless.node.NodeEnd} are what it says of itself. The rest of the package is internal: the driver around the
 * core.
 *
 * <p>Reading order of the driver: {@code NodeLoop} steps the core without a thread of its own and turns effects into
 * queued work; {@code Round} is the order in which that is done; {@code DiskQueue}, {@code ApplyQueue} and {@code
 * SendLane} do it, each by the rule of {@code Turn}: who brings work while none is waiting works for all. {@code
 * NodeRun} puts the threads around it, which come from an {@link io.driftless.node.Engine}; on another engine {@link
 * io.driftless.node.SteppedNode} runs without them, in a simulation.
 *
 * <p>Decides nothing about safety: that is the core's. Imports no implementation of log or transport, and of the
 * libraries only what the interfaces name. R1, R2 and so on are the safety rules, by their numbers in {@code
 * docs/rules.md}.
 */
@NullMarked
package io.driftless.node;

import org.jspecify.annotations.NullMarked;
