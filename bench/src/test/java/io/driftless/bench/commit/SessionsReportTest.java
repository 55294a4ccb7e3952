package io.driftless.bench.commit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SessionsReportTest {

    private static final SessionsReport.Figures WITHOUT = new SessionsReport.Figures(500, 40_000, 20);

    private static SessionsReport report(double latency, double rate, double... cpu) {
        List<SessionsReport.Pair> pairs = Stream.of(cpu.length == 0 ? new double[] {1, 1} : cpu)
                .flatMapToDouble(Arrays::stream).mapToObj(ratio -> new SessionsReport.Pair(
                        new SessionsReport.Figures(500 * latency, 40_000 * rate, 20 * ratio), WITHOUT)).toList();
        return new SessionsReport(pairs);
    }

    @Test
    void theBarsAreSevenPercentAndFiveOfProcessorTime() {
        assertTrue(report(1.07, 0.93).passed());
        assertFalse(report(1.08, 1).passed());
        assertFalse(report(1, 0.92).passed());
        assertTrue(report(1, 1, 1.05, 1.05).passed());
        assertFalse(report(1, 1, 1.00, 1.05).passed(), "two that differ say little");
    }

    @Test
    void theUpperEndIsThatOfStudentsInterval() {
        // Mean 1.02, deviation 0.02, three pairs: 1.02 + 4.303 * 0.02 / sqrt(3).
        assertEquals(1.0697, report(1, 1, 1.00, 1.02, 1.04).cpuRatioUpper(), 0.0001);
    }

    @Test
    void theLineForScriptsHasEveryFigure() {
        assertEquals("{\"pairs\":2,\"p50_us_with\":550.0,\"p50_us_without\":500.0,\"p50_ratio\":1.1,"
                + "\"ops_per_s_with\":36000.0,\"ops_per_s_without\":40000.0,\"rate_ratio\":0.9,\"cpu_us_with\":20.0,"
                + "\"cpu_us_without\":20.0,\"cpu_ratio\":1.0,\"cpu_ratio_upper\":1.0,\"passed\":false}",
                report(1.1, 0.9).json());
        assertTrue(report(1.1, 0.9).table().endsWith("a bar is missed"));
    }
}
