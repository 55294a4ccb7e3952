package io.driftless.log.mmap;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SnapshotCutTest {

    private static final int ROUNDS = 60;

    @Test
    void theNewestIsTheOneBeforeOrTheNewOneAndWhole() {
        LongStream.rangeClosed(1, ROUNDS).forEach(SnapshotCutProof::round);
    }
}
