package io.driftless.bench.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotsReportTest {

    private static final SnapshotFigure TOLD = SnapshotFigure.told("rate", "MB/s", 123.4567);

    @Test
    void aFigureIsMetAtItsBar() {
        assertTrue(SnapshotFigure.atMost("p99", "ms", 10, 10).isMet());
        assertFalse(SnapshotFigure.atMost("p99", "ms", 10.001, 10).isMet());
        assertTrue(SnapshotFigure.atLeast("rate", "", 5, 5).isMet());
        assertFalse(SnapshotFigure.atLeast("rate", "", 4.999, 5).isMet());
        assertTrue(TOLD.isMet());
    }

    @Test
    void oneMissedBarIsEnough() {
        List<SnapshotFigure> met = List.of(TOLD, SnapshotFigure.atMost("p99", "ms", 3, 10));
        assertTrue(new SnapshotsReport(met, 1).passed());
        assertFalse(new SnapshotsReport(List.of(TOLD, SnapshotFigure.atMost("p99", "ms", 30, 10), met.get(1)), 1)
                .passed());
    }

    @Test
    void itIsOneLineOfJson() {
        assertEquals("{\"benchmark\":\"snapshots\",\"share\":16,\"figures\":["
                + "{\"name\":\"rate\",\"unit\":\"MB/s\",\"value\":123.457,\"judged\":\"not_judged\",\"bar\":null,"
                + "\"met\":null},"
                + "{\"name\":\"p99\",\"unit\":\"ms\",\"value\":30.0,\"judged\":\"at_most\",\"bar\":10.0,"
                + "\"met\":false}],\"passed\":false}",
                new SnapshotsReport(List.of(TOLD, SnapshotFigure.atMost("p99", "ms", 30, 10)), 16).json());
    }

    @Test
    void theTableSaysWhatIsMissed() {
        assertEquals("""
                | figure | value | bar | |
                | --- | ---: | ---: | --- |
                | rate | 123.46 MB/s |  |  |
                | p99 | 30 ms | at most 10 | MISSED |
                | share | 0.62  | at least 0.50 |  |

                a bar is missed""", new SnapshotsReport(List.of(TOLD, SnapshotFigure.atMost("p99", "ms", 30, 10),
                SnapshotFigure.atLeast("share", "", 0.62, 0.5)), 1).table());
    }
}
