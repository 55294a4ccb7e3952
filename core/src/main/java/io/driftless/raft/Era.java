package io.driftless.raft;

/**
 * Terms between two accepted losses. Who accepts a loss goes on in the first term of the next era, so everybody who
 * meets that cluster later can tell by its term (R18). Pure.
 */
public final class Era {

    /** Far more terms than elections can use up: at one every 300 ms it would take nine years without a leader. */
    private static final long TERMS = 1_000_000_000;

    private Era() { }

    /** How many losses had been accepted by this term. */
    public static long of(long term) {
        return term / TERMS;
    }

    /** The first term after the era of {@code term}. */
    public static long after(long term) {
        return (of(term) + 1) * TERMS;
    }
}
