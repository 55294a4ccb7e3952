package io.driftless.node;

import io.driftless.errors.EndCause;

/**
 * How a node ended. Immutable.
 *
 * @param cause  the kind; {@link EndCause#STOPPED} if its owner closed it
 * @param detail one line; empty if its owner closed it
 */
public record NodeEnd(EndCause cause, String detail) {

    /** The exit code for a process that ends because of it. */
    public int exitCode() {
        return cause.exitCode();
    }
}
