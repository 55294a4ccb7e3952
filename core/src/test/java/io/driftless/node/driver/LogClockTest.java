package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** {@link LogClock}: R23. */
class LogClockTest {

    private static final long MS = 1_000_000;
    private static final long WALL_MS = 1_700_000_000_000L;
    private static final long STEP_MS = 300;

    private static LogClock clock(long lastStampMs) {
        return new LogClock(lastStampMs, () -> WALL_MS, STEP_MS * MS);
    }

    @Test
    void goesOnFromTheLastEntryWithTheTimeThatItLeads() {
        LogClock clock = clock(1_000);
        clock.leads(500 * MS);
        assertEquals(1_000, clock.stampMs(7, 500 * MS));
        assertEquals(1_007, clock.stampMs(8, 507 * MS));
    }

    @Test
    void aServerWhoseWallClockIsAheadGoesOnFromTheLeadersEntries() {
        LogClock clock = clock(0);
        clock.follows(1_000);
        clock.follows(1_020);
        clock.leads(90 * MS);
        assertEquals(1_005 + 20, clock.stampMs(3, 95 * MS));
    }

    @Test
    void anEntryOfItsOwnThatIsOverwrittenLeavesNoTrace() {
        LogClock clock = clock(1_000);
        clock.leads(0);
        assertEquals(1_250, clock.stampMs(2, 250 * MS));
        clock.follows(1_200);
        clock.leads(60_002 * MS);
        assertEquals(1_200, clock.stampMs(3, 60_002 * MS));
    }

    @Test
    void beginsAtTheWallClockOfTheFirstLeaderAndNotOfItsStart() {
        LogClock clock = clock(0);
        clock.leads(5_000 * MS);
        assertEquals(WALL_MS, clock.stampMs(1, 9_000 * MS));
        assertEquals(WALL_MS + 12, clock.stampMs(2, 9_012 * MS));
    }

    @Test
    void r23ALeaderThatWasSuspendedJumpsByOneStepOnly() {
        LogClock clock = clock(1_000);
        clock.leads(0);
        assertEquals(1_000 + STEP_MS, clock.stampMs(2, 600_000 * MS));
        clock.look(600_050 * MS);
        assertEquals(1_000 + STEP_MS + 100, clock.stampMs(3, 600_100 * MS));
    }

    @Test
    void manyLooksLoseNoTime() {
        LogClock clock = clock(1_000);
        clock.leads(0);
        for (long ns = 0; ns <= 100 * MS; ns += 333_333) {
            clock.look(ns);
        }
        assertEquals(1_100, clock.stampMs(2, 100 * MS));
    }
}
