package io.driftless.log.mmap;

import io.driftless.testkit.mutants.Mutant;
import java.util.function.LongConsumer;

/** Rounds of a proof, as the check of a planted mistake. */
final class ProofRounds {

    private ProofRounds() { }

    /** From seed {@code arguments[0]} on, {@code arguments[1]} of them; ends the process, and says how it went. */
    static void check(String[] arguments, LongConsumer round) {
        int exit = 0;
        try {
            long first = Long.parseLong(arguments[0]);
            for (long seed = first; seed < first + Long.parseLong(arguments[1]); seed++) {
                round.accept(seed);
            }
        } catch (AssertionError e) {
            e.printStackTrace();
            exit = Mutant.FOUND;
        }
        System.exit(exit);
    }
}
