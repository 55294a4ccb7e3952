package io.driftless.transport;

import io.driftless.machine.Outcome;
import java.util.List;
import java.util.Optional;

/**
 * A node's account of one client's connection: which requests it took, and how many of them are not answered
 * yet. Once it has {@linkplain #stop stopped} it takes nothing any more, so what its goodbye says stays true:
 * a request above the number that it names is never executed by this node. For transports. Thread safe.
 */
public final class Intake {

    private long highest;
    private long unanswered;
    private long answered;
    private boolean stopped;
    private boolean goodbyeSaid;

    /** An account of a connection on which nothing was read yet. */
    public Intake() { }

    /**
     * Takes all requests of one read, which are to be delivered or answered then; or none of them, if it has stopped:
     * then they must be dropped.
     */
    public synchronized boolean take(List<? extends ClientRequest> requests) {
        if (stopped) {
            return false;
        }
        for (ClientRequest request : requests) {
            highest = Math.max(highest, request.id());
        }
        unanswered += requests.size();
        return true;
    }

    /** Takes nothing any more. The goodbye to send, with its reason; empty if it has stopped before. */
    public synchronized Optional<ClientReply.Goodbye> stop(Outcome.Why why) {
        if (stopped) {
            return Optional.empty();
        }
        stopped = true;
        return Optional.of(new ClientReply.Goodbye(highest, why));
    }

    /** Whether it takes nothing any more. */
    public synchronized boolean hasStopped() {
        return stopped;
    }

    /** A reply stands in the way out. */
    public synchronized void answered(ClientReply reply) {
        goodbyeSaid |= reply instanceof ClientReply.Goodbye;
        int count = reply instanceof ClientReply.Goodbye || unanswered == 0 ? 0 : 1;
        unanswered -= count;
        answered += count;
    }

    /**
     * Whether all that was taken is answered and the goodbye stands in the way out, too: then the connection may end.
     * That it has stopped is not enough: another thread may have the goodbye and be slow to say it.
     */
    public synchronized boolean isFinished() {
        return goodbyeSaid && unanswered == 0;
    }

    /** How many requests that were taken have an answer; only grows. */
    public synchronized long answered() {
        return answered;
    }

    /** How many requests that were taken have no answer yet. */
    public synchronized long unanswered() {
        return unanswered;
    }
}
