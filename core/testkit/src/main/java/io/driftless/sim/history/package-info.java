/**
 * API: what clients saw of registers, and whether one order of their operations explains everything that they saw.
 *
 * <p>Reading order: {@link io.driftless.sim.history.Operation} is what a client asks for,
 * {@link io.driftless.sim.history.Call} is what the client saw of it, and
 * {@link io.driftless.sim.history.Linearizability} decides. {@link io.driftless.sim.history.RegisterHistory} submits
 * the history of any cluster, simulated or not. An embedder needs only the last one. The others are public for the
 * simulator.
 *
 * <p>Imports nothing from the simulator: whoever judges a history must not know how it came about.
 */
@NullMarked
package io.driftless.sim.history;

import org.jspecify.annotations.NullMarked;
