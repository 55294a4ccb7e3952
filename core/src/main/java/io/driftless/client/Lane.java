package io.driftless.client;

import io.driftless.client.Call.Attempt;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Why;
import io.driftless.transport.ClientRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How commands are asked for, and what becomes of a call when an attempt of it ends: outside of any session, or in one.
 * An attempt ends once: by {@link #answered}, {@link #outOfOrder}, {@link #takeBack} or {@link #lost}. Thread safe.
 */
sealed interface Lane permits PlainLane, SessionLane {

    /** What an answer tells of the server that gave it. */
    enum Verdict {
        /** It leads. */
        LEADS,
        /** It does not lead, or ceases to. */
        ELSEWHERE,
        /** Nothing. */
        NONE
    }

    /** Takes the call that is to be sent next on this connection; null if none is now. For the connection's sender. */
    @Nullable Call next(Link link);

    /** Begins an attempt; its request, or null if nothing may be sent. For the connection's sender. */
    @Nullable ClientRequest begin(Attempt attempt, long timeLeftMs);

    /**
     * Ends an attempt that was certainly not executed.
     *
     * @return whether the call is to be queued again
     */
    boolean takeBack(Attempt attempt);

    /** Ends an attempt that was sent and gets no answer. */
    void lost(Attempt attempt, Why why);

    /**
     * Ends an attempt with the server's answer.
     *
     * @param toQueueAgain takes the call, if it is to be queued again
     */
    Verdict answered(Attempt attempt, Outcome outcome, List<Call> toQueueAgain);

    /** Ends an attempt that was certainly not executed, because the command of serial {@code expected} comes first. */
    void outOfOrder(Attempt attempt, long expected, List<Call> toQueueAgain);

    /** What finds out whether a server leads; null if a command does. */
    Link.@Nullable Question question();
}
