package io.driftless.node;

import io.driftless.client.Outcome;
import io.driftless.log.Bytes;
import io.driftless.log.LogEntry;
import io.driftless.machine.Result;
import io.driftless.transport.ClientReply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Commands that have an index and whose clients wait. From the moment a command has its index its outcome is unknown
 * until it is applied (DESIGN §6): nothing here ever answers that it was rejected. Thread safe; nothing blocks inside.
 */
final class Proposals {

    private record Placed(long index, long term, Pending pending) { }

    private final Admission admission;
    private final Deque<Placed> placed = new ArrayDeque<>();
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

    int inFlight() {
        return admission.count();
    }

    /** Why none is admitted, for a person. */
    String refusal() {
        return admission.refusal("commands");
    }

    /** The command has an index, above all before it. If the node has ended meanwhile, it is answered at once. */
    synchronized void place(long index, long term, Pending pending, Replies replies) {
        if (closed) {
            answer(pending, new Outcome.Unknown(0, 0, Outcome.Why.CLOSED), replies);
            return;
        }
        placed.addLast(new Placed(index, term, pending));
        earliestDeadlineNs = Math.min(earliestDeadlineNs, pending.deadlineNs());
    }

    /**
     * The entry was applied: whoever waits for it is told; whoever waits for another one at its index never will be
     * answered otherwise than unknown.
     */
    synchronized void applied(LogEntry entry, Result result, Replies replies) {
        while (!placed.isEmpty() && placed.peekFirst().index() <= entry.index()) {
            Placed first = placed.removeFirst();
            Outcome outcome = first.index() == entry.index() && first.term() == entry.term()
                    ? new Outcome.Committed(entry.index(), result)
                    : new Outcome.Unknown(0, 0, Outcome.Why.LEADERSHIP_LOST);
            answer(first.pending(), outcome, replies);
        }
    }

    /** Entries from {@code index} on were overwritten here; elsewhere they may yet be committed. */
    synchronized void unknownFrom(long index, Replies replies) {
        while (!placed.isEmpty() && placed.peekLast().index() >= index) {
            answer(placed.removeLast().pending(), new Outcome.Unknown(0, 0, Outcome.Why.LEADERSHIP_LOST), replies);
        }
    }

    /** Answers those whose clients stop waiting: a hanging command, or a lost quorum, holds nobody. */
    synchronized void expire(long nowNs, Replies replies) {
        if (nowNs < earliestDeadlineNs) {
            return;
        }
        earliestDeadlineNs = Long.MAX_VALUE;
        for (Iterator<Placed> each = placed.iterator(); each.hasNext();) {
            Pending pending = each.next().pending();
            if (pending.deadlineNs() <= nowNs) {
                each.remove();
                answer(pending, new Outcome.Unknown(0, 0, Outcome.Why.TIMEOUT), replies);
            } else {
                earliestDeadlineNs = Math.min(earliestDeadlineNs, pending.deadlineNs());
            }
        }
    }

    /** The node ends: whoever waits is answered, and whoever comes later. */
    void closed(Replies replies) {
        synchronized (this) {
            closed = true;
            while (!placed.isEmpty()) {
                answer(placed.removeFirst().pending(), new Outcome.Unknown(0, 0, Outcome.Why.CLOSED), replies);
            }
        }
    }

    private void answer(Pending pending, Outcome outcome, Replies replies) {
        admission.give(pending.command().length());
        replies.add(pending.session(), new ClientReply.Executed(pending.id(), outcome, ""));
    }

    synchronized boolean isEmpty() {
        return placed.isEmpty();
    }
}
