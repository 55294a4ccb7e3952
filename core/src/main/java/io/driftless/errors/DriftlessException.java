package io.driftless.errors;

import org.jspecify.annotations.Nullable;

/** An operating error with a message for a person. It is never used for something that is expected to happen. */
public abstract sealed class DriftlessException extends RuntimeException
        permits ConfigException, NodeStartException, LogException, MalformedException {

    private static final long serialVersionUID = 1L;

    DriftlessException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
