package io.driftless.bench.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.bench.log.LogFigure.Bar;
import io.driftless.bench.log.LogFigure.Taken;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogReportTest {

    private static final LogFigure SYNC = new LogFigure("sync-us", Bar.atMostTimesW(1.15), List.of(
            new Taken(110, 100, 90, 88), new Taken(330, 300, 290, 330), new Taken(230, 100, 90, 184)));
    private static final LogFigure READ = new LogFigure("read-per-s", Bar.atLeast(10_000_000),
            List.of(Taken.of(12_345_678.9)));

    @Test
    void takesTheMedianOfEachColumnApart() {
        assertEquals(new Taken(230, 100, 90, 184), SYNC.median());
    }

    @Test
    void judgesByRatiosOfOneAndTheSameRound() {
        assertEquals(1.1, SYNC.judged(), 1e-9);
        assertEquals(1.25, SYNC.overPlain(), 1e-9);
        assertEquals(2, new LogFigure("batch", Bar.atLeastTimesM(0.9), List.of(new Taken(4, 9, 2, 9))).judged());
    }

    @Test
    void meetsABarThatIsReachedExactly() {
        assertTrue(met(Bar.atMost(8), 8));
        assertFalse(met(Bar.atMost(8), 8.001));
        assertTrue(met(Bar.atLeast(8), 8));
        assertFalse(met(Bar.atLeast(8), 7.999));
        assertTrue(met(Bar.NONE, 1));
    }

    @Test
    void missesABarWhoseFloorWasNotMeasured() {
        assertFalse(met(Bar.atMostTimesW(1.15), 1));
    }

    @Test
    void keepsTheRoundsInOrder() {
        assertEquals(List.of(Taken.of(1), Taken.of(2)),
                new LogFigure("x", Bar.NONE, List.of(Taken.of(1))).and(Taken.of(2)).taken());
    }

    @Test
    void printsOneLineOfJsonWithStableFields() {
        assertEquals("{\"benchmark\":\"log\",\"rounds\":3,\"figures\":["
                + "{\"name\":\"sync-us\",\"log\":230.0,\"w\":100.0,\"m\":90.0,\"plain\":184.0,"
                + "\"log_over_plain\":1.25,\"judged\":\"over_w\",\"value\":1.1,\"least\":null,\"most\":1.15,"
                + "\"met\":true},"
                + "{\"name\":\"read-per-s\",\"log\":1.23456789E7,\"w\":null,\"m\":null,\"plain\":null,"
                + "\"log_over_plain\":null,\"judged\":\"log\",\"value\":1.23456789E7,\"least\":1.0E7,\"most\":null,"
                + "\"met\":true}],\"passed\":true}", new LogReport(List.of(SYNC, READ), 3).json());
    }

    @Test
    void printsARowForEachFigureAndTheVerdict() {
        LogFigure missed = new LogFigure("open-s", Bar.atMost(2), List.of(Taken.of(3)));
        LogFigure unjudged = new LogFigure("fresh-us", Bar.NONE, List.of(Taken.of(12.34)));
        List<String> lines = new LogReport(List.of(SYNC, READ, missed, unjudged), 3).table().lines()
                .map(line -> line.replaceAll(" +", " ")).toList();
        assertEquals(List.of(
                "| figure | log | W | M | plain | ÷ plain | judged | bar | is |",
                "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |",
                "| sync-us | 230.0 | 100.0 | 90.0 | 184.0 | 1.250 | 1.100 | <= 1.150 W | met |",
                "| read-per-s | 12,345,679 | | | | | 12,345,679 | >= 10,000,000 | met |",
                "| open-s | 3 | | | | | 3 | <= 2 | MISSED |",
                "| fresh-us | 12.3 | | | | | | | |",
                "",
                "medians of 3 rounds; MISSED: open-s"), lines);
    }

    @Test
    void passesOnlyIfEveryBarIsMet() {
        assertTrue(new LogReport(List.of(SYNC, READ), 3).passed());
        assertFalse(new LogReport(List.of(SYNC, new LogFigure("x", Bar.atMost(1), List.of(Taken.of(2)))), 1).passed());
    }

    @Test
    void refusesToJudgeNothing() {
        assertThrows(IllegalArgumentException.class, () -> new LogReport(List.of(), 1));
        assertThrows(IllegalArgumentException.class, () -> new LogFigure("x", Bar.NONE, List.of()));
    }

    private static boolean met(Bar bar, double value) {
        return new LogFigure("x", bar, List.of(Taken.of(value))).met();
    }
}
