package io.driftless.log;

import io.driftless.errors.EndCause;
import io.driftless.errors.LogException;

/**
 * Two threads used at the same time what belongs to the log's owner. This is a defect of the caller. It is checked only
 * where assertions are enabled.
 */
public final class LogOwnerException extends LogException {

    private static final long serialVersionUID = 1L;

    /** Takes a message that says which threads met. */
    public LogOwnerException(String message) {
        super(EndCause.INVARIANT, message, null);
    }
}
