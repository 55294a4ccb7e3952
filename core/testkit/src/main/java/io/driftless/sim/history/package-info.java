/**
 * API: what clients saw of registers, and whether one order of their operations explains it all.
 *
 * <p>Reading order: {@link io.driftless.sim.history.Operation} is what a client asks for,
 * {@link io.driftless.sim.history.Call} what it saw of that, {@link io.driftless.sim.history.Linearizability} decides;
 * {@link io.driftless.sim.history.RegisterHistory} is how the history of any cluster, simulated or not, is put to it.
 * An embedder needs the last one only; the others are public for the simulator.
 *
 * <p>Imports nothing of the simulator: who judges a history knows nothing of how it came about.
 */
@NullMarked
package io.driftless.sim.history;

import org.jspecify.annotations.NullMarked;
