package io.driftless.node.driver;

import io.driftless.log.Bytes;
import io.driftless.log.LogEntry;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.transport.ClientReply;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Commands that have an index. From the moment a command has its index its outcome is unknown until it is applied:
 * nothing here ever answers that it was rejected. A client that waits no more is answered at its deadline; the room of
 * its command stays taken, because its bytes still wait for the disk, until it is applied, overwritten, or the node
 * closes. Thread safe; nothing blocks inside.
 */
final class Proposals {

    /** A command at its index. */
    private static final class Placed {

        private final long index;
        private final long term;
        private final int bytes;
        /** Who waits for it; null once that was answered. */
        private @Nullable Pending waiting;

        Placed(long index, long term, Pending pending) {
            this.index = index;
            this.term = term;
            this.bytes = pending.command().length();
            this.waiting = pending;
        }
    }

    private final Admission admission;
    private final Deque<Placed> placed = new ArrayDeque<>();
    /** How many of those placed have been answered already; written under the lock. */
    private volatile int answered;
    /** Earliest deadline among those placed, or earlier. */
    private long earliestDeadlineNs = Long.MAX_VALUE;
    private boolean closed;

    /** {@code admission}: room for those in flight, placed or not. */
    Proposals(Admission admission) {
        this.admission = admission;
    }

    /** Takes room among those in flight; false if there is none. */
    boolean admit(Bytes command) {
        return admission.take(command.length());
    }

    /** Gives it back: the command was answered before it had an index. */
    void dismiss(Bytes command) {
        admission.give(command.length());
    }

    /** How many take room, whether or not their clients wait. */
    int inFlight() {
        return admission.count();
    }

    /** How many clients wait, for commands that are placed or not. */
    int unanswered() {
        return admission.count() - answered;
    }

    /** Why none is admitted, for a person. */
    String refusal() {
        return admission.refusal("commands");
    }

    /** The command has an index, above all before it. If the node has ended meanwhile, it is answered at once. */
    synchronized void place(long index, long term, Pending pending, Replies replies) {
        Placed command = new Placed(index, term, pending);
        if (closed) {
            conclude(command, new Outcome.Unknown(Outcome.Why.CLOSED), replies);
            return;
        }
        placed.addLast(command);
        earliestDeadlineNs = Math.min(earliestDeadlineNs, pending.deadlineNs());
    }

    /**
     * The entry was applied: whoever waits for it is told; whoever waits for another one at its index never will be
     * answered otherwise than unknown.
     */
    synchronized void applied(LogEntry entry, Result result, Replies replies) {
        while (!placed.isEmpty() && placed.peekFirst().index <= entry.index()) {
            Placed first = placed.removeFirst();
            Outcome outcome = first.index == entry.index() && first.term == entry.term()
                    ? new Outcome.Committed(entry.index(), result)
                    : new Outcome.Unknown(Outcome.Why.LEADERSHIP_LOST);
            conclude(first, outcome, replies);
        }
    }

    /** Entries from {@code index} on were overwritten here; elsewhere they may yet be committed. */
    synchronized void unknownFrom(long index, Replies replies) {
        while (!placed.isEmpty() && placed.peekLast().index >= index) {
            conclude(placed.removeLast(), new Outcome.Unknown(Outcome.Why.LEADERSHIP_LOST), replies);
        }
    }

    /** Answers those whose clients stop waiting: a hanging command, or a lost quorum, holds nobody. */
    synchronized void expire(long nowNs, Replies replies) {
        if (nowNs < earliestDeadlineNs) {
            return;
        }
        earliestDeadlineNs = Long.MAX_VALUE;
        for (Placed command : placed) {
            Pending waiting = command.waiting;
            if (waiting != null && waiting.deadlineNs() <= nowNs) {
                command.waiting = null;
                answer(waiting, new Outcome.Unknown(Outcome.Why.TIMEOUT), replies);
                answered++;
            } else if (waiting != null) {
                earliestDeadlineNs = Math.min(earliestDeadlineNs, waiting.deadlineNs());
            }
        }
    }

    /** The node ends: whoever waits is answered, and whoever comes later. */
    void closed(Replies replies) {
        synchronized (this) {
            closed = true;
            while (!placed.isEmpty()) {
                conclude(placed.removeFirst(), new Outcome.Unknown(Outcome.Why.CLOSED), replies);
            }
        }
    }

    /** Its entry is done with: whoever still waits is answered, and the room given back, this once. */
    private void conclude(Placed command, Outcome outcome, Replies replies) {
        Pending waiting = command.waiting;
        if (waiting == null) {
            answered--;
        } else {
            answer(waiting, outcome, replies);
        }
        admission.give(command.bytes);
    }

    private static void answer(Pending waiting, Outcome outcome, Replies replies) {
        replies.add(waiting.session(), new ClientReply.CommandAnswered(waiting.id(), outcome, ""));
    }

    /** Whether no deadline of a client has to be looked at. */
    synchronized boolean nobodyWaits() {
        return placed.size() == answered;
    }
}
