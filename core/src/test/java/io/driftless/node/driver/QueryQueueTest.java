package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.errors.ErrorEntry;
import io.driftless.log.Bytes;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.machine.StateMachine;
import io.driftless.session.SessionTable;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Queries wait until their index is applied, are answered once, and take a moment of the machine at most. */
class QueryQueueTest {

    private static final long MS = 1_000_000;
    /** Answered with more than is sent. */
    private static final byte HUGE = 77;

    private final Admission room = new Admission(100, 1 << 20);
    private final List<ErrorEntry> errors = new ArrayList<>();
    private final List<ClientReply.QueryAnswered> replies = new ArrayList<>();
    private final ClientConnection client = StandIn.of(ClientConnection.class, (proxy, method, arguments) -> {
        if (method.getName().equals("reply")) {
            replies.add((ClientReply.QueryAnswered) arguments[0]);
        }
        return null;
    });
    private long nowNs = 1_000 * MS;
    private Error thrown;
    private final ReplicatedState state = new ReplicatedState(new MachineCalls(StandIn.of(StateMachine.class,
            (proxy, method, arguments) -> {
                nowNs += MS / 4;
                byte kind = ((ByteBuffer) arguments[0]).get();
                if (kind == 0) {
                    throw new IllegalStateException("planned");
                }
                if (thrown != null) {
                    throw thrown;
                }
                return Result.ok(kind == HUGE ? new byte[(16 << 20) + 1] : new byte[] {kind});
            }), () -> 5), new SessionTable(false), new KryoSerializer(), session -> { });
    private final QueryQueue queue = new QueryQueue(() -> nowNs, () -> "n2:7001", errors::add);

    private PendingQuery query(int id, int kind, long timeLeftMs) {
        assertTrue(room.take(1));
        return new PendingQuery(client, id, nowNs + timeLeftMs * MS, Bytes.wrap(new byte[] {(byte) kind}), room,
                queue.count());
    }

    private void add(long index, long sinceNs, PendingQuery... queries) {
        queue.add(List.of(queries), index, sinceNs, new Replies());
    }

    private List<Long> answered() {
        return replies.stream().map(ClientReply.QueryAnswered::id).toList();
    }

    @Test
    void anAnswerThatIsLargerThanIsSentIsNotSent() {
        add(5, QueryQueue.NEVER, query(1, HUGE, 100), query(2, 9, 100));
        queue.answer(state, 5, new Replies());
        assertEquals(new QueryOutcome.Failed(QueryOutcome.Reason.TOO_LARGE,
                "the answer has 16777217 bytes, 16777216 are sent at most"), replies.getFirst().outcome());
        assertEquals(List.of(1L, 2L), answered());
    }

    @Test
    void aQueryWaitsUntilItsIndexIsApplied() {
        add(7, QueryQueue.NEVER, query(1, 9, 100));
        add(5, QueryQueue.NEVER, query(2, 9, 100));
        assertFalse(queue.isDue(4));
        assertFalse(queue.answer(state, 4, new Replies()));
        assertEquals(List.of(), answered());
        assertTrue(queue.isDue(5));
        assertFalse(queue.answer(state, 6, new Replies()));
        assertEquals(List.of(2L), answered());
        queue.answer(state, 7, new Replies());
        assertEquals(List.of(2L, 1L), answered());
        assertEquals(new ClientReply.QueryAnswered(1, new QueryOutcome.Answered(7, Result.ok(new byte[] {9}),
                Optional.empty()), "n2:7001"), replies.getLast());
        assertFalse(queue.waits());
        assertEquals(0, room.count());
    }

    @Test
    void theMachineIsKeptFromCommandsForAMomentOnly() {
        for (int id = 1; id <= 10; id++) {
            add(3, QueryQueue.NEVER, query(id, 9, 100));
        }
        assertTrue(queue.answer(state, 3, new Replies()));
        assertEquals(List.of(1L, 2L, 3L, 4L), answered());
        assertTrue(queue.answer(state, 3, new Replies()));
        assertFalse(queue.answer(state, 3, new Replies()));
        assertEquals(10, replies.size());
    }

    @Test
    void theAgeCountsFromWhenWhatIsAppliedWasTheNewest() {
        add(3, nowNs);
        add(6, nowNs + 50 * MS);
        nowNs += 100 * MS;
        add(0, QueryQueue.NEVER, query(1, 9, 100));
        queue.answer(state, 5, new Replies());
        assertEquals(Optional.of(Duration.ofNanos(100 * MS + MS / 4)), age());
        add(0, QueryQueue.NEVER, query(2, 9, 100));
        queue.answer(state, 6, new Replies());
        assertEquals(Optional.of(Duration.ofNanos(50 * MS + MS / 2)), age());
    }

    private Optional<Duration> age() {
        return ((QueryOutcome.Answered) replies.getLast().outcome()).age();
    }

    @Test
    void whoeverWaitsNoLongerIsToldAndTheMachineIsNotAsked() {
        add(3, QueryQueue.NEVER, query(1, 9, 20), query(2, 9, 40));
        add(9, QueryQueue.NEVER, query(3, 9, 20));
        nowNs += 30 * MS;
        queue.expire(nowNs, new Replies());
        assertEquals(List.of(1L, 3L), answered());
        assertEquals(QueryOutcome.Reason.TIMEOUT, ((QueryOutcome.Failed) replies.getFirst().outcome()).reason());
        nowNs += 30 * MS;
        queue.answer(state, 3, new Replies());
        assertEquals(List.of(1L, 3L, 2L), answered());
        assertEquals(QueryOutcome.Reason.TIMEOUT, ((QueryOutcome.Failed) replies.getLast().outcome()).reason());
        assertEquals(0, room.count());
    }

    @Test
    void whatTheMachineThrowsIsToldAndRecordedNotTooOften() {
        add(3, QueryQueue.NEVER, query(1, 0, 100), query(2, 0, 100), query(3, 9, 100));
        queue.answer(state, 3, new Replies());
        QueryOutcome.Failed failed = (QueryOutcome.Failed) replies.getFirst().outcome();
        assertEquals(QueryOutcome.Reason.MACHINE_FAILED, failed.reason());
        assertTrue(failed.detail().endsWith("query at index 3 threw java.lang.IllegalStateException: planned"),
                failed.detail());
        assertEquals(List.of(1L, 2L, 3L), answered());
        assertEquals(1, errors.size());
        nowNs += 1_000 * MS;
        add(3, QueryQueue.NEVER, query(4, 0, 100));
        queue.answer(state, 3, new Replies());
        assertEquals(2, errors.size());
    }

    @Test
    void whateverAQueryThrowsIsItsOwnMatterUnlessTheJvmIsBroken() {
        for (Error one : List.of(new StackOverflowError(), new AssertionError("planned"), new LinkageError("planned"),
                new OutOfMemoryError("planned"))) {
            thrown = one;
            add(3, QueryQueue.NEVER, query(1, 9, 100));
            queue.answer(state, 3, new Replies());
            assertEquals(QueryOutcome.Reason.MACHINE_FAILED, ((QueryOutcome.Failed) replies.getLast().outcome())
                    .reason(), one::toString);
        }
        thrown = new InternalError("planned");
        add(3, QueryQueue.NEVER, query(1, 9, 100));
        assertThrows(MachineCalls.Failed.class, () -> queue.answer(state, 3, new Replies()));
    }

    @Test
    void behindTheEndEverybodyIsToldAtOnce() {
        add(3, QueryQueue.NEVER, query(1, 9, 100));
        queue.close(new Replies());
        add(0, QueryQueue.NEVER, query(2, 9, 100));
        assertEquals(List.of(1L, 2L), answered());
        assertTrue(replies.stream().allMatch(reply -> reply.outcome() instanceof QueryOutcome.Failed failed
                && failed.reason() == QueryOutcome.Reason.CLOSED));
        assertFalse(queue.isDue(9));
        assertEquals(0, room.count());
    }
}
