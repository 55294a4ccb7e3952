package io.driftless.node.driver;

import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.transport.ClientReply;
import java.time.Duration;

/** What came of an applied entry, for those who wait for it. Immutable. */
sealed interface Answer {

    /** The same as the reply to request {@code id}. */
    ClientReply to(long id);

    /**
     * The command was executed, there and then or earlier.
     *
     * @param index  where
     * @param result what the state machine answered
     */
    record Executed(long index, Result result) implements Answer {
        @Override
        public ClientReply to(long id) {
            return new ClientReply.CommandAnswered(id, new Outcome.Committed(index, result), "");
        }
    }

    /**
     * The command was not executed, since one with a lower serial must come first.
     *
     * @param expected the serial that must
     */
    record OutOfOrder(long expected) implements Answer {
        @Override
        public ClientReply to(long id) {
            return new ClientReply.OutOfOrder(id, expected);
        }
    }

    /**
     * A session is open.
     *
     * @param session its id
     */
    record Opened(long session) implements Answer {
        @Override
        public ClientReply to(long id) {
            return new ClientReply.SessionNamed(id, session);
        }
    }

    /**
     * What was asked for is not known to have been done, and never will be told.
     *
     * @param why why
     */
    record Unknown(Outcome.Why why) implements Answer {
        @Override
        public ClientReply to(long id) {
            return new ClientReply.CommandAnswered(id, new Outcome.Unknown(why), "");
        }
    }

    /**
     * What was asked for was not done.
     *
     * @param reason     why
     * @param detail     for a person
     * @param retryAfter when it may be asked for again
     */
    record Refused(Outcome.Reason reason, String detail, Duration retryAfter) implements Answer {
        @Override
        public ClientReply to(long id) {
            return new ClientReply.CommandAnswered(id, new Outcome.Rejected(reason, detail, retryAfter), "");
        }
    }

    /** Its session is over. */
    Refused EXPIRED = new Refused(Outcome.Reason.EXPIRED, "the session has expired or was closed", Duration.ZERO);

    /** It was executed or given up before, and its result is gone. */
    Unknown NOT_KEPT = new Unknown(Outcome.Why.RESULT_NOT_KEPT);
}
