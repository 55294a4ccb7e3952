package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.testkit.Ledger;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * The {@link PowerCutProof}: its short form; with {@code -Psoak} as much as the {@link Ledger} still lacks; with
 * {@code -Ddriftless.proof.seed=SEED} one round.
 */
class PowerCutTest {

    private static final String PROOF = "power-cut";
    private static final int STATES = 1_000;
    private static final int SOAK_STATES = 20_000;
    private static final int SOAK_STRUCTURAL = 5_000;
    private static final int SOAK_CHAINS = 2_000;
    /** The soak run has other seeds than the short form. */
    private static final long SOAK_SEED = 1_000_000;
    private static final int ROUNDS_PER_LINE = 10;

    @Test
    void everyLegalStateAfterAPowerCutIsRecovered() throws IOException {
        Long only = Long.getLong("driftless.proof.seed");
        if (only != null) {
            PowerCutProof.round(only);
        } else if (Ledger.soaking()) {
            soak(Ledger.open("log-mmap"));
        } else {
            PowerCutProof.Count count = PowerCutProof.Count.NONE;
            for (long seed = 1; count.states() < STATES; seed++) {
                count = count.plus(PowerCutProof.round(seed));
            }
            assertTrue(count.structural() > STATES / 4 && count.chains() > STATES / 10, count.toString());
        }
    }

    private static void soak(Ledger ledger) throws IOException {
        while (ledger.total(PROOF, "states") < SOAK_STATES || ledger.total(PROOF, "structural") < SOAK_STRUCTURAL
                || ledger.total(PROOF, "chains") < SOAK_CHAINS) {
            long first = SOAK_SEED + ledger.total(PROOF, "rounds");
            PowerCutProof.Count count = PowerCutProof.Count.NONE;
            for (int i = 0; i < ROUNDS_PER_LINE; i++) {
                count = count.plus(PowerCutProof.round(first + i));
            }
            ledger.append(PROOF, "from=" + first + " rounds=" + ROUNDS_PER_LINE + " states=" + count.states()
                    + " structural=" + count.structural() + " chains=" + count.chains());
        }
    }
}
