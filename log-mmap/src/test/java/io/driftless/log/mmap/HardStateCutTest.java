package io.driftless.log.mmap;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HardStateCutTest {

    private static final int ROUNDS = 60;

    @Test
    void neverFallsBehindWhatWasWritten() {
        LongStream.rangeClosed(1, ROUNDS).forEach(HardStateCutProof::round);
    }
}
