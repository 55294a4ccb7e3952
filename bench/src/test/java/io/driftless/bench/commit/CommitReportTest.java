package io.driftless.bench.commit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.bench.commit.CommitReport.Plain;
import io.driftless.bench.commit.CommitReport.Round;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitReportTest {

    private static final Plain PLAIN = new Plain(200, 80_000);
    private static final Round GOOD = new Round(50, 100, 150, PLAIN, 300, 600, 60_000);

    @Test
    void addsTwoRoundTripsAndOneSyncToTheFloor() {
        assertEquals(200, GOOD.floorUs());
        assertEquals(1.5, GOOD.ratio());
    }

    @Test
    void takesTheMedianOfEachFigureApart() {
        CommitReport report = new CommitReport(List.of(GOOD, new Round(60, 90, 140, PLAIN, 310, 500, 70_000),
                new Round(55, 200, 400, PLAIN, 2000, 9000, 100)));
        assertEquals(new Round(55, 100, 150, PLAIN, 310, 600, 60_000), report.median());
    }

    @Test
    void passesAtTheBars() {
        assertTrue(new CommitReport(List.of(new Round(50, 100, 150, PLAIN, 360, 600, 45_000))).passed());
    }

    @Test
    void failsAboveTheFloorBar() {
        assertFalse(new CommitReport(List.of(new Round(50, 100, 150, PLAIN, 360.1, 600, 60_000))).passed());
    }

    @Test
    void failsBelowTheThroughputBar() {
        assertFalse(new CommitReport(List.of(new Round(50, 100, 150, PLAIN, 300, 600, 44_999))).passed());
    }

    @Test
    void printsOneLineOfJsonWithStableFields() {
        assertEquals("{\"benchmark\":\"commit\",\"nodes\":3,\"size\":256,\"durability\":\"always\","
                + "\"floor_round_trip_us\":50.1,\"floor_sync_us\":99.9,"
                + "\"sync_at_once_us\":151.0,\"floor_us\":200.2,"
                + "\"plain_p50_us\":200.0,\"plain_ops_per_s\":80000,"
                + "\"p50_us\":299.9,\"p99_us\":600.0,\"ratio\":1.498,\"ratio_bar\":1.8,"
                + "\"connections\":8,\"outstanding\":64,"
                + "\"ops_per_s\":60001,\"ops_per_s_bar\":45000,\"rounds\":1,\"passed\":true}",
                new CommitReport(List.of(new Round(50.12, 99.94, 151.04, PLAIN, 299.93, 600, 60_000.6))).json());
    }

    @Test
    void printsARowForEachRoundAndOneForTheMedians() {
        Round worse = new Round(50, 100, 150, PLAIN, 400, 700, 40_000);
        List<String> lines = new CommitReport(List.of(GOOD, worse)).table().lines().toList();
        assertEquals(List.of(
                "|  round | round trip us | sync us | 3 at once us | floor us | plain us | p50 us |  p99 us | ratio "
                        + "| plain, 64 | ops/s, 64 |",
                "|   ---: |          ---: |    ---: |         ---: |     ---: |     ---: |   ---: |    ---: |  ---: "
                        + "|      ---: |      ---: |",
                "|      1 |          50.0 |   100.0 |        150.0 |    200.0 |    200.0 |  300.0 |   600.0 |  1.50 "
                        + "|    80,000 |    60,000 |",
                "|      2 |          50.0 |   100.0 |        150.0 |    200.0 |    200.0 |  400.0 |   700.0 |  2.00 "
                        + "|    80,000 |    40,000 |",
                "| median |          50.0 |   100.0 |        150.0 |    200.0 |    200.0 |  350.0 |   650.0 |  1.75 "
                        + "|    80,000 |    50,000 |",
                "",
                "beside three plain processes: p50 1.75 times theirs, 0.63 of their ops/s",
                "bars: ratio at most 1.80, met; at least 45,000 ops/s, met"), lines);
    }

    @Test
    void saysWhichBarIsMissed() {
        assertTrue(new CommitReport(List.of(new Round(50, 100, 150, PLAIN, 400, 700, 60_000))).table()
                .contains("ratio at most 1.80, MISSED; at least 45,000 ops/s, met"));
        assertTrue(new CommitReport(List.of(new Round(50, 100, 150, PLAIN, 300, 700, 4))).table()
                .contains("ratio at most 1.80, met; at least 45,000 ops/s, MISSED"));
    }

    @Test
    void refusesToJudgeNothing() {
        assertThrows(IllegalArgumentException.class, () -> new CommitReport(List.of()));
    }
}
