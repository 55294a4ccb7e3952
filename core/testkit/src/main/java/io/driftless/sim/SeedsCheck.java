package io.driftless.sim;

import io.driftless.testkit.mutants.Mutant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Simulates some seeds, until a promise is broken: what finds a mistake that was planted in the core. */
final class SeedsCheck {

    private SeedsCheck() { }

    /**
     * The first seed, how many at most, and where it is written what was found: a line with the seed, one with the
     * number of events until then, and one with the promise. The process ends with {@link Mutant#FOUND} if one was.
     */
    public static void main(String[] arguments) throws IOException {
        long first = Long.parseLong(arguments[0]);
        long events = 0;
        for (long seed = first; seed < first + Long.parseLong(arguments[1]); seed++) {
            SimulationResult result = Simulation.run(Plan.of(seed));
            events += result.events();
            if (result.violation().isPresent()) {
                if (arguments.length > 2) {
                    Violation found = result.violation().get();
                    Files.writeString(Path.of(arguments[2]), seed + "\n" + events + "\n" + found.property() + "\n"
                            + found.detail() + "\n");
                }
                System.exit(Mutant.FOUND);
            }
        }
    }
}
