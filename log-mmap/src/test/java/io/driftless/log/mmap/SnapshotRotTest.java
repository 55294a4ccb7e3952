package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SnapshotRotTest {

    @Test
    void damageIsFoundAndGivesNoWrongByte() {
        for (long seed = 1; seed <= 5; seed++) {
            int found = SnapshotRotProof.round(seed);
            assertTrue(found > 100 && found < 200, "the opening found " + found);
        }
    }
}
