package io.driftless.log;

import io.driftless.errors.EndCause;
import io.driftless.errors.LogException;

/**
 * A log cannot be opened, although nothing is wrong with its data: it is open elsewhere, cannot be written, has a newer
 * format, or the JVM lacks flags. The message says in one line what to do. A node whose storage throws this does not
 * start, and throws a {@link io.driftless.errors.NodeStartException} with the same cause.
 */
public final class LogOpenException extends LogException {

    private static final long serialVersionUID = 1L;

    /** Of {@code what}, which another version wrote: this one reads {@code read}. */
    public static LogOpenException ofVersion(String what, int found, int read) {
        return new LogOpenException(EndCause.OTHER_FORMAT, what + " has version " + found
                + "; this version of Driftless reads " + read);
    }

    /** Takes the kind of the reason, and the line. */
    public LogOpenException(EndCause endCause, String message) {
        super(endCause, message, null);
    }

    /** Takes the kind of the reason, the line, and what led to it. */
    public LogOpenException(EndCause endCause, String message, Throwable cause) {
        super(endCause, message, cause);
    }
}
