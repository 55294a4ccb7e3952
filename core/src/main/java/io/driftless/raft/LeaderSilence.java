package io.driftless.raft;

/**
 * The longest time in a term that passed between two messages of its leader, as a follower sees it: how near it came to
 * an election. Confined to the core's owner.
 */
final class LeaderSilence {

    private long term;
    private long heardNs;
    private long longestNs;

    /** A message of the leader of {@code term} had arrived at {@code arrivedNs}. */
    void heard(long term, long arrivedNs) {
        if (this.term != term) {
            this.term = term;
            heardNs = arrivedNs;
            longestNs = 0;
        }
        longestNs = Math.max(longestNs, arrivedNs - heardNs);
        heardNs = Math.max(heardNs, arrivedNs);
    }

    /** The longest one of {@code term}; 0 if no two messages of its leader came. */
    long longestNs(long term) {
        return this.term == term ? longestNs : 0;
    }
}
