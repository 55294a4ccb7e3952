package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A log's clock that jumps with its leader, or with its wall clock, is found. */
class LogClockRunsTest {

    private long countedMs;
    private long wallMs = 1_000_000;
    private final Universe universe = new Universe(Plan.of(1, 3).withFaults(List.of()), new Watch(false));
    private final LogMatching log = new LogMatching(universe);
    private final LogClockRuns clock = new LogClockRuns(3, new SeenServers() {
        @Override
        public long applied(int node) {
            return 0;
        }

        @Override
        public long led(int node) {
            return 0;
        }

        @Override
        public long countedMs(int node, long stepMs) {
            return countedMs;
        }

        @Override
        public long wallMs(int node) {
            return wallMs;
        }
    }, log);

    /** So long after the last one an entry is written with this stamp. */
    private void writes(long afterMs, long index, long stampMs) {
        countedMs += afterMs;
        // Simulated time passes, and nothing is to happen in it.
        universe.timeline.next(universe.timeline.nowNs() + 10_000_000_000L);
        Happening written = new Happening.LogWritten(0, List.of(new LogEntry(index, 1, stampMs, EntryType.NOOP, 0, 0,
                Bytes.EMPTY)), false);
        log.saw(written);
        clock.saw(written);
    }

    private void finds(String part, Runnable wrong) {
        String said = assertThrows(Checker.Broken.class, wrong::run).getMessage();
        assertTrue(said.contains(part), said);
    }

    @Test
    void aClockThatRunsWithItsLeaderIsRight() {
        writes(0, 1, wallMs);
        writes(1_000, 2, wallMs + 1_000);
        writes(500, 3, wallMs + 1_200);
    }

    @Test
    void aClockThatRunsAheadOfItsLeaderIsFound() {
        writes(0, 1, wallMs);
        writes(300, 2, wallMs + 300);
        // Of a pause of two seconds, 300 ms count.
        finds("has gone on by 1400 ms", () -> writes(300, 3, wallMs + 1_400));
    }

    @Test
    void aClockThatDoesNotBeginAtTheWallClockIsFound() {
        finds("the log's clock begins at 5", () -> writes(0, 1, 5));
    }
}
