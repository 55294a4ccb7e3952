package io.driftless.machine;

import java.time.Duration;
import java.util.Objects;

/** What became of a command. Never an exception: a time-out, an interrupt or a close is an outcome too. Immutable. */
public sealed interface Outcome {

    /**
     * Executed exactly where {@code index} says; it survives.
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
     * Certainly not executed, and it never will be; safe to send again.
     *
     * @param reason     why
     * @param detail     for a person
     * @param retryAfter how long to wait before another attempt makes sense; zero if unknown
     */
    record Rejected(Reason reason, String detail, Duration retryAfter) implements Outcome { }

    /**
     * Perhaps executed, perhaps yet to be, perhaps never.
     *
     * @param why why it is not known
     */
    record Unknown(Why why) implements Outcome { }

    /** Why a command was rejected. May grow. */
    enum Reason {
        /** The server is not the leader. */
        NOT_LEADER,
        /** No leader was found before the deadline. */
        NO_LEADER,
        /** No member could be reached before the deadline. */
        UNREACHABLE,
        /** Too many commands in flight. */
        OVERLOADED,
        /** The command is larger than the cluster takes. */
        TOO_LARGE,
        /** Client or node is closing. */
        CLOSED,
        /** The calling thread was interrupted before anything was sent. */
        INTERRUPTED,
        /** The other side does not speak our protocol, or not this version of it. */
        NOT_DRIFTLESS,
        /** The timeout was zero or less: nothing was sent. */
        NO_TIME,
        /** The node belongs to another cluster than the one that the client insists on. */
        OTHER_CLUSTER
    }

    /** Why an outcome is unknown. May grow. */
    enum Why {
        /** The deadline passed. */
        TIMEOUT,
        /** The connection broke after the command was sent. */
        DISCONNECTED,
        /** The leader lost its place while the command was under way. */
        LEADERSHIP_LOST,
        /** The client or the node closed while the command was under way. */
        CLOSED,
        /** The calling thread was interrupted after the command was sent. */
        INTERRUPTED,
        /** The client read nothing for so long that the node gave up the answers that waited for it. */
        NOT_READ,
        /** Answered, but too many bytes of results waited, for this client or for all: this one was not kept. */
        RESULT_NOT_KEPT
    }
}
