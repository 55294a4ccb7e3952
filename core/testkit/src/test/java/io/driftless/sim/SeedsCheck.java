package io.driftless.sim;

import io.driftless.testkit.mutants.Mutant;
import java.util.Optional;

/** Simulates some seeds, until a promise is broken: what finds a mistake that was planted in the core. */
final class SeedsCheck {

    private SeedsCheck() { }

    /** The first seed, and how many at most; the process ends with {@link Mutant#FOUND} if one finds something. */
    public static void main(String[] arguments) {
        long first = Long.parseLong(arguments[0]);
        for (long seed = first; seed < first + Long.parseLong(arguments[1]); seed++) {
            Optional<Violation> found = Simulation.run(Plan.of(seed)).violation();
            if (found.isPresent()) {
                System.out.println("seed " + seed + ": " + found.get());
                System.exit(Mutant.FOUND);
            }
        }
    }
}
