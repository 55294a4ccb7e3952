package io.driftless.bench.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Both bars count, and what was measured is told. */
class FailoverReportTest {

    @Test
    void theMedianAndTheWorstHaveABarEach() {
        assertTrue(new FailoverReport(List.of(150.0, 149.0, 500.0)).passed());
        assertFalse(new FailoverReport(List.of(151.0, 151.0, 100.0)).passed());
        assertFalse(new FailoverReport(List.of(50.0, 60.0, 500.1)).passed());
        assertThrows(IllegalArgumentException.class, () -> new FailoverReport(List.of()));
    }

    @Test
    void tellsWhatWasMeasured() {
        FailoverReport report = new FailoverReport(List.of(20.04, 30.0, 700.0));
        assertEquals("{\"benchmark\":\"failover\",\"kills\":3,\"median_ms\":30.0,\"median_ms_bar\":150.0,"
                + "\"worst_ms\":700.0,\"worst_ms_bar\":500.0,\"gaps_ms\":[20.0,30.0,700.0],\"passed\":false}",
                report.json());
        assertTrue(report.table().contains("| median | 30.0 | 150 | met |"), report.table());
        assertTrue(report.table().contains("| worst | 700.0 | 500 | MISSED |"), report.table());
    }
}
