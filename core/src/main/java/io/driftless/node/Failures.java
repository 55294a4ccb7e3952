package io.driftless.node;

import io.driftless.errors.EndCause;
import org.jspecify.annotations.Nullable;

/** The one path for what a node cannot go on after (DESIGN §7). Thread safe; must not block or throw. */
@FunctionalInterface
interface Failures {

    /** The node cannot go on. */
    void unrecoverable(EndCause cause, String source, String message, @Nullable Throwable throwable);
}
