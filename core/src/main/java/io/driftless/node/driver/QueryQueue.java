package io.driftless.node.driver;

import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Queries that wait for the state machine, each until an index is applied, and how old the state can be at most. Thread
 * safe; queries are answered by who applies.
 */
final class QueryQueue {

    /** That nothing is known of when a state was the newest. */
    static final long NEVER = Long.MIN_VALUE;

    /** How long the machine is kept from the next commands. */
    private static final long TURN_NS = 1_000_000;
    /** Of more, those in between say less than the last one. */
    private static final int MARKS_MAX = 64;
    /** No client takes a frame of four times as much: that would end its connection, and it would ask again. */
    private static final int RESULT_BYTES_MAX = 16 << 20;
    private static final String LATE = "what it has to show was not applied there in time";
    /** So often at most is it recorded that the machine throws. */
    private static final long REPORT_NS = 1_000_000_000;

    /** Queries that wait for the same index. */
    private record Group(long index, long number, Deque<PendingQuery> queries) { }

    /** Once the index is applied, the state is as new as the newest was at {@code sinceNs}. */
    private record Mark(long index, long sinceNs) { }

    private final LongSupplier clock;
    private final Supplier<String> leaderAddress;
    private final ErrorSink errors;
    private final QueryCount count = new QueryCount();
    /** By index, and in the order in which they came; it is also the lock. */
    private final PriorityQueue<Group> waiting = new PriorityQueue<>(Comparator.comparingLong(Group::index)
            .thenComparingLong(Group::number));
    /** Those whose index is applied, in the order in which that was seen: nobody who comes later is before them. */
    private final Deque<Group> due = new ArrayDeque<>();
    /** In the order in which they came. */
    private final Deque<Mark> marks = new ArrayDeque<>();
    private long groups;
    private boolean closed;
    private volatile boolean waits;
    /** The state was the newest at some moment at or after this. */
    private volatile long freshNs = NEVER;
    /** When it was recorded that the machine throws. Of who applies. */
    private long reportedNs;

    /** {@code errors} takes what the machine throws, and {@code leaderAddress} says where the leader is. */
    QueryQueue(LongSupplier clock, Supplier<String> leaderAddress, ErrorSink errors) {
        this.clock = clock;
        this.leaderAddress = leaderAddress;
        this.errors = errors;
        this.reportedNs = clock.getAsLong() - REPORT_NS;
    }

    /**
     * Takes queries that may be answered once {@code index} is applied: the state is as new then as the newest was at
     * {@code sinceNs}, or {@link #NEVER} if that is not known. There may be no query: then it is only noted.
     */
    void add(List<PendingQuery> queries, long index, long sinceNs, Replies replies) {
        boolean isTaken;
        synchronized (waiting) {
            isTaken = !closed;
            if (isTaken && sinceNs != NEVER) {
                if (!marks.isEmpty() && (marks.getLast().index == index || marks.size() == MARKS_MAX)) {
                    marks.removeLast();
                }
                marks.add(new Mark(index, sinceNs));
            }
            if (isTaken && !queries.isEmpty()) {
                waiting.add(new Group(index, groups++, new ArrayDeque<>(queries)));
                waits = true;
            }
        }
        if (!isTaken) {
            queries.forEach(query -> query.fail(QueryOutcome.Reason.CLOSED, "the node has ended", "", replies));
        }
    }

    /** Of all queries of this run, those included that have not come here yet. */
    QueryCount count() {
        return count;
    }

    /** Whether any query waits. */
    boolean waits() {
        return waits;
    }

    /** See {@link #add}; of what is applied here. */
    long freshNs() {
        return freshNs;
    }

    /** Whether there is something to be answered. */
    boolean isDue(long applied) {
        synchronized (waiting) {
            Group first = waiting.peek();
            return !due.isEmpty() || first != null && first.index <= applied;
        }
    }

    /** Answers queries for a moment, those first that were due first; whether more can be answered. By who applies. */
    boolean answer(ReplicatedState state, long applied, Replies replies) {
        long endNs = clock.getAsLong() + TURN_NS;
        findDue(applied);
        PendingQuery query = next();
        for (; query != null; query = clock.getAsLong() < endNs ? next() : null) {
            if (clock.getAsLong() - query.deadlineNs() >= 0) {
                late(query, replies);
            } else {
                query.answer(ask(state, query, applied), leaderAddress.get(), replies);
            }
        }
        return isDue(applied);
    }

    private void findDue(long applied) {
        synchronized (waiting) {
            marks.removeIf(mark -> {
                boolean isApplied = mark.index <= applied;
                freshNs = isApplied ? Math.max(freshNs, mark.sinceNs) : freshNs;
                return isApplied;
            });
            for (Group first = waiting.peek(); first != null && first.index <= applied; first = waiting.peek()) {
                due.add(waiting.remove());
            }
        }
    }

    private @Nullable PendingQuery next() {
        synchronized (waiting) {
            Group first = due.peek();
            if (first == null) {
                return null;
            }
            PendingQuery query = first.queries.remove();
            if (first.queries.isEmpty()) {
                due.remove();
                waits = !due.isEmpty() || !waiting.isEmpty();
            }
            return query;
        }
    }

    private QueryOutcome ask(ReplicatedState state, PendingQuery query, long applied) {
        try {
            Result result = state.query(query.query().asByteBuffer(), applied);
            if (result.value().length > RESULT_BYTES_MAX) {
                return new QueryOutcome.Failed(QueryOutcome.Reason.TOO_LARGE, "the answer has "
                        + result.value().length + " bytes, " + RESULT_BYTES_MAX + " are sent at most");
            }
            long sinceNs = freshNs;
            return new QueryOutcome.Answered(applied, result, sinceNs == NEVER ? Optional.empty()
                    : Optional.of(Duration.ofNanos(clock.getAsLong() - sinceNs)));
        } catch (MachineCalls.Failed thrown) {
            if (isOfTheProcess(thrown.getCause())) {
                throw thrown;
            }
            String message = ErrorEntry.messageOf(thrown);
            if (clock.getAsLong() - reportedNs >= REPORT_NS) {
                reportedNs = clock.getAsLong();
                errors.record(ErrorEntry.of("machine", "a query was not answered: " + message, thrown));
            }
            return new QueryOutcome.Failed(QueryOutcome.Reason.MACHINE_FAILED, message);
        }
    }

    /**
     * Whether the JVM itself is broken. That a query goes too deep, or wants too much memory, says nothing of the
     * state, which it does not change; and to end for it would take the query to the next member.
     */
    private static boolean isOfTheProcess(@Nullable Throwable thrown) {
        return thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError)
                && !(thrown instanceof OutOfMemoryError);
    }

    /** Answers those whose clients wait no more. */
    void expire(long nowNs, Replies replies) {
        if (waits) {
            remove(query -> nowNs - query.deadlineNs() >= 0).forEach(query -> late(query, replies));
        }
    }

    private void late(PendingQuery query, Replies replies) {
        query.fail(QueryOutcome.Reason.TIMEOUT, LATE, leaderAddress.get(), replies);
    }

    /** Nothing is answered any more. */
    void close(Replies replies) {
        synchronized (waiting) {
            closed = true;
        }
        remove(query -> true).forEach(query -> query.fail(QueryOutcome.Reason.CLOSED, "the node has ended", "",
                replies));
    }

    private List<PendingQuery> remove(Predicate<PendingQuery> which) {
        List<PendingQuery> removed = new ArrayList<>();
        synchronized (waiting) {
            for (Collection<Group> groups : List.of(waiting, due)) {
                groups.removeIf(group -> group.queries.removeIf(query -> which.test(query) && removed.add(query))
                        && group.queries.isEmpty());
            }
            waits = !due.isEmpty() || !waiting.isEmpty();
        }
        return removed;
    }
}
