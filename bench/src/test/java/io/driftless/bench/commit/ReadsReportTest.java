package io.driftless.bench.commit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReadsReportTest {

    private static ReadsReport.Pair pair(double latency, double rate) {
        return new ReadsReport.Pair(500, 500 * latency, 20_000, 20_000 * rate, 400, 100);
    }

    @Test
    void theBarsAreSevenTenthsOfTheTimeAndHalfAsManyAgain() {
        assertTrue(new ReadsReport(List.of(pair(0.7, 1.5))).passed());
        assertFalse(new ReadsReport(List.of(pair(0.71, 1.5))).passed());
        assertFalse(new ReadsReport(List.of(pair(0.7, 1.49))).passed());
    }

    @Test
    void oneDisturbedPairDecidesNothing() {
        assertTrue(new ReadsReport(List.of(pair(0.5, 2), pair(3, 0.1), pair(0.5, 2))).passed());
        assertFalse(new ReadsReport(List.of(pair(0.5, 2), pair(3, 0.1), pair(3, 0.1))).passed());
    }

    @Test
    void theLineForScriptsHasEveryFigure() {
        ReadsReport report = new ReadsReport(List.of(pair(0.5, 1.25)));
        assertEquals("{\"benchmark\":\"reads\",\"pairs\":1,\"command_p50_us\":500.0,\"query_p50_us\":250.0,"
                + "\"p50_ratio\":0.5,\"p50_ratio_bar\":0.7,\"writes_per_s\":20000.0,\"reads_per_s\":25000.0,"
                + "\"rate_ratio\":1.25,\"rate_ratio_bar\":1.5,\"follower_p50_us\":400.0,\"stale_p50_us\":100.0,"
                + "\"passed\":false}", report.json());
        assertTrue(report.table().endsWith("a bar is missed"), report.table());
    }
}
