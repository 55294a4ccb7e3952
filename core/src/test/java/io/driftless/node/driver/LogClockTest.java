package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The log's own clock. */
class LogClockTest {

    private static final long MS = 1_000_000;

    @Test
    void goesOnFromTheLastEntryWithTheTimeThatItLeads() {
        LogClock clock = new LogClock(1_000, 0);
        clock.leads(500 * MS);
        assertEquals(1_000, clock.stampMs(500 * MS));
        assertEquals(1_007, clock.stampMs(507 * MS));
    }

    @Test
    void aServerWhoseWallClockIsAheadGoesOnFromTheLeadersEntries() {
        // It has started on an empty log, years ahead of who leads first.
        LogClock clock = new LogClock(900_000_000_000L, 0);
        clock.follows(1_000, 10 * MS);
        clock.follows(1_020, 30 * MS);
        clock.leads(90 * MS);
        assertEquals(1_005 + 20, clock.stampMs(95 * MS));
    }

    @Test
    void anEntryOfItsOwnThatIsOverwrittenLeavesNoTrace() {
        LogClock clock = new LogClock(1_000, 0);
        clock.leads(0);
        assertEquals(61_000, clock.stampMs(60_000 * MS));
        clock.follows(1_200, 60_001 * MS);
        clock.leads(60_002 * MS);
        assertEquals(1_200, clock.stampMs(60_002 * MS));
    }
}
