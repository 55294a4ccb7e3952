package io.driftless.node.driver;

import io.driftless.log.Bytes;
import io.driftless.log.LogEntry;
import io.driftless.machine.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What clients wanted and what has an index. From the moment a command has its index its outcome is unknown until it is
 * applied: nothing here ever answers that it was rejected. A client that waits no more is answered at its deadline; the
 * room of its command stays taken, because its bytes still wait for the disk, until it is applied, overwritten, or the
 * node closes. A command that comes again in its session while it is under way is waited for by both who sent it.
 * Thread safe; nothing blocks inside.
 */
final class Proposals {

    /** A command at its index. */
    private static final class Placed {

        private final long index;
        private final long term;
        private final int bytes;
        /** The session by which it may come again; null for what does not. */
        private final @Nullable NamedSession session;
        private final long serial;
        /** Who waits for it; empty once they were answered. */
        private List<Pending> waiting;

        Placed(long index, long term, Pending pending) {
            this.index = index;
            this.term = term;
            this.bytes = pending.payload().length();
            this.session = pending.isInSession() ? pending.session() : null;
            this.serial = pending.serial();
            this.waiting = List.of(pending);
        }

        /** Waits, too; whose connections are gone are looked for now and then. */
        void join(Pending again) {
            int count = waiting.size();
            if (count <= 1) {
                waiting = new ArrayList<>(waiting);
            }
            if (Integer.bitCount(count) == 1) {
                waiting.removeIf(earlier -> !earlier.isHeard());
            }
            // No room is taken for it, so it holds none.
            waiting.add(again.withoutPayload());
        }
    }

    private static final Answer LOST = new Answer.Unknown(Outcome.Why.LEADERSHIP_LOST);

    private final Admission admission;
    private final Deque<Placed> placed = new ArrayDeque<>();
    /** Those that may come again, by session and serial; each one's in the order of serials, which only rise. */
    private final Map<Long, LinkedHashMap<Long, Placed>> underWay = new HashMap<>();
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

    /** Takes room for what the leader does by itself, whether there is any or not. */
    void admitOwn(Bytes body) {
        admission.takeAnyway(body.length());
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
        return admission.refusal("command");
    }

    /** The command has an index, above all before it. If the node has ended meanwhile, it is answered at once. */
    synchronized void place(long index, long term, Pending pending, Replies replies) {
        Placed command = new Placed(index, term, pending);
        if (closed) {
            conclude(command, new Answer.Unknown(Outcome.Why.CLOSED), replies);
            return;
        }
        placed.addLast(command);
        if (command.session != null) {
            underWay.computeIfAbsent(command.session.id(), id -> new LinkedHashMap<>()).put(command.serial,
                    command);
        }
        earliestDeadlineNs = Math.min(earliestDeadlineNs, pending.deadlineNs());
    }

    /** The highest serial of this session that has an index and is not applied; 0 if none has. */
    synchronized long highestUnderWay(long session) {
        LinkedHashMap<Long, Placed> serials = underWay.get(session);
        return serials == null ? 0 : serials.lastEntry().getKey();
    }

    /**
     * If this command of a session has an index already, its client waits for that; the room that it took by coming
     * again is given back.
     *
     * @return whether it has one
     */
    synchronized boolean join(NamedSession session, Pending again) {
        LinkedHashMap<Long, Placed> serials = underWay.get(session.id());
        Placed command = serials == null ? null : serials.get(again.serial());
        if (command == null || command.session == null || !command.session.nonce().equals(session.nonce())) {
            return false;
        }
        if (command.waiting.isEmpty()) {
            answered--;
        }
        command.join(again);
        admission.give(again.payload().length());
        earliestDeadlineNs = Math.min(earliestDeadlineNs, again.deadlineNs());
        return true;
    }

    /**
     * The entry was applied: whoever waits for it is told; whoever waits for another one at its index never will be
     * answered otherwise than unknown.
     */
    synchronized void applied(LogEntry entry, Answer answer, Replies replies) {
        while (!placed.isEmpty() && placed.peekFirst().index <= entry.index()) {
            Placed first = placed.removeFirst();
            conclude(first, first.index == entry.index() && first.term == entry.term() ? answer
                    : LOST, replies);
        }
    }

    /**
     * This server leads no more. Who may send again what became of which is not known here does so at once, where there
     * is a leader; the others wait for what becomes of it.
     */
    synchronized void leadershipLost(Replies replies) {
        for (Placed command : placed) {
            if (!command.waiting.isEmpty() && command.waiting.getFirst().mayComeAgain()) {
                command.waiting.forEach(waiting -> waiting.answer(LOST, replies));
                command.waiting = List.of();
                answered++;
            }
        }
    }

    /** Entries from {@code index} on were overwritten here; elsewhere they may yet be committed. */
    synchronized void unknownFrom(long index, Replies replies) {
        while (!placed.isEmpty() && placed.peekLast().index >= index) {
            conclude(placed.removeLast(), LOST, replies);
        }
    }

    /** Answers those whose clients stop waiting: a hanging command, or a lost quorum, holds nobody. */
    synchronized void expire(long nowNs, Replies replies) {
        if (nowNs < earliestDeadlineNs) {
            return;
        }
        earliestDeadlineNs = Long.MAX_VALUE;
        for (Placed command : placed) {
            if (!command.waiting.isEmpty()) {
                expire(command, nowNs, replies);
            }
        }
    }

    private void expire(Placed command, long nowNs, Replies replies) {
        List<Pending> left = new ArrayList<>(1);
        for (Pending waiting : command.waiting) {
            if (waiting.deadlineNs() <= nowNs) {
                waiting.answer(new Answer.Unknown(Outcome.Why.TIMEOUT), replies);
            } else {
                left.add(waiting);
                earliestDeadlineNs = Math.min(earliestDeadlineNs, waiting.deadlineNs());
            }
        }
        command.waiting = left;
        if (left.isEmpty()) {
            answered++;
        }
    }

    /** The node ends: whoever waits is answered, and whoever comes later. */
    synchronized void closed(Replies replies) {
        closed = true;
        while (!placed.isEmpty()) {
            conclude(placed.removeFirst(), new Answer.Unknown(Outcome.Why.CLOSED), replies);
        }
    }

    /** Its entry is done with: the room is given back, this once, and whoever still waits is answered. */
    private void conclude(Placed command, Answer answer, Replies replies) {
        List<Pending> waiting = command.waiting;
        if (waiting.isEmpty()) {
            answered--;
        }
        if (command.session != null) {
            forget(command.session.id(), command);
        }
        // Before the answers: another thread may send them while this one is here, and who is answered sends the next
        // command, for which there must be room.
        admission.give(command.bytes);
        waiting.forEach(each -> each.answer(answer, replies));
    }

    private void forget(long session, Placed command) {
        LinkedHashMap<Long, Placed> serials = underWay.get(session);
        if (serials != null && serials.remove(command.serial, command) && serials.isEmpty()) {
            underWay.remove(session);
        }
    }

    /** Whether no deadline of a client has to be looked at. */
    synchronized boolean nobodyWaits() {
        return placed.size() == answered;
    }
}
