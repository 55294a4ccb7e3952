package io.driftless.log.mmap;

import java.util.Arrays;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * Where each entry is, what it weighs and what its term is, in memory: 16 bytes an entry in chunks of {@value #CHUNK},
 * and runs of equal terms. The owner changes it; any thread asks and never makes the owner wait: appends become visible
 * with {@link #lastIndex}, and whoever reads while the owner takes entries away notices and reads again.
 */
final class EntryIndex {

    /** Entries per chunk. */
    static final int CHUNK = 4096;

    private static final int SHIFT = 12;
    private static final int POSITION_BITS = 29;
    private static final long POSITION_MASK = (1L << POSITION_BITS) - 1;

    private static final class Chunk {
        /** Segment number, and position / 4 of the record. */
        private final long[] places = new long[CHUNK];
        /** Weight of all entries up to and including this one, from an arbitrary origin. */
        private final long[] weights = new long[CHUNK];
    }

    /**
     * The chunks from number {@code first} on; the array is longer than what is used. Replaced, but slots behind the
     * last index are filled in place.
     */
    private record Chunks(long first, Chunk[] chunks) {
        Chunk of(long index) {
            return chunks[(int) ((index >> SHIFT) - first)];
        }
    }

    /**
     * {@code starts[i]} is the first index with {@code terms[i]}; what lies behind {@code count} is filled in place.
     */
    private record Runs(long[] starts, long[] terms, int count) { }

    private final StampedLock takingAway = new StampedLock();
    private volatile Chunks chunks;
    private volatile Runs runs;
    private volatile long boundary;
    private volatile long boundaryTerm;
    private volatile long boundaryWeight;
    private volatile long last;
    /** Of the entries added and not yet published. Owner only. */
    private long lastAdded;
    private long weight;

    /** Without entries; the next is {@code boundary + 1}. */
    EntryIndex(long boundary, long boundaryTerm) {
        this.boundary = boundary;
        this.boundaryTerm = boundaryTerm;
        this.last = boundary;
        this.lastAdded = boundary;
        this.chunks = new Chunks(boundary + 1 >> SHIFT, new Chunk[4]);
        this.runs = new Runs(new long[8], new long[8], 0);
    }

    static long place(long segmentNumber, long position) {
        return segmentNumber << POSITION_BITS | position >> 2;
    }

    static long segmentOf(long place) {
        return place >> POSITION_BITS;
    }

    static long positionOf(long place) {
        return (place & POSITION_MASK) << 2;
    }

    long firstIndex() {
        return boundary + 1;
    }

    long lastIndex() {
        return last;
    }

    /** The last index that was added, published or not. Owner only. */
    long lastAdded() {
        return lastAdded;
    }

    /** Adds the entry after the last; readers see it after {@link #publish}. Owner only. */
    void add(long place, long entryWeight, long term) {
        long index = lastAdded + 1;
        Chunks now = chunks;
        int chunk = (int) ((index >> SHIFT) - now.first());
        if (chunk >= now.chunks().length) {
            now = new Chunks(now.first(), Arrays.copyOf(now.chunks(), chunk * 2));
            chunks = now;
        }
        if (now.chunks()[chunk] == null) {
            now.chunks()[chunk] = new Chunk();
        }
        int slot = (int) (index & CHUNK - 1);
        weight += entryWeight;
        now.chunks()[chunk].places[slot] = place;
        now.chunks()[chunk].weights[slot] = weight;
        Runs terms = runs;
        if (terms.count() == 0 || terms.terms()[terms.count() - 1] != term) {
            int count = terms.count();
            boolean grow = count == terms.starts().length;
            long[] starts = grow ? Arrays.copyOf(terms.starts(), count * 2) : terms.starts();
            long[] values = grow ? Arrays.copyOf(terms.terms(), count * 2) : terms.terms();
            starts[count] = index;
            values[count] = term;
            runs = new Runs(starts, values, count + 1);
        }
        lastAdded = index;
    }

    /** Shows what was added. Owner only. */
    void publish() {
        last = lastAdded;
    }

    /** Takes away the entries from {@code fromIndex} on. Owner only. */
    void truncate(long fromIndex) {
        long stamp = takingAway.writeLock();
        try {
            int count = runs.count();
            while (count > 0 && runs.starts()[count - 1] >= fromIndex) {
                count--;
            }
            runs = new Runs(runs.starts(), runs.terms(), count);
            lastAdded = fromIndex - 1;
            last = lastAdded;
            weight = weightThrough(lastAdded);
        } finally {
            takingAway.unlockWrite(stamp);
        }
    }

    /** Forgets everything up to {@code newBoundary}, which is not above the last index. Owner only. */
    void compact(long newBoundary) {
        long stamp = takingAway.writeLock();
        try {
            long term = termInside(newBoundary);
            long newWeight = weightThrough(newBoundary);
            Chunks now = chunks;
            int dropped = (int) ((newBoundary + 1 >> SHIFT) - now.first());
            chunks = new Chunks(now.first()
                    + dropped, Arrays.copyOfRange(now.chunks(), dropped, Math.max(now.chunks().length, dropped + 1)));
            int gone = 0;
            while (gone + 1 < runs.count() && runs.starts()[gone + 1] <= newBoundary + 1) {
                gone++;
            }
            gone = newBoundary == last ? runs.count() : gone;
            runs = new Runs(Arrays.copyOfRange(runs.starts(), gone, Math.max(runs.starts().length, gone + 1)),
                    Arrays.copyOfRange(runs.terms(), gone, Math.max(runs.terms().length, gone + 1)),
                            runs.count() - gone);
            boundaryTerm = term;
            boundaryWeight = newWeight;
            boundary = newBoundary;
        } finally {
            takingAway.unlockWrite(stamp);
        }
    }

    /** Forgets everything; the next entry is {@code newBoundary + 1}. Owner only. */
    void reset(long newBoundary, long newBoundaryTerm) {
        long stamp = takingAway.writeLock();
        try {
            chunks = new Chunks(newBoundary + 1 >> SHIFT, new Chunk[4]);
            runs = new Runs(new long[8], new long[8], 0);
            boundary = newBoundary;
            boundaryTerm = newBoundaryTerm;
            boundaryWeight = 0;
            weight = 0;
            lastAdded = newBoundary;
            last = newBoundary;
        } finally {
            takingAway.unlockWrite(stamp);
        }
    }

    /** The term at an index; {@link IllegalArgumentException} if it is outside. */
    long termAt(long index) {
        while (true) {
            long stamp = takingAway.tryOptimisticRead();
            if (stamp != 0) {
                long from = boundary;
                long to = last;
                long term = index >= from && index <= to ? termInside(index) : -1;
                if (takingAway.validate(stamp)) {
                    requireInside(index, from, to);
                    return term;
                }
            }
            Thread.onSpinWait();
        }
    }

    /** The sum of weights; {@link IllegalArgumentException} if part of it is outside. */
    long weight(long fromIndex, long toIndex) {
        while (true) {
            long stamp = takingAway.tryOptimisticRead();
            if (stamp != 0) {
                long from = boundary + 1;
                long to = last;
                boolean inside = fromIndex >= from && toIndex <= to && fromIndex <= toIndex;
                long sum = inside ? weightOrZero(toIndex) - weightOrZero(fromIndex - 1) : 0;
                if (takingAway.validate(stamp)) {
                    requireInside(fromIndex, from, to);
                    requireInside(toIndex, fromIndex, to);
                    return sum;
                }
            }
            Thread.onSpinWait();
        }
    }

    /** Where the entry is, or -1. */
    long placeOf(long index) {
        while (true) {
            long stamp = takingAway.tryOptimisticRead();
            if (stamp != 0) {
                Chunk chunk = index > boundary && index <= last ? chunkOrNull(index) : null;
                long place = chunk == null ? -1 : chunk.places[(int) (index & CHUNK - 1)];
                if (takingAway.validate(stamp)) {
                    return place;
                }
            }
            Thread.onSpinWait();
        }
    }

    /**
     * Where the entries {@code fromIndex..toIndex} are, as far as present and as {@code weightMax} allows, at least
     * one; empty if the first is not there. All as of one moment.
     */
    long[] places(long fromIndex, long toIndex, long weightMax) {
        while (true) {
            long stamp = takingAway.tryOptimisticRead();
            if (stamp != 0) {
                long to = Math.min(toIndex, last);
                long[] places = fromIndex > boundary && fromIndex <= to ? gather(fromIndex, to, weightMax)
                        : new long[0];
                if (takingAway.validate(stamp)) {
                    return places;
                }
            }
            Thread.onSpinWait();
        }
    }

    /** Index of the first entry at {@code place} or behind it; {@code lastAdded() + 1} if there is none. Owner only. */
    long firstIndexFrom(long place) {
        long low = boundary + 1;
        long high = lastAdded + 1;
        while (low < high) {
            long middle = low + high >>> 1;
            if (chunks.of(middle).places[(int) (middle & CHUNK - 1)] >= place) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private long[] gather(long fromIndex, long to, long weightMax) {
        long before = weightOrZero(fromIndex - 1);
        long[] places = new long[16];
        int count = 0;
        for (long index = fromIndex; index <= to; index++) {
            Chunk chunk = chunkOrNull(index);
            // A null comes only from a moment that will not be confirmed.
            if (chunk == null || count > 0 && chunk.weights[(int) (index & CHUNK - 1)] - before > weightMax) {
                break;
            }
            if (count == places.length) {
                places = Arrays.copyOf(places, count * 2);
            }
            places[count++] = chunk.places[(int) (index & CHUNK - 1)];
        }
        return Arrays.copyOf(places, count);
    }

    private long weightOrZero(long index) {
        if (index == boundary) {
            return boundaryWeight;
        }
        Chunk chunk = chunkOrNull(index);
        return chunk == null ? 0 : chunk.weights[(int) (index & CHUNK - 1)];
    }

    private long weightThrough(long index) {
        return index == boundary ? boundaryWeight : chunks.of(index).weights[(int) (index & CHUNK - 1)];
    }

    private @Nullable Chunk chunkOrNull(long index) {
        Chunks now = chunks;
        long chunk = (index >> SHIFT) - now.first();
        return chunk < 0 || chunk >= now.chunks().length ? null : now.chunks()[(int) chunk];
    }

    private long termInside(long index) {
        Runs now = runs;
        int at = Arrays.binarySearch(now.starts(), 0, now.count(), index);
        int run = at >= 0 ? at : -at - 2;
        return index == boundary || run < 0 ? boundaryTerm : now.terms()[run];
    }

    private static void requireInside(long index, long from, long to) {
        if (index < from || index > to) {
            throw new IllegalArgumentException("index " + index + " is outside " + from + ".." + to);
        }
    }
}
