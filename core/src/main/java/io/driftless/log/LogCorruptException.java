package io.driftless.log;

import io.driftless.errors.EndCause;
import io.driftless.errors.LogException;

/** Stored bytes are not what was written; the message names file, offset and index. */
public final class LogCorruptException extends LogException {

    private static final long serialVersionUID = 1L;

    /** With what happened, and where. */
    public LogCorruptException(String message) {
        super(EndCause.CORRUPT, message, null);
    }

    /** With what happened, where, and why. */
    public LogCorruptException(String message, Throwable cause) {
        super(EndCause.CORRUPT, message, cause);
    }
}
