package io.driftless.client;

import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.QueryOutcome.Reason;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One query on its way. It is at one {@link Stage} at a time and moves by compare-and-set, so that of everybody who
 * would end it (an answer, its deadline, an interrupt, the client's close) exactly one does. A query changes nothing:
 * when an attempt comes to nothing, another member is asked. Thread safe.
 */
final class Read {

    /** Where a query is. */
    private sealed interface Stage { }

    /** Nobody is asked at the moment. */
    private enum Waiting implements Stage { WAITING }

    /** It is known what became of it. */
    private record Done(QueryOutcome outcome) implements Stage { }

    private final Bytes query;
    private final Consistency consistency;
    private final long deadlineNs;
    private final Thread waiter;
    private final ReadRoute route;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Waiting.WAITING);
    /** Who said last that it cannot answer, and that another one may; null if nobody did. */
    private volatile @Nullable Link refusedBy;

    /**
     * A query that nobody is asked yet.
     *
     * @param deadlineNs by {@link System#nanoTime()}
     * @param waiter     the thread that is unparked at the end
     * @param route      takes it whenever another member is to be asked
     */
    Read(Bytes query, Consistency consistency, long deadlineNs, Thread waiter, ReadRoute route) {
        this.query = query;
        this.consistency = consistency;
        this.deadlineNs = deadlineNs;
        this.waiter = waiter;
        this.route = route;
    }

    /** One member that is asked. */
    private static final class Attempt implements Stage, Link.Question {
        private final Read read;
        private final Link link;
        /** Its number on the connection; 0 before it is about to be sent. */
        private volatile long id;

        Attempt(Read read, Link link) {
            this.read = read;
            this.link = link;
        }

        @Override
        public @Nullable ClientRequest request(long number) {
            id = number;
            long leftNs = read.deadlineNs - System.nanoTime();
            // Whoever ends the query looks for the number afterwards: one of the two sees the other's mark. A tenth is
            // left for the answer: why the member cannot answer in time is worth more than none.
            return read.stage.get() == this && leftNs > 0 ? new ClientRequest.Query(number,
                    Math.max(1, leftNs / 10 * 9 / 1_000_000), read.consistency, read.query) : null;
        }

        @Override
        public void answered(Link from, ClientReply reply) {
            switch (reply) {
                case ClientReply.QueryAnswered answer -> {
                    switch (answer.outcome()) {
                        case QueryOutcome.Answered answered -> read.answered(from, answered, answer.leaderAddress());
                        case QueryOutcome.Failed failed -> read.failed(this, failed, answer.leaderAddress());
                    }
                }
                case ClientReply.CommandAnswered instead -> read.failed(this, failure(instead.outcome()),
                        instead.leaderAddress());
                case ClientReply.SessionNamed named -> { }
                case ClientReply.OutOfOrder refused -> { }
                case ClientReply.StatusAnswered status -> { }
                case ClientReply.SnapshotAnswered snapshot -> { }
                case ClientReply.TransferAnswered transfer -> { }
                case ClientReply.Goodbye goodbye -> { }
            }
        }

        @Override
        public void lost(Link from) {
            if (read.stage.compareAndSet(this, Waiting.WAITING)) {
                read.route.ask(read);
            }
        }
    }

    /** A node refuses what it does not even read as if it were a command. */
    private static QueryOutcome.Failed failure(Outcome instead) {
        return switch (instead) {
            case Outcome.Rejected rejected -> new QueryOutcome.Failed(switch (rejected.reason()) {
                case TOO_LARGE -> Reason.TOO_LARGE;
                case OVERLOADED -> Reason.OVERLOADED;
                case NOT_LEADER, NO_LEADER, UNREACHABLE, CLOSED, INTERRUPTED, NO_TIME, NOT_DRIFTLESS, OTHER_CLUSTER,
                        EXPIRED -> Reason.NO_LEADER;
            }, rejected.detail());
            case Outcome.Committed committed -> new QueryOutcome.Failed(Reason.NO_LEADER, "answered as a command");
            case Outcome.Unknown unknown -> new QueryOutcome.Failed(Reason.NO_LEADER, "answered as a command");
        };
    }

    /** By whomever: an answer is as good as another, as both came after the query was asked. */
    private void answered(Link from, QueryOutcome.Answered answer, String leaderAddress) {
        route.answered(from, leaderAddress, consistency instanceof Consistency.Linearizable);
        finish(answer);
    }

    private void failed(Attempt attempt, QueryOutcome.Failed failed, String leaderAddress) {
        switch (failed.reason()) {
            case NO_LEADER, UNREACHABLE, CLOSED, INTERRUPTED -> {
                if (stage.compareAndSet(attempt, Waiting.WAITING)) {
                    refusedBy = attempt.link;
                    route.refused(attempt.link, failed.detail(), leaderAddress);
                    route.ask(this);
                }
            }
            case TIMEOUT, OVERLOADED, TOO_LARGE, MACHINE_FAILED, NO_TIME, NOT_DRIFTLESS, OTHER_CLUSTER -> {
                if (stage.compareAndSet(attempt, new Done(failed))) {
                    LockSupport.unpark(waiter);
                }
            }
        }
    }

    /** Asks a member, unless another one is being asked or the query has ended. */
    void askAt(Link link) {
        Attempt attempt = new Attempt(this, link);
        if (stage.compareAndSet(Waiting.WAITING, attempt)) {
            link.ask(attempt);
        }
    }

    long deadlineNs() {
        return deadlineNs;
    }

    int length() {
        return query.length();
    }

    boolean isDone() {
        return stage.get() instanceof Done;
    }

    @Nullable Link refusedBy() {
        return refusedBy;
    }

    /** The outcome, once there is one; null before. */
    @Nullable QueryOutcome outcome() {
        return stage.get() instanceof Done done ? done.outcome : null;
    }

    /** Ends the query, wherever it is. */
    void finish(QueryOutcome outcome) {
        Stage was = stage.getAndUpdate(now -> now instanceof Done ? now : new Done(outcome));
        if (was instanceof Attempt attempt) {
            attempt.link.forget(attempt.id);
        }
        if (!(was instanceof Done)) {
            LockSupport.unpark(waiter);
        }
    }

    /** Its deadline has passed: whoever was asked has not answered, or else {@code nobodyAsked} says why none was. */
    void overdue(Supplier<QueryOutcome> nobodyAsked) {
        Stage now = stage.get();
        if (now instanceof Attempt attempt) {
            route.unanswered(attempt.link);
            finish(new QueryOutcome.Failed(Reason.TIMEOUT, attempt.link.address() + " has not answered"));
        } else {
            finish(nobodyAsked.get());
        }
    }
}
