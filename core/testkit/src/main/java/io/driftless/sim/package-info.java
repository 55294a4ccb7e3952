/**
 * API: deterministic simulation. A whole cluster, its clients, network, disks and clocks run in one thread from one
 * seed: {@link io.driftless.sim.Simulation} runs one, {@link io.driftless.sim.Plan} is everything that a run depends
 * on, drawn from a seed or read from a file, and {@link io.driftless.sim.SimulationResult} is what came of it.
 * {@link io.driftless.sim.Trace} writes a run out, {@link io.driftless.sim.SimulatedCluster} stands still at any point
 * of it, and {@link io.driftless.sim.Simulation#check} runs a user's state machine through such clusters.
 *
 * <p>The nodes are the production driver and core on an engine of the simulator's. What happens is told as a {@code
 * Happening} to every {@code Checker}, each of which watches one promise; {@code history} looks at what the clients
 * saw.
 *
 * <p>Reading order: Plan, Universe, SimulatedNode, SimulatedNetwork, Happening, the checkers. A run must not
 * read a clock, start a thread, or depend on the order of a hash table.
 */
@NullMarked
package io.driftless.sim;

import org.jspecify.annotations.NullMarked;
