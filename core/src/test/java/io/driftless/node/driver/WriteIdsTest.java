package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WriteIdsTest {

    @Test
    void eachRunBeginsFarAboveTheOneBefore() {
        long first = WriteIds.ofNewRun();
        assertTrue(WriteIds.ofNewRun() - first >= 1L << 40);
    }

    /** They overflowed after 524,288 runs, and a negative write was never synced: a simulation of 66,055 seeds. */
    @Test
    void noRunIsTooLateForAPositiveId() {
        LongStream.of(0, 524_287, 524_288, (1 << 23) - 2, (1 << 23) - 1, 1 << 23, Long.MAX_VALUE).forEach(run ->
                assertTrue(WriteIds.firstOf(run) > 0 && WriteIds.firstOf(run) + (1L << 40) > 0, run + ": "
                        + WriteIds.firstOf(run)));
        assertEquals(1_000, LongStream.range(524_000, 525_000).map(WriteIds::firstOf)
                .distinct().count());
    }
}
