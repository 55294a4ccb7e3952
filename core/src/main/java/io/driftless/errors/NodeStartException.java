package io.driftless.errors;

import org.jspecify.annotations.Nullable;

/** A node could not start; the message says in one line why and what to do. */
public final class NodeStartException extends DriftlessException {

    private static final long serialVersionUID = 1L;

    private final EndCause endCause;

    /** With the reason's kind and the line. */
    public NodeStartException(EndCause endCause, String message) {
        this(endCause, message, null);
    }

    /** With the reason's kind, the line and what led to it. */
    public NodeStartException(EndCause endCause, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.endCause = endCause;
    }

    /** The reason's kind. */
    public EndCause endCause() {
        return endCause;
    }
}
