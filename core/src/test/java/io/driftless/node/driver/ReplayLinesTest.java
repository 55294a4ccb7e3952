package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayLinesTest {

    private static final long MS = 1_000_000L;

    private long nowNs = 50_000 * MS;
    private final List<String> infos = new ArrayList<>();
    private final List<String> passed = new ArrayList<>();
    private long reached = 20;

    private ReplayLines lines(long applied, long last) {
        return new ReplayLines(new ApplyQueue.Views() {
            @Override
            public void applied(long weight) {
                if (weight > 1) {
                    passed.add("applied " + weight);
                }
            }

            @Override
            public boolean isDue(long index) {
                return index == 30;
            }

            @Override
            public void take(long index) {
                passed.add("take " + index);
            }
        }, applied, last, () -> nowNs, infos::add);
    }

    /** What lies between is applied. */
    private void at(ReplayLines lines, long index) {
        for (; reached < index; reached++) {
            lines.applied(1);
        }
        assertEquals(index == 30, lines.isDue(index));
    }

    @Test
    void aLongReplayIsToldFromBeginningToEndWithoutTheTimeBeforeIt() {
        ReplayLines lines = lines(20, 10_020);
        at(lines, 20);
        nowNs += 9_000 * MS;
        at(lines, 20);
        nowNs += 1_999 * MS;
        at(lines, 30);
        nowNs += MS;
        at(lines, 4_020);
        nowNs += 1_000 * MS;
        at(lines, 5_000);
        nowNs += 1_000 * MS;
        at(lines, 8_020);
        nowNs += 1_000 * MS;
        at(lines, 10_020);
        at(lines, 10_021);
        assertEquals(List.of("the log has 10,000 entries to apply, from index 21 to 10020: as soon as they are known "
                + "to be committed", "4,000 of 10,000 entries of the log applied, 2,000 entries/s",
                "8,000 of 10,000 entries of the log applied, 2,000 entries/s",
                "10,000 entries of the log applied in 5,000 ms, 2,000 entries/s"), infos);
    }

    @Test
    void whatASnapshotStandsForIsNotCounted() {
        ReplayLines lines = lines(20, 10_020);
        at(lines, 20);
        nowNs += 1_000 * MS;
        at(lines, 1_020);
        nowNs += 1_000 * MS;
        reached = 20_000;
        at(lines, 20_000);
        assertEquals("1,000 entries of the log applied in 2,000 ms, 500 entries/s", infos.getLast());
    }

    @Test
    void whereNothingIsToBeReplayedNothingIsSaid() {
        ReplayLines lines = lines(20, 20);
        at(lines, 20);
        at(lines, 21);
        // A machine that is ahead of a log that has lost its end.
        at(lines(20, 10), 20);
        assertTrue(infos.isEmpty(), infos.toString());
    }

    @Test
    void whatItIsToldIsPassedOn() {
        ReplayLines lines = lines(20, 40);
        lines.applied(7);
        lines.take(30);
        assertEquals(List.of("applied 7", "take 30"), passed);
    }
}
