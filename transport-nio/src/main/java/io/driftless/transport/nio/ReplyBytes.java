package io.driftless.transport.nio;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of replies in all clients' connections together: those that wait to be written, and those that are expected
 * of requests under way. Thread safe.
 */
final class ReplyBytes {

    private static final long MOST = 256L << 20;

    private final long bytesMax;
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong expected = new AtomicLong();
    /** Connections that would be read if this were not full; who has waited longest is woken first. */
    private final Queue<ReplyRoom> heldUp = new ConcurrentLinkedQueue<>();

    /** {@code bytesMax}: beyond it no large result is kept. */
    ReplyBytes(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** A quarter of the heap, and at most 256 MiB. */
    static ReplyBytes ofThisProcess() {
        return new ReplyBytes(Math.min(MOST, Runtime.getRuntime().maxMemory() / 4));
    }

    long bytesMax() {
        return bytesMax;
    }

    /** How many bytes wait. */
    long waiting() {
        return waiting.get();
    }

    /** Whether little more may be read: half is left for results that turn out larger than those before them. */
    boolean isFull() {
        return waiting.get() + expected.get() > bytesMax / 2;
    }

    /** Whether a result of so many bytes may wait too. */
    boolean hasRoomFor(long bytes) {
        return waiting.get() + bytes <= bytesMax;
    }

    /** Counts more, or less. */
    void add(long moreWaiting, long moreExpected) {
        if (moreWaiting != 0) {
            waiting.addAndGet(moreWaiting);
        }
        if (moreExpected != 0) {
            expected.addAndGet(moreExpected);
        }
        // One at a time: whoever is woken counts what it delivers, and so wakes the next.
        if (!heldUp.isEmpty() && !isFull()) {
            ReplyRoom next = heldUp.poll();
            if (next != null) {
                next.lookAgain();
            }
        }
    }

    /** Has {@code room} woken when this is not full any more; then look again, it may be so already. */
    void wakeLater(ReplyRoom room) {
        heldUp.add(room);
    }
}
