package io.driftless.machine;

/** What a state machine may know about its surroundings. */
public interface MachineContext {

    /** The cluster's name. */
    String clusterId();

    /** The node's name. It must not influence what {@link StateMachine#apply} does. */
    String nodeId();
}
