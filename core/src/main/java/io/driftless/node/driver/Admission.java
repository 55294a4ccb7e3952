package io.driftless.node.driver;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Room for requests under way, bounded by their number and by the bytes of heap that they hold. One is taken whatever
 * its size, so that nothing that may be sent is refused for ever. Thread safe; never blocks.
 */
final class Admission {

    /** What a request holds on the heap beside its bytes: its envelope, its entry, its place in queues. */
    static final int REQUEST_BYTES = 320;

    /** Both sums are kept in one word: the number above, the bytes below. */
    private static final int BYTES_BITS = 42;
    private static final long ONE = 1L << BYTES_BITS;

    private final int countMax;
    private final long bytesMax;
    private final AtomicLong taken = new AtomicLong();

    Admission(int countMax, long bytesMax) {
        this.countMax = countMax;
        this.bytesMax = bytesMax;
    }

    /** Takes room for a request of so many bytes; false if there is none. */
    boolean take(long bytes) {
        long now = taken.addAndGet(ONE + bytes + REQUEST_BYTES);
        boolean fits = count(now) <= countMax && (bytes(now) <= bytesMax || count(now) == 1);
        if (!fits) {
            give(bytes);
        }
        return fits;
    }

    /** Takes room whether there is any or not. */
    void takeAnyway(long bytes) {
        taken.addAndGet(ONE + bytes + REQUEST_BYTES);
    }

    /** Gives the room back. */
    void give(long bytes) {
        taken.addAndGet(-ONE - bytes - REQUEST_BYTES);
    }

    int count() {
        return count(taken.get());
    }

    /** Why there is no room for another {@code what}, for a person. */
    String refusal(String what) {
        long now = taken.get();
        if (count(now) >= countMax) {
            return countMax == 1 ? "1 " + what + " is in flight" : countMax + " " + what + "s are in flight";
        }
        return bytes(now) + " bytes of " + what + "s are in flight";
    }

    private static int count(long sums) {
        return (int) (sums >>> BYTES_BITS);
    }

    private static long bytes(long sums) {
        return sums & ONE - 1;
    }
}
