package io.driftless.log;

import io.driftless.errors.EndCause;
import io.driftless.errors.LogException;

/**
 * The process has no file descriptor, thread or native memory left for what was asked. As with a
 * {@link LogFullException}, nothing is wrong with the data, and the call can be tried again.
 */
public final class OutOfResourcesException extends LogException {

    private static final long serialVersionUID = 1L;

    /** Takes what was asked for, and what is missing. */
    public OutOfResourcesException(String message) {
        super(EndCause.OUT_OF_RESOURCES, message, null);
    }

    /** Takes what was asked for, what is missing, and why. */
    public OutOfResourcesException(String message, Throwable cause) {
        super(EndCause.OUT_OF_RESOURCES, message, cause);
    }
}
