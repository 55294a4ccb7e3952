package io.driftless.sim;

import io.driftless.testkit.mutants.Mutant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Simulates some seeds, until a promise is broken: what finds a mistake that was planted in the core. */
final class SeedsCheck {

    private SeedsCheck() { }

    /** Every checker counts. */
    static final String ALL = "all";

    /**
     * The first seed, how many at most, which checker alone counts, by its class, or {@value #ALL}, and where it is
     * written what was found: a line with the seed, one with the number of events until then, and one with the
     * promise. The last two may be missing. The process ends with {@link Mutant#FOUND} if one was.
     */
    public static void main(String[] arguments) throws IOException {
        long first = Long.parseLong(arguments[0]);
        String only = arguments.length > 2 && !arguments[2].equals(ALL) ? arguments[2] : "";
        long events = 0;
        for (long seed = first; seed < first + Long.parseLong(arguments[1]); seed++) {
            SimulationResult result = Simulation.run(Plan.of(seed), only);
            events += result.events();
            if (result.violation().isPresent()) {
                if (arguments.length > 3) {
                    Violation found = result.violation().get();
                    Files.writeString(Path.of(arguments[3]), seed + "\n" + events + "\n" + found.property() + "\n"
                            + found.detail() + "\n");
                }
                System.exit(Mutant.FOUND);
            }
        }
    }
}
