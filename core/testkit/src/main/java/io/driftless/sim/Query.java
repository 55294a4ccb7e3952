package io.driftless.sim;

import io.driftless.machine.Consistency;
import io.driftless.sim.history.Operation;

/**
 * One attempt to read a register without an entry in the log. Immutable.
 *
 * @param number      unique in the run
 * @param read        what is read; its other attempts have the same
 * @param consistency what the answer must have seen
 */
record Query(long number, Operation read, Consistency consistency) {

    boolean isLinearizable() {
        return consistency instanceof Consistency.Linearizable;
    }
}
