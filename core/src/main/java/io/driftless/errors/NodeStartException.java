package io.driftless.errors;

import org.jspecify.annotations.Nullable;

/** A node could not start. The message says in one line why, and what to do. */
public final class NodeStartException extends DriftlessException {

    private static final long serialVersionUID = 1L;

    private final EndCause endCause;

    /** Takes the kind of the reason, and the line. */
    public NodeStartException(EndCause endCause, String message) {
        this(endCause, message, null);
    }

    /** Takes the kind of the reason, the line, and what led to it. */
    public NodeStartException(EndCause endCause, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.endCause = endCause;
    }

    /** The kind of the reason. */
    public EndCause endCause() {
        return endCause;
    }
}
