package io.driftless.sim;

import io.driftless.testkit.mutants.Mutant;

/** What becomes of leaders that end, as what finds a mistake that was planted in the core. */
final class LeaderEndsCheck {

    private LeaderEndsCheck() { }

    /** How many clusters. The process ends with {@link Mutant#FOUND} if one does not come out as it must. */
    public static void main(String[] arguments) {
        System.exit(LeaderEnds.areRight(LeaderEnds.of(Integer.parseInt(arguments[0]))) ? 0 : Mutant.FOUND);
    }
}
