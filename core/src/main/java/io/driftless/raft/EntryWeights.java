package io.driftless.raft;

/**
 * How heavy the newer entries are, as running sums in a ring; older ones, all durable, are asked of the log. Confined
 * to the core's owner.
 */
final class EntryWeights {

    /** Durable entries beyond these many are left to the log. */
    private static final int KEPT = 1 << 14;

    private final StoredWeights stored;
    /** {@code sums[i & mask]} is the weight of everything from {@code floor + 1} to index i, plus a constant. */
    private long[] sums = new long[1024];
    private long floor;
    private long last;

    EntryWeights(long lastIndex, StoredWeights stored) {
        this.stored = stored;
        this.floor = lastIndex;
        this.last = lastIndex;
    }

    private long sum(long index) {
        return sums[(int) (index & (sums.length - 1))];
    }

    void add(long weight) {
        if (last - floor + 1 >= sums.length) {
            grow();
        }
        long sum = sum(last) + weight;
        last++;
        sums[(int) (last & (sums.length - 1))] = sum;
    }

    private void grow() {
        long[] larger = new long[sums.length * 2];
        for (long index = floor; index <= last; index++) {
            larger[(int) (index & (larger.length - 1))] = sum(index);
        }
        sums = larger;
    }

    void cutFrom(long index) {
        last = index - 1;
        if (last < floor) {
            floor = last;
            sums[(int) (floor & (sums.length - 1))] = 0;
        }
    }

    /** Nothing stands above {@code index} any more, and nothing is asked of what stood below. */
    void reset(long index) {
        floor = index;
        last = index;
    }

    /** Entries up to {@code durableIndex} may be left to the log. */
    void forgetUpTo(long durableIndex) {
        if (last - floor > 2 * KEPT) {
            floor = Math.max(floor, Math.min(durableIndex, last - KEPT));
        }
    }

    long weight(long fromIndex, long toIndex) {
        if (fromIndex > toIndex) {
            return 0;
        }
        long older = fromIndex <= floor ? stored.weight(fromIndex, Math.min(toIndex, floor)) : 0;
        return toIndex <= floor ? older : older + sum(toIndex) - sum(Math.max(fromIndex - 1, floor));
    }
}
