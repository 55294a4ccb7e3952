package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** R41, in simulated time: a reset unseats nobody, and a leader whose process is gone is replaced at once. */
class LeaderEndsTest {

    @Test
    void aResetUnseatsNobodyAndAnEndIsNoticedAtOnce() {
        List<LeaderEnds.Row> rows = LeaderEnds.of(40);
        assertTrue(LeaderEnds.areRight(rows), rows::toString);
    }
}
