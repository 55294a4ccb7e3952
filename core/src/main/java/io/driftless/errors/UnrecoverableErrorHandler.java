package io.driftless.errors;

/**
 * Decides what becomes of a node that met an unrecoverable error. Called once for each error, on a thread of its own,
 * after the node has stopped voting.
 */
@FunctionalInterface
public interface UnrecoverableErrorHandler {

    /** The library's default: stops the node and leaves the process alone. */
    UnrecoverableErrorHandler STOP = error -> Action.STOP;

    /** Decides what becomes of the node. A throw counts as {@link Action#STOP}. */
    Action decide(UnrecoverableError error);

    /** What can be done with the node. */
    enum Action {
        /** The node closes. {@code RaftNode.ended()} tells why. */
        STOP,
        /** The node closes everything and opens it again in place. */
        RESTART,
        /** The process ends with the cause's exit code. */
        HALT
    }
}
