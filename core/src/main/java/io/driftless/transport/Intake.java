package io.driftless.transport;

import io.driftless.machine.Outcome;
import java.util.List;
import java.util.Optional;

/**
 * A node's account of one client's connection: which requests the node took, and how many of them are not answered yet.
 * Once it has {@linkplain #stop stopped}, it takes nothing more. So what its goodbye says stays true: this node never
 * executes a request above the number that the goodbye names. It is meant for transports. Thread safe.
 */
public final class Intake {

    private long highest;
    private long unanswered;
    private long answered;
    private boolean stopped;
    private boolean goodbyeSaid;

    /** Makes an account of a connection on which nothing was read yet. */
    public Intake() { }

    /**
     * Takes all requests of one read, which must then be delivered or answered. If it has stopped, it takes none of
     * them, and they must be dropped.
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

    /** Stops taking requests. Returns the goodbye to send, with its reason, or empty if it had stopped before. */
    public synchronized Optional<ClientReply.Goodbye> stop(Outcome.Why why) {
        if (stopped) {
            return Optional.empty();
        }
        stopped = true;
        return Optional.of(new ClientReply.Goodbye(highest, why));
    }

    /** Whether it has stopped taking requests. */
    public synchronized boolean hasStopped() {
        return stopped;
    }

    /** Notes that a reply has been queued to go out. */
    public synchronized void answered(ClientReply reply) {
        goodbyeSaid |= reply instanceof ClientReply.Goodbye;
        int count = reply instanceof ClientReply.Goodbye || unanswered == 0 ? 0 : 1;
        unanswered -= count;
        answered += count;
    }

    /**
     * Whether everything that was taken has been answered and the goodbye has been queued to go out too. Then the
     * connection may end. It is not enough that the account has stopped: another thread may have the goodbye and be
     * slow to send it.
     */
    public synchronized boolean isFinished() {
        return goodbyeSaid && unanswered == 0;
    }

    /** How many of the requests that were taken have an answer. The number only grows. */
    public synchronized long answered() {
        return answered;
    }

    /** How many of the requests that were taken have no answer yet. */
    public synchronized long unanswered() {
        return unanswered;
    }
}
