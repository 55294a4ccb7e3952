package io.driftless.log;

import io.driftless.errors.EndCause;
import io.driftless.errors.LogException;

/** The disk did not take what was written. Final: the sync is never retried (R15). */
public final class SyncFailedException extends LogException {

    private static final long serialVersionUID = 1L;

    /** With what happened, and where. */
    public SyncFailedException(String message) {
        super(EndCause.FAILED_SYNC, message, null);
    }

    /**
     * With what a node ends with that the disk is not to blame for, or that is told by a number of its own: it was
     * full, say. Final all the same.
     */
    public SyncFailedException(EndCause endCause, String message, Throwable cause) {
        super(endCause, message, cause);
    }

    /** With what happened, where, and why. */
    public SyncFailedException(String message, Throwable cause) {
        super(EndCause.FAILED_SYNC, message, cause);
    }
}
