package io.driftless.machine;

import java.time.Duration;
import java.util.Objects;

/**
 * What became of a request to take a snapshot now. It is never an exception. Immutable.
 */
public sealed interface SnapshotOutcome {

    /**
     * A snapshot was begun after the request, and is durable.
     *
     * @param index the last index whose effects are in it
     * @param bytes what it takes on the disk
     * @param took  from the state machine's view of its state until it was durable
     */
    record Taken(long index, long bytes, Duration took) implements SnapshotOutcome {
        /** Checks the numbers. */
        public Taken {
            if (index < 1 || bytes < 0 || took.isNegative()) {
                throw new IllegalArgumentException("a snapshot of index " + index + ", " + bytes + " bytes, in "
                        + took);
            }
        }
    }

    /**
     * No snapshot is known to have been taken for this request.
     *
     * @param reason why
     * @param newest the index of the newest snapshot that the node has; 0 if it has none, or nobody knows
     * @param detail for a person
     */
    record NotTaken(Reason reason, long newest, String detail) implements SnapshotOutcome {
        /** Checks the parts. */
        public NotTaken {
            Objects.requireNonNull(reason, "why no snapshot was taken");
            if (newest < 0) {
                throw new IllegalArgumentException("a snapshot of index " + newest);
            }
        }
    }

    /** Why no snapshot was taken. More reasons may be added. */
    enum Reason {
        /** The state machine takes no snapshots. */
        OFF,
        /** The newest snapshot has all that was applied, or nothing was applied yet. */
        UP_TO_DATE,
        /** A snapshot is coming in, or the node's own is being sent. */
        BUSY,
        /** It was tried, and failed. The node goes on. */
        FAILED,
        /** The time was over first. One may still be taken. */
        TIMEOUT,
        /** Too many wait for a snapshot already. */
        OVERLOADED,
        /** The node is closing. */
        CLOSED
    }
}
