package io.driftless.bench.idle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class IdleReportTest {

    @Test
    void sumsTheNodes() {
        IdleReport report = new IdleReport(20, List.of(0.25, 0.05, 0.05));
        assertEquals(1.75, report.cpuPercent(), 1e-9);
        assertTrue(report.passed());
    }

    @Test
    void failsAtTheBar() {
        assertFalse(new IdleReport(20, List.of(0.25, 0.10, 0.05)).passed());
    }

    @Test
    void printsOneLineOfJsonWithStableFields() {
        assertEquals("{\"benchmark\":\"idle\",\"nodes\":3,\"seconds\":20.0,\"cpu_percent\":1.75,"
                + "\"cpu_percent_bar\":2.0,\"passed\":true}",
                new IdleReport(20.003, List.of(0.25, 0.05, 0.05)).json());
    }

    @Test
    void printsARowForEachNodeAndOneForTheSum() {
        assertEquals(List.of(
                "| node | cpu ms in 20.0 s | % of a core |",
                "| ---: | ---: | ---: |",
                "| n1 | 250 | 1.25 |",
                "| n2 | 50 | 0.25 |",
                "| sum | 300 | 1.50 |",
                "",
                "bar: under 2.0 % of a core, met"), new IdleReport(20, List.of(0.25, 0.05)).table().lines().toList());
    }

    @Test
    void refusesATimeThatDidNotPass() {
        assertThrows(IllegalArgumentException.class, () -> new IdleReport(0, List.of(0.1)));
    }
}
