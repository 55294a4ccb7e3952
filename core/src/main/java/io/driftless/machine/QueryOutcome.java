package io.driftless.machine;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What became of a query. It is never an exception, and never unknown: a query changes nothing, so that whoever got no
 * answer asks again. Immutable.
 */
public sealed interface QueryOutcome {

    /**
     * The state machine has answered.
     *
     * @param index  the last index that the server had applied: the answer shows everything up to it, and nothing above
     * @param result what the state machine answered, which may be an error of its own
     * @param age    the state was the newest at some moment no longer ago than this, by the server's clock, which
     *               stands still while its computer is suspended; empty if nothing is known
     */
    record Answered(long index, Result result, Optional<Duration> age) implements QueryOutcome {
        /** Checks the parts. */
        public Answered {
            Objects.requireNonNull(result, "the result of a query");
            Objects.requireNonNull(age, "the age of an answer");
            if (index < 0) {
                throw new IllegalArgumentException("a query cannot be answered at index " + index);
            }
        }
    }

    /**
     * There is no answer. It is safe to ask again.
     *
     * @param reason why
     * @param detail for a person
     */
    record Failed(Reason reason, String detail) implements QueryOutcome {
        /** Checks the reason. */
        public Failed {
            Objects.requireNonNull(reason, "why a query failed");
        }
    }

    /** Why a query has no answer. More reasons may be added. */
    enum Reason {
        /** No leader is known that could tell what is committed. */
        NO_LEADER,
        /** No member could be reached before the deadline. */
        UNREACHABLE,
        /** The deadline passed. */
        TIMEOUT,
        /** Too many queries wait. */
        OVERLOADED,
        /** The query or its answer is larger than is sent. */
        TOO_LARGE,
        /** The state machine has thrown an exception. The member goes on. */
        MACHINE_FAILED,
        /** The client or the node is closing. */
        CLOSED,
        /** The calling thread was interrupted. */
        INTERRUPTED,
        /** The timeout was zero or less: nothing was sent. */
        NO_TIME,
        /** The other side does not speak the Driftless protocol, or speaks another version of it. */
        NOT_DRIFTLESS,
        /** The node belongs to another cluster than the one that the client insists on. */
        OTHER_CLUSTER
    }
}
