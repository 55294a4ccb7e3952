package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RotTest {

    @Test
    void aFlippedBitIsRefusedOrDoesNoHarm() {
        assertTrue(RotProof.round(1) > 100);
    }
}
