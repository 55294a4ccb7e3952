package io.driftless.sim;

import io.driftless.testkit.mutants.Mutant;
import java.util.List;

/** The matrix of links, as what finds a mistake that was planted in the core. */
final class LinksCheck {

    private LinksCheck() { }

    /** The seed. The process ends with {@link Mutant#FOUND} if a state does not come out as it must. */
    public static void main(String[] arguments) {
        boolean isRight;
        try {
            List<Links.Row> rows = Links.all(Long.parseLong(arguments[0]));
            isRight = rows.stream().allMatch(Links.Row::isRight);
        } catch (IllegalStateException broken) {
            isRight = false;
        }
        System.exit(isRight ? 0 : Mutant.FOUND);
    }
}
