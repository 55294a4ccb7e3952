package io.driftless.log.mmap;

import java.util.Arrays;
import java.util.concurrent.locks.StampedLock;

/**
 * Where each entry is, what it weighs and what its term is, in memory: 8 bytes an entry in chunks of {@value #CHUNK}
 * (offset in its segment, and weight), and runs of equal terms and of equal segments. The owner changes it; any thread
 * asks and never makes the owner wait: appends become visible with {@link #lastIndex}, and whoever reads while the
 * owner takes entries away notices and reads again.
 */
final class EntryIndex {

    /** Entries per chunk. */
    static final int CHUNK = 1024;

    private static final int SHIFT = 10;
    private static final int POSITION_BITS = 29;
    private static final long POSITION_MASK = (1L << POSITION_BITS) - 1;
    private static final int WEIGHT_BITS = 32;
    private static final long WEIGHT_MASK = (1L << WEIGHT_BITS) - 1;

    /**
     * The chunks from number {@code first} on; the arrays are longer than what is used. A slot is the position / 4 of
     * an entry's record, then its weight; {@code before} has the weight of all entries before a chunk's first, from an
     * arbitrary origin. Replaced, but slots behind the last index are filled in place.
     */
    private record Chunks(long first, long[][] slots, long[] before) {
        long slot(long index) {
            return slots[number(index)][(int) (index & CHUNK - 1)];
        }

        int number(long index) {
            return (int) ((index >> SHIFT) - first);
        }
    }

    /**
     * {@code starts[i]} is the first index with {@code values[i]}; what lies behind {@code count} is filled in place.
     */
    private record Runs(long[] starts, long[] values, int count) {

        static final Runs NONE = new Runs(new long[0], new long[0], 0);

        /** With the entry after the last. */
        Runs and(long index, long value) {
            if (count > 0 && values[count - 1] == value) {
                return this;
            }
            boolean grow = count == starts.length;
            long[] moreStarts = grow ? Arrays.copyOf(starts, Math.max(8, count * 2)) : starts;
            long[] moreValues = grow ? Arrays.copyOf(values, Math.max(8, count * 2)) : values;
            moreStarts[count] = index;
            moreValues[count] = value;
            return new Runs(moreStarts, moreValues, count + 1);
        }

        Runs before(long index) {
            int kept = count;
            while (kept > 0 && starts[kept - 1] >= index) {
                kept--;
            }
            return new Runs(starts, values, kept);
        }

        Runs from(long index) {
            int gone = 0;
            while (gone + 1 < count && starts[gone + 1] <= index) {
                gone++;
            }
            return new Runs(Arrays.copyOfRange(starts, gone, count), Arrays.copyOfRange(values, gone, count),
                    count - gone);
        }

        /** The value at an index, or {@code otherwise} before the first run. */
        long at(long index, long otherwise) {
            int at = Arrays.binarySearch(starts, 0, count, index);
            int run = at >= 0 ? at : -at - 2;
            return run < 0 ? otherwise : values[run];
        }
    }

    private final StampedLock takingAway = new StampedLock();
    private volatile Chunks chunks;
    private volatile Runs terms = Runs.NONE;
    private volatile Runs segments = Runs.NONE;
    private volatile long boundary;
    private volatile long boundaryTerm;
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
        this.chunks = none(boundary);
    }

    private static Chunks none(long boundary) {
        return new Chunks(boundary + 1 >> SHIFT, new long[4][], new long[4]);
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
        int chunk = now.number(index);
        if (chunk >= now.slots().length) {
            now = new Chunks(now.first(), Arrays.copyOf(now.slots(), chunk * 2),
                    Arrays.copyOf(now.before(), chunk * 2));
            chunks = now;
        }
        if (now.slots()[chunk] == null) {
            now.slots()[chunk] = new long[CHUNK];
        }
        int slot = (int) (index & CHUNK - 1);
        if (slot == 0) {
            now.before()[chunk] = weight;
        }
        now.slots()[chunk][slot] = (place & POSITION_MASK) << WEIGHT_BITS | entryWeight;
        weight += entryWeight;
        Runs before = terms;
        Runs after = before.and(index, term);
        if (after != before) {
            terms = after;
        }
        before = segments;
        after = before.and(index, segmentOf(place));
        if (after != before) {
            segments = after;
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
            weight -= sum(chunks, fromIndex, lastAdded);
            terms = terms.before(fromIndex);
            segments = segments.before(fromIndex);
            lastAdded = fromIndex - 1;
            last = lastAdded;
        } finally {
            takingAway.unlockWrite(stamp);
        }
    }

    /** Forgets everything up to {@code newBoundary}, which is not above the last index. Owner only. */
    void compact(long newBoundary) {
        long stamp = takingAway.writeLock();
        try {
            long term = termInside(newBoundary);
            Chunks now = chunks;
            int dropped = now.number(newBoundary + 1);
            int length = Math.max(now.slots().length, dropped + 1);
            chunks = new Chunks(now.first() + dropped, Arrays.copyOfRange(now.slots(), dropped, length),
                    Arrays.copyOfRange(now.before(), dropped, length));
            terms = newBoundary == last ? Runs.NONE : terms.from(newBoundary + 1);
            segments = newBoundary == last ? Runs.NONE : segments.from(newBoundary + 1);
            boundaryTerm = term;
            boundary = newBoundary;
        } finally {
            takingAway.unlockWrite(stamp);
        }
    }

    /** Forgets everything; the next entry is {@code newBoundary + 1}. Owner only. */
    void reset(long newBoundary, long newBoundaryTerm) {
        long stamp = takingAway.writeLock();
        try {
            chunks = none(newBoundary);
            terms = Runs.NONE;
            segments = Runs.NONE;
            boundary = newBoundary;
            boundaryTerm = newBoundaryTerm;
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
                long sum = inside ? sum(chunks, fromIndex, toIndex) : 0;
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
                long place = index > boundary && index <= last ? placeInside(chunks, index) : -1;
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
            if (placeInside(chunks, middle) >= place) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private long[] gather(long fromIndex, long to, long weightMax) {
        Chunks now = chunks;
        long sum = 0;
        long[] places = new long[16];
        int count = 0;
        for (long index = fromIndex; index <= to; index++) {
            // A chunk is missing only in a moment that will not be confirmed.
            if (!isThere(now, index)) {
                break;
            }
            sum += now.slot(index) & WEIGHT_MASK;
            if (count > 0 && sum > weightMax) {
                break;
            }
            if (count == places.length) {
                places = Arrays.copyOf(places, count * 2);
            }
            places[count++] = placeInside(now, index);
        }
        return Arrays.copyOf(places, count);
    }

    private long placeInside(Chunks now, long index) {
        return isThere(now, index) ? place(segments.at(index, 0), now.slot(index) >>> WEIGHT_BITS - 2) : -1;
    }

    private static boolean isThere(Chunks now, long index) {
        long chunk = (index >> SHIFT) - now.first();
        return chunk >= 0 && chunk < now.slots().length && now.slots()[(int) chunk] != null;
    }

    /** Weight of {@code fromIndex..toIndex}: of the whole chunks between by subtracting, of the two ends by adding. */
    private static long sum(Chunks now, long fromIndex, long toIndex) {
        if (fromIndex > toIndex || !isThere(now, fromIndex) || !isThere(now, toIndex)) {
            return 0;
        }
        int first = now.number(fromIndex);
        int last = now.number(toIndex);
        if (first == last) {
            return sum(now.slots()[first], (int) (fromIndex & CHUNK - 1), (int) (toIndex & CHUNK - 1));
        }
        return sum(now.slots()[first], (int) (fromIndex & CHUNK - 1), CHUNK - 1)
                + now.before()[last] - now.before()[first + 1]
                + sum(now.slots()[last], 0, (int) (toIndex & CHUNK - 1));
    }

    private static long sum(long[] slots, int from, int to) {
        long sum = 0;
        for (int i = from; i <= to; i++) {
            sum += slots[i] & WEIGHT_MASK;
        }
        return sum;
    }

    private long termInside(long index) {
        return index == boundary ? boundaryTerm : terms.at(index, boundaryTerm);
    }

    private static void requireInside(long index, long from, long to) {
        if (index < from || index > to) {
            throw new IllegalArgumentException("index " + index + " is outside " + from + ".." + to);
        }
    }
}
