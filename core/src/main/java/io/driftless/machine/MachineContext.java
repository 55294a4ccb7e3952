package io.driftless.machine;

/** What a state machine may know of its surroundings. */
public interface MachineContext {

    /** The cluster's name. */
    String clusterId();

    /** The node's name. Must not influence what {@link StateMachine#apply} does. */
    String nodeId();
}
