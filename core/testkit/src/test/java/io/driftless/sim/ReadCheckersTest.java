package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.LogEntry;
import io.driftless.machine.Consistency;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.sim.history.Linearizability;
import io.driftless.sim.history.Operation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What watches reads without an entry in the log, and a run with reads of every kind. */
class ReadCheckersTest {

    private static final long MS = 1_000_000;

    private final List<LogEntry> entries = new ArrayList<>();
    private final CommittedLog log = new CommittedLog() {
        @Override
        public long count() {
            return entries.size();
        }

        @Override
        public LogEntry entry(long index) {
            return entries.get(Math.toIntExact(index - 1));
        }
    };
    private long nowNs;
    private final ReadsAreTrue reads = new ReadsAreTrue(log, () -> nowNs);
    private final EveryoneIsAnswered answers = new EveryoneIsAnswered();
    private final History history = new History();

    /** The next index is committed and applied, and puts {@code value} into register 1. */
    private void written(long atNs, long value) {
        nowNs = atNs;
        Operation operation = new Operation(value, 1, Operation.Kind.WRITE, 1, value, 0);
        long index = entries.size() + 1;
        entries.add(LogEntry.command(index, 1, 0, operation.encoded()));
        reads.saw(new Happening.Applied(0, index, 1, operation.serial(), 0));
    }

    private static Query query(long number, Consistency consistency) {
        return new Query(number, new Operation(100 + number, 2, Operation.Kind.READ, 1, 0, 0), consistency);
    }

    private void reached(long number, Consistency consistency) {
        Happening reached = new Happening.QueryReached(0, query(number, consistency), nowNs);
        reads.saw(reached);
        answers.saw(reached);
    }

    private void told(long number, Consistency consistency, long index, long value, Optional<Duration> age) {
        Happening told = new Happening.QueryTold(0, query(number, consistency), nowNs, new QueryOutcome.Answered(index,
                Result.ok(ByteBuffer.allocate(Long.BYTES).putLong(value).array()), age));
        answers.saw(told);
        reads.saw(told);
    }

    private void told(long number, Consistency consistency, long index, long value) {
        told(number, consistency, index, value, Optional.empty());
    }

    @Test
    void aLinearizableReadShowsWhatWasCommittedWhenItCame() {
        written(MS, 7);
        reached(1, Consistency.LINEARIZABLE);
        reached(2, Consistency.LINEARIZABLE);
        written(2 * MS, 8);
        told(1, Consistency.LINEARIZABLE, 1, 7);
        reached(3, Consistency.LINEARIZABLE);
        assertThrows(Checker.Broken.class, () -> told(3, Consistency.LINEARIZABLE, 1, 7));
        assertThrows(Checker.Broken.class, () -> told(2, Consistency.LINEARIZABLE, 3, 8));
    }

    @Test
    void aReadShowsTheStateOfItsIndex() {
        written(MS, 7);
        written(2 * MS, 8);
        told(1, Consistency.STALE, 0, 0);
        told(2, Consistency.STALE, 1, 7);
        assertThrows(Checker.Broken.class, () -> told(3, Consistency.STALE, 1, 8));
        assertThrows(Checker.Broken.class, () -> told(4, Consistency.STALE, 2, 7));
    }

    @Test
    void aReadOfAtLeastAnIndexIsNotBelowIt() {
        written(MS, 7);
        written(2 * MS, 8);
        told(1, Consistency.atLeast(2), 2, 8);
        told(2, Consistency.atLeast(1), 2, 8);
        assertThrows(Checker.Broken.class, () -> told(3, Consistency.atLeast(2), 1, 7));
    }

    @Test
    void whatWasCommittedBeforeTheAgeIsShown() {
        written(MS, 7);
        written(10 * MS, 8);
        nowNs = 30 * MS;
        told(1, Consistency.STALE, 1, 7);
        told(2, Consistency.STALE, 1, 7, Optional.of(Duration.ofMillis(20)));
        // A clock may be slow: what was not committed 19.2 ms ago by it may have been committed 20 ms ago.
        told(3, Consistency.STALE, 1, 7, Optional.of(Duration.ofNanos(19_200_000)));
        assertThrows(Checker.Broken.class, () -> told(4, Consistency.STALE, 1, 7, Optional.of(Duration.ofMillis(18))));
    }

    @Test
    void aQueryIsAnsweredUnlessTheServerEnds() {
        reached(1, Consistency.STALE);
        assertTrue(answers.left().startsWith("QueryReached"), answers.left());
        told(1, Consistency.STALE, 0, 0);
        assertEquals("", answers.left());
        reached(2, Consistency.LINEARIZABLE);
        answers.saw(new Happening.Ended(0, "killed"));
        assertEquals("", answers.left());
    }

    @Test
    void onlyLinearizableReadsAreInTheHistory() {
        Operation write = new Operation(1, 1, Operation.Kind.WRITE, 1, 7, 0);
        history.saw(new Happening.Invoked(write, 0));
        history.saw(new Happening.Committed(write, MS, 1, 0));
        history.saw(new Happening.ReadTold(query(1, Consistency.STALE), 2 * MS, 3 * MS, 0));
        history.saw(new Happening.ReadTold(query(2, Consistency.LINEARIZABLE), MS / 2, 3 * MS, 0));
        assertTrue(Linearizability.isLinearizable(history.calls()));
        history.saw(new Happening.ReadTold(query(3, Consistency.LINEARIZABLE), 2 * MS, 3 * MS, 0));
        assertFalse(Linearizability.isLinearizable(history.calls()));
    }

    @Test
    void everyServerAnswersEveryKindOfRead() {
        SimulationResult result = Simulation.run(Quiet.plan(1, 4).with(Knob.VOTERS, 7).with(Knob.LEARNERS, 8)
                .with(Knob.CLIENTS, 3).with(Knob.THINK_MAX_MS, 20).with(Knob.PHASE_MS, 3_000).with(Knob.READS, 700));
        assertEquals(Optional.empty(), result.violation());
        assertTrue(result.marks().containsAll(List.of("READ_BY_LEADER", "READ_BY_FOLLOWER", "READ_BY_LEARNER",
                "STALE_WITH_AGE", "AT_LEAST_WAITED")), result.marks().toString());
    }
}
