package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.node.SnapshotTriggers;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SnapshotScheduleTest {

    private static final SnapshotTriggers NEVER = new SnapshotTriggers(0, 0, Duration.ZERO);

    private static SnapshotSchedule of(SnapshotTriggers triggers, long lastBytes) {
        return new SnapshotSchedule(triggers, new SplittableRandom(1), lastBytes, 0, 0, 0);
    }

    /** How many entries of this weight it takes. */
    private static long dueAfter(SnapshotSchedule schedule, long weight, long nowNs) {
        for (long count = 1; count < 100_000; count++) {
            schedule.applied(weight);
            if (schedule.isDue(nowNs)) {
                return count;
            }
        }
        return Long.MAX_VALUE;
    }

    @Test
    void itIsDueWithinAQuarterOfEachLimit() {
        TreeSet<Long> bytes = new TreeSet<>();
        TreeSet<Long> entries = new TreeSet<>();
        for (int seed = 0; seed < 200; seed++) {
            bytes.add(dueAfter(new SnapshotSchedule(NEVER.everyBytes(10_000), new SplittableRandom(seed), 0, 0, 0, 0),
                    10, 0));
            entries.add(dueAfter(new SnapshotSchedule(NEVER.everyEntries(1_000), new SplittableRandom(seed), 0, 0, 0,
                    0), 10, 0));
        }
        for (TreeSet<Long> counts : List.of(bytes, entries)) {
            assertTrue(counts.first() >= 750 && counts.last() <= 1_250, counts.toString());
            assertTrue(counts.first() < 800 && counts.last() > 1_200, "each draws its own: " + counts);
        }
    }

    @Test
    void aLargeSnapshotTakesAsMuchLogAgain() {
        SnapshotSchedule schedule = of(NEVER.everyBytes(1_000), 0);
        assertTrue(dueAfter(schedule, 10, 0) <= 125);
        schedule.taken(0);
        schedule.finished(100_000);
        assertTrue(dueAfter(schedule, 10, 0) >= 7_500);
        assertTrue(dueAfter(of(NEVER.everyBytes(1_000), 100_000), 10, 0) >= 7_500, "known from before the start");
    }

    @Test
    void timeAloneTakesNoneOfWhatHasNotChanged() {
        SnapshotSchedule schedule = of(NEVER.every(Duration.ofNanos(1_000)), 0);
        assertFalse(schedule.isDue(1_000_000));
        schedule.applied(1);
        assertFalse(schedule.isDue(749));
        assertTrue(schedule.isDue(1_250));
        schedule.taken(1_250);
        assertFalse(schedule.isDue(1_000_000));
    }

    @Test
    void withoutALimitItIsNeverDue() {
        assertEquals(Long.MAX_VALUE, dueAfter(of(NEVER, 0), 1 << 20, Long.MAX_VALUE / 2));
    }

    @Test
    void whatWasAppliedBeforeTheStartCounts() {
        assertTrue(new SnapshotSchedule(NEVER.everyEntries(100), new SplittableRandom(1), 0, 0, 125, 0).isDue(0));
        assertTrue(new SnapshotSchedule(NEVER.everyBytes(100), new SplittableRandom(1), 0, 125, 1, 0).isDue(0));
    }

    @Test
    void afterAFailureItIsTriedAgainNotAtOnce() {
        SnapshotSchedule schedule = of(NEVER.everyEntries(4), 0);
        assertTrue(dueAfter(schedule, 1, 0) <= 5);
        SnapshotSchedule.Since before = schedule.since();
        schedule.taken(0);
        assertFalse(schedule.isDue(0));
        schedule.failed(before, 0);
        assertFalse(schedule.isDue(SnapshotSchedule.RETRY_NS - 1));
        assertTrue(schedule.isDue(SnapshotSchedule.RETRY_NS));
    }

    @Test
    void oneThatIsDueForItsAgeStaysSoIfItFails() {
        SnapshotSchedule schedule = of(NEVER.every(Duration.ofDays(1)), 0);
        schedule.applied(1);
        long nowNs = Duration.ofDays(2).toNanos();
        assertTrue(schedule.isDue(nowNs));
        SnapshotSchedule.Since before = schedule.since();
        schedule.taken(nowNs);
        schedule.failed(before, nowNs);
        assertTrue(schedule.isDue(nowNs + SnapshotSchedule.RETRY_NS));
    }

    @Test
    void negativeLimitsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> NEVER.everyBytes(-1));
        assertThrows(IllegalArgumentException.class, () -> NEVER.everyEntries(-1));
        assertThrows(IllegalArgumentException.class, () -> NEVER.every(Duration.ofNanos(-1)));
    }
}
