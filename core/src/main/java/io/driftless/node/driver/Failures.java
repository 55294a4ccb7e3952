package io.driftless.node.driver;

import io.driftless.errors.EndCause;
import io.driftless.errors.ErrorEntry;
import org.jspecify.annotations.Nullable;

/** The one path for what a node cannot go on after. Thread safe; neither blocks nor throws. */
@FunctionalInterface
interface Failures {

    /** The node cannot go on. */
    void unrecoverable(EndCause cause, String source, String message, @Nullable Throwable throwable);

    /**
     * A thread of the node met this, whatever it is.
     *
     * @param otherwise the cause, unless the throwable itself tells a better one
     */
    default void threw(EndCause otherwise, String source, Throwable thrown) {
        unrecoverable(EndCause.of(thrown, otherwise), source, ErrorEntry.messageOf(thrown), thrown);
    }
}
