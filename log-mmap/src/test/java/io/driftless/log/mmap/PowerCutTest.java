package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The short form of the {@link PowerCutProof}, or one round of it: {@code -Ddriftless.proof.seed=SEED}. */
class PowerCutTest {

    private static final int STATES = 1_000;

    @Test
    void everyLegalStateAfterAPowerCutIsRecovered() {
        Long only = Long.getLong("driftless.proof.seed");
        PowerCutProof.Count count = PowerCutProof.Count.NONE;
        for (long seed = only == null ? 1 : only; count.states() < STATES && (only == null || seed == only); seed++) {
            count = count.plus(PowerCutProof.round(seed));
        }
        assertTrue(count.structural() > count.states() / 4 && count.chains() > count.states() / 10, count.toString());
    }
}
