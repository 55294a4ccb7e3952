package io.driftless.node.driver;

/**
 * Decides from what collections leave in the heap whether it is nearly full. It is when a collection of the old
 * objects leaves less than a reserve: a tenth of the heap, at least 32 MiB (what was let in already still needs room)
 * and at most half of it. It has room again once a collection of any kind leaves clearly more than that. Thread safe;
 * asking costs one read.
 */
final class HeapLevel {

    private static final long RESERVE_BYTES_MIN = 32L << 20;

    private final long bytes;
    private final long fullAbove;
    private final long roomBelow;
    /** What there is to say while it is nearly full; empty otherwise. */
    private volatile String shortage = "";

    /** Of a heap that never has more than {@code bytes}. */
    HeapLevel(long bytes) {
        long reserve = Math.clamp(RESERVE_BYTES_MIN, bytes / 10, bytes / 2);
        this.bytes = bytes;
        this.fullAbove = bytes - reserve;
        this.roomBelow = fullAbove - reserve / 4;
    }

    /**
     * A collection is over.
     *
     * @param used    what is in use now: at least what it has left
     * @param oldUsed what the latest collection of old objects had left. A collection of the young ones alone proves
     *                nothing where it leaves much: it does not look for garbage among the old
     */
    synchronized void collected(long used, long oldUsed) {
        if (used < roomBelow) {
            shortage = "";
        } else if (oldUsed > fullAbove) {
            shortage = "the heap is nearly full: " + (oldUsed >> 20) + " of " + (bytes >> 20)
                    + " MiB are in use after a collection; commands are refused until there is room";
        }
    }

    /** What there is to say while it is nearly full; empty otherwise. */
    String shortage() {
        return shortage;
    }
}
