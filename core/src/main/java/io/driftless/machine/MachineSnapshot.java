package io.driftless.machine;

import java.io.OutputStream;

/**
 * The state of a {@link StateMachine} at one index, which does not change while the machine goes on. Used by one thread
 * at a time, which is not the one that applies.
 */
public interface MachineSnapshot extends AutoCloseable {

    /**
     * Writes all of the state, in whatever form {@link StateMachine#restore} reads. Called once. May take long;
     * whatever {@code out} throws has to be passed on, and {@code out} need not be closed.
     */
    void writeTo(OutputStream out) throws Exception;

    /** Lets go of what the view holds. Called once, whether it was written or not. */
    @Override
    default void close() { }
}
