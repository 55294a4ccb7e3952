package io.driftless.log;

import io.driftless.errors.EndCause;
import io.driftless.errors.LogException;

/** The disk did not take what was written. This is final: the sync is never retried (R15). */
public final class SyncFailedException extends LogException {

    private static final long serialVersionUID = 1L;

    /** Takes what happened, and where. */
    public SyncFailedException(String message) {
        super(EndCause.FAILED_SYNC, message, null);
    }

    /**
     * Takes the cause with which a node ends, where the disk is not to blame or where the cause has an exit code of its
     * own, such as a full disk. This is final all the same.
     */
    public SyncFailedException(EndCause endCause, String message, Throwable cause) {
        super(endCause, message, cause);
    }

    /** Takes what happened, where, and why. */
    public SyncFailedException(String message, Throwable cause) {
        super(EndCause.FAILED_SYNC, message, cause);
    }
}
