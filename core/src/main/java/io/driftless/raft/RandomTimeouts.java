package io.driftless.raft;

/** Draws election timeouts (Raft §5.2) from a seed: the same seed, the same timeouts. Confined to the core's owner. */
final class RandomTimeouts {

    private final RaftSettings settings;
    private long state;

    RandomTimeouts(RaftSettings settings, long seed) {
        this.settings = settings;
        this.state = seed;
    }

    /** A timeout in nanoseconds, {@code electionTimeoutMin <= timeout < electionTimeoutMax}. */
    long nextNs() {
        return settings.electionTimeoutMinNs()
                + nextBelow(settings.electionTimeoutMaxNs() - settings.electionTimeoutMinNs());
    }

    /** The wait of a server whose leader is gone, so that not all campaign at once (R41). */
    long nextShortNs() {
        return nextBelow(Math.max(1, settings.electionTimeoutMinNs() / 4));
    }

    private long nextBelow(long bound) {
        // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
        state += 0x9E3779B97F4A7C15L;
        long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        mixed ^= mixed >>> 31;
        return Long.remainderUnsigned(mixed, bound);
    }
}
