package io.driftless.machine;

import java.util.Objects;

/** What became of a request to hand leadership over. It is never an exception. Immutable. */
public sealed interface TransferOutcome {

    /**
     * The node does not lead any more. The other member has all of the log and was told to take over; it leads once a
     * majority has voted for it.
     *
     * @param to its name
     */
    record Transferred(String to) implements TransferOutcome {
        /** Checks the name. */
        public Transferred {
            Objects.requireNonNull(to, "to whom leadership was handed over");
        }
    }

    /**
     * The node leads as before, or it did not lead, or lost its leadership in another way.
     *
     * @param reason why
     * @param detail for a person
     */
    record NotTransferred(Reason reason, String detail) implements TransferOutcome {
        /** Checks the reason. */
        public NotTransferred {
            Objects.requireNonNull(reason, "why leadership was not handed over");
        }
    }

    /** Why leadership was not handed over. More reasons may be added. */
    enum Reason {
        /** The node does not lead. */
        NOT_LEADER,
        /** It is handing over already. */
        BUSY,
        /** No other member can take over, or the one that was named cannot. */
        NO_TARGET,
        /** The other member did not catch up, or did not take over, in time. It may still take over. */
        TIMEOUT,
        /** The node is closing. */
        CLOSED
    }
}
