package io.driftless.errors;

import org.jspecify.annotations.Nullable;

/** An operating error with a message for a person; never used for what is expected to happen. */
public abstract sealed class DriftlessException extends RuntimeException
        permits ConfigException, NodeStartException, LogException, MalformedException {

    private static final long serialVersionUID = 1L;

    DriftlessException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
