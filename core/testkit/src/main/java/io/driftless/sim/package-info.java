/**
 * API: deterministic simulation. A whole cluster with its clients, network, disks and clocks runs in one thread from
 * one seed. {@link io.driftless.sim.Simulation} makes one run. {@link io.driftless.sim.Plan} is everything that a run
 * depends on, drawn from a seed or read from a file. {@link io.driftless.sim.SimulationResult} is its result.
 * {@link io.driftless.sim.Trace} writes a run out, {@link io.driftless.sim.SimulatedCluster} can stand still at any
 * point of one, and {@link io.driftless.sim.Simulation#check} runs a user's state machine in such clusters.
 *
 * <p>The nodes are the production driver and core on an engine of the simulator's. Everything that happens is told as a
 * {@code Happening} to every {@code Checker}, and each checker watches one promise. {@code history} judges what the
 * clients saw.
 *
 * <p>Reading order: Plan, Universe, SimulatedNode, SimulatedNetwork, Happening, the checkers. A run must not
 * read a clock, start a thread, or depend on the order of a hash table.
 */
@NullMarked
package io.driftless.sim;

import org.jspecify.annotations.NullMarked;
