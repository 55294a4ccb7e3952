package io.driftless.machine;

import java.time.Duration;
import java.util.Objects;

/**
 * What became of a command. It is never an exception: a timeout, an interrupt or a close is an outcome too. Immutable.
 */
public sealed interface Outcome {

    /**
     * The command was executed at exactly {@code index}, and survives.
     *
     * @param index  its index in the log
     * @param result what the state machine answered
     */
    record Committed(long index, Result result) implements Outcome {
        /** Checks the parts. */
        public Committed {
            Objects.requireNonNull(result, "the result of a committed command");
            if (index < 1) {
                throw new IllegalArgumentException("a command cannot be committed at index " + index);
            }
        }
    }

    /**
     * The command was certainly not executed, and never will be. It is safe to send it again.
     *
     * @param reason     why
     * @param detail     for a person
     * @param retryAfter how long to wait before another attempt makes sense; zero if unknown
     */
    record Rejected(Reason reason, String detail, Duration retryAfter) implements Outcome { }

    /**
     * The command may have been executed, may still be executed, or may never be.
     *
     * @param why why the outcome is not known
     */
    record Unknown(Why why) implements Outcome { }

    /** Why a command was rejected. More reasons may be added. */
    enum Reason {
        /** The server is not the leader. */
        NOT_LEADER,
        /** No leader was found before the deadline. */
        NO_LEADER,
        /** No member could be reached before the deadline. */
        UNREACHABLE,
        /** Too many commands are in flight. */
        OVERLOADED,
        /** The command is larger than the cluster accepts. */
        TOO_LARGE,
        /** The client or the node is closing. */
        CLOSED,
        /** The calling thread was interrupted before anything was sent. */
        INTERRUPTED,
        /** The other side does not speak the Driftless protocol, or speaks another version of it. */
        NOT_DRIFTLESS,
        /** The timeout was zero or less: nothing was sent. */
        NO_TIME,
        /** The node belongs to another cluster than the one that the client insists on. */
        OTHER_CLUSTER,
        /** The client's session had expired or was closed, and no attempt can have been executed. */
        EXPIRED
    }

    /** Why an outcome is unknown. More reasons may be added. */
    enum Why {
        /** The deadline passed. */
        TIMEOUT,
        /** The connection broke after the command was sent. */
        DISCONNECTED,
        /** The leader lost its leadership while the command was under way. */
        LEADERSHIP_LOST,
        /** The client or the node closed while the command was under way. */
        CLOSED,
        /** The calling thread was interrupted after the command was sent. */
        INTERRUPTED,
        /** The client read nothing for so long that the node dropped the answers that waited for it. */
        NOT_READ,
        /**
         * The command was executed or given up, and its result is gone: too many bytes of results waited, for this
         * client or for all, or were kept in its session.
         */
        RESULT_NOT_KEPT,
        /** The client's session expired after an attempt whose outcome is not known. */
        EXPIRED
    }
}
