package io.driftless.log;

import io.driftless.errors.EndCause;
import io.driftless.errors.LogException;

/**
 * Two threads used at once what belongs to the log's owner: a defect of the caller. Looked for only where assertions
 * are enabled.
 */
public final class LogOwnerException extends LogException {

    private static final long serialVersionUID = 1L;

    /** With who met whom. */
    public LogOwnerException(String message) {
        super(EndCause.INVARIANT, message, null);
    }
}
