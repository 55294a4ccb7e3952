package io.driftless.node.driver;

/** What a thread that brings something to the core has time for, once it has let the core go. */
public enum Leisure {
    /** Nothing: the disk has more to write, and the state machine's own thread applies. */
    NONE,
    /** To apply, if the state machine is fast. */
    APPLY,
    /** To write, and to wait for the disk: nothing urgent is held up by it. */
    WRITE
}
