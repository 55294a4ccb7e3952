package io.driftless.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.torture.ReadHistory.Answer;
import io.driftless.ops.torture.ReadHistory.Asked;
import io.driftless.ops.torture.ReadHistory.Command;
import io.driftless.ops.torture.ReadHistory.Fate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Register 0 holds 0 until index 5, 10 from index 5, and 20 from index 8, which is acknowledged at 400. */
class ReadHistoryCheckTest {

    private static final Optional<Duration> NO_AGE = Optional.empty();

    private final ReadHistory history = new ReadHistory();

    @BeforeEach
    void twoCommands() {
        history.add(new Command(0, 0, 10, 100, 200, 5, Fate.CHANGED));
        history.add(new Command(0, 10, 20, 300, 400, 8, Fate.CHANGED));
    }

    private void answered(Asked asked, long leastIndex, long begunNs, long index, Optional<Duration> age, long value) {
        history.add(new Answer("n1", asked, leastIndex, begunNs, begunNs + 50, index, age, 0,
                List.of(value, 0L, 0L, 0L)));
    }

    private void assertFound(String what) {
        List<String> violations = ReadHistoryCheck.violations(history);
        assertTrue(violations.stream().anyMatch(violation -> violation.contains(what)), violations.toString());
    }

    @Test
    void aRightHistoryIsRight() {
        answered(Asked.LINEARIZABLE, 0, 210, 6, NO_AGE, 10);
        answered(Asked.LINEARIZABLE, 0, 350, 7, NO_AGE, 10);
        answered(Asked.LINEARIZABLE, 0, 450, 8, NO_AGE, 20);
        answered(Asked.STALE, 0, 500, 7, NO_AGE, 10);
        answered(Asked.STALE, 0, 500, 7, Optional.of(Duration.ofNanos(120)), 10);
        answered(Asked.AT_LEAST, 5, 500, 5, NO_AGE, 10);
        history.add(new Command(0, 20, 20, 510, 520, 9, Fate.READ));
        history.add(new Command(0, 10, 30, 510, 520, 10, Fate.NOTHING));
        history.add(new Command(0, 20, 40, 510, 520, 0, Fate.UNKNOWN));
        answered(Asked.LINEARIZABLE, 0, 530, 11, NO_AGE, 40);
        assertEquals(List.of(), ReadHistoryCheck.violations(history));
    }

    @Test
    void aStaleValueIsNotLinearizable() {
        answered(Asked.LINEARIZABLE, 0, 450, 9, NO_AGE, 10);
        assertFound("register 0 is not linearizable");
        assertFound("register 0 holds 8=20 (index=value) by then");
    }

    @Test
    void aLinearizableAnswerBelowAnAcknowledgedIndexIsFound() {
        answered(Asked.LINEARIZABLE, 0, 450, 7, NO_AGE, 10);
        assertFound("older than index 8");
    }

    @Test
    void aLinearizableAnswerBelowWhatAnotherShowedIsFound() {
        answered(Asked.STALE, 0, 500, 12, NO_AGE, 20);
        answered(Asked.LINEARIZABLE, 0, 560, 11, NO_AGE, 20);
        assertFound("older than index 12");
    }

    @Test
    void anAnswerBelowTheIndexThatWasAskedForIsFound() {
        answered(Asked.AT_LEAST, 8, 450, 7, NO_AGE, 10);
        assertFound("older than index 8");
    }

    @Test
    void anAnswerThatIsOlderThanItSaysIsFound() {
        answered(Asked.STALE, 0, 500, 7, Optional.of(Duration.ofNanos(99)), 10);
        assertFound("older than index 8");
    }

    @Test
    void anAnswerThatShowsMoreThanItsIndexIsFound() {
        answered(Asked.STALE, 0, 500, 7, NO_AGE, 20);
        assertFound("register 0 holds 5=10 (index=value) by then");
    }

    @Test
    void whatNobodyWroteIsFound() {
        history.add(new Command(0, 20, 30, 510, 520, 0, Fate.NOTHING));
        answered(Asked.STALE, 0, 530, 9, NO_AGE, 30);
        assertFound("nobody wrote 30");
    }

    @Test
    void aClientThatMakesNoSenseOfItsAnswerIsFound() {
        history.guard(() -> {
            throw new IllegalStateException("no page of all rows");
        });
        assertFound("no page of all rows");
    }
}
