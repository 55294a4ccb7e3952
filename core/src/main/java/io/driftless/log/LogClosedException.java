package io.driftless.log;

import io.driftless.errors.EndCause;
import io.driftless.errors.LogException;

/** The log or its reader is closed. */
public final class LogClosedException extends LogException {

    private static final long serialVersionUID = 1L;

    /** Takes what happened, and where. */
    public LogClosedException(String message) {
        super(EndCause.STOPPED, message, null);
    }

    /** Takes what happened, where, and why. */
    public LogClosedException(String message, Throwable cause) {
        super(EndCause.STOPPED, message, cause);
    }
}
