package io.driftless.client;

import io.driftless.client.Call.Attempt;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Why;
import io.driftless.transport.ClientRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commands outside of any session: one goes out a second time only if the first time it was certainly not executed.
 * Thread safe.
 */
final class PlainLane implements Lane {

    @Override
    public @Nullable Call next(Link link) {
        return link.poll();
    }

    @Override
    public @Nullable ClientRequest begin(Attempt attempt, long timeLeftMs) {
        Call call = attempt.call();
        return call.begin(attempt) ? new ClientRequest.Execute(attempt.id(), timeLeftMs, call.command()) : null;
    }

    @Override
    public boolean takeBack(Attempt attempt) {
        return attempt.call().giveBack(attempt);
    }

    @Override
    public void lost(Attempt attempt, Why why) {
        attempt.call().finish(attempt, new Outcome.Unknown(why));
    }

    @Override
    public Verdict answered(Attempt attempt, Outcome outcome, List<Call> toQueueAgain) {
        if (!isElsewhere(outcome)) {
            attempt.call().finish(attempt, outcome);
            return Verdict.LEADS;
        }
        if (takeBack(attempt)) {
            toQueueAgain.add(attempt.call());
        }
        return Verdict.ELSEWHERE;
    }

    /** Whether the command was certainly not executed and another server may take it. */
    private static boolean isElsewhere(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Committed committed -> false;
            case Outcome.Unknown unknown -> false;
            case Outcome.Rejected rejected -> switch (rejected.reason()) {
                case NOT_LEADER, NO_LEADER, UNREACHABLE, CLOSED, INTERRUPTED -> true;
                case OVERLOADED, TOO_LARGE, NOT_DRIFTLESS, NO_TIME, OTHER_CLUSTER, EXPIRED -> false;
            };
        };
    }

    /** No command outside of a session has an order. */
    @Override
    public void outOfOrder(Attempt attempt, long expected, List<Call> toQueueAgain) {
        lost(attempt, Why.DISCONNECTED);
    }

    @Override
    public Link.@Nullable Question question() {
        return null;
    }
}
