package io.driftless.log;

import io.driftless.errors.EndCause;
import io.driftless.errors.LogException;

/** There is no room for an entry: the disk is full, or a quota is used up. */
public final class LogFullException extends LogException {

    private static final long serialVersionUID = 1L;

    /** Takes what happened, and where. */
    public LogFullException(String message) {
        super(EndCause.DISK_FULL, message, null);
    }

    /** Takes what happened, where, and why. */
    public LogFullException(String message, Throwable cause) {
        super(EndCause.DISK_FULL, message, cause);
    }
}
