package io.driftless.node.driver;

import io.driftless.errors.ErrorEntry;
import io.driftless.errors.NodeStartException;
import io.driftless.machine.MachineContext;
import io.driftless.machine.StateMachine;

/** What a state machine is opened with, and what it means that it does not open. Immutable. */
record MachineOpening(String clusterId, String nodeId) implements MachineContext {

    /** The index up to which it has applied; {@link NodeStartException} with what it threw. */
    long open(StateMachine machine) {
        try {
            return machine.open(this);
        } catch (Engine.Ended simulated) {
            throw simulated;
        } catch (Throwable problem) {
            throw new NodeStartException(Failures.ofMachine(problem), "the state machine "
                    + machine.getClass().getName() + " does not open: " + problem.getClass().getName() + ": "
                    + ErrorEntry.messageOf(problem), problem);
        }
    }
}
