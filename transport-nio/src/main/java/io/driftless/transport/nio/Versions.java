package io.driftless.transport.nio;

import java.util.OptionalInt;

/**
 * The versions of the protocol that one side speaks, without a gap. Immutable.
 *
 * @param oldest the first
 * @param newest the last
 */
record Versions(int oldest, int newest) {

    /** Those that this build speaks. */
    static final Versions OWN = new Versions(5, 5);

    private static final int NUMBER_MAX = 0xffff;
    private static final int BESIDE_THE_NEWEST_MAX = 0xff;

    /** Checks that the first 16 bytes of a greeting can name them. */
    Versions {
        if (oldest < 0 || newest < oldest || newest > NUMBER_MAX || newest - oldest > BESIDE_THE_NEWEST_MAX) {
            throw new IllegalArgumentException("versions " + oldest + " to " + newest);
        }
    }

    /** The highest that both sides speak; empty if there is none. */
    OptionalInt highestIn(Versions other) {
        int highest = Math.min(newest, other.newest);
        return highest >= Math.max(oldest, other.oldest) ? OptionalInt.of(highest) : OptionalInt.empty();
    }

    /** In words: {@code version 3}, or {@code versions 3 to 4}. */
    @Override
    public String toString() {
        return oldest == newest ? "version " + newest : "versions " + oldest + " to " + newest;
    }
}
