package io.driftless.errors;

import org.jspecify.annotations.Nullable;

/** A log or hard state could not do what was asked; its subclasses, beside the log's interface, say what went wrong. */
public abstract non-sealed class LogException extends DriftlessException {

    private static final long serialVersionUID = 1L;

    private final EndCause endCause;

    /** Takes the cause with which a node ends if it cannot go on. */
    protected LogException(EndCause endCause, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.endCause = endCause;
    }

    /** The cause with which a node ends if it cannot go on. */
    public EndCause endCause() {
        return endCause;
    }
}
