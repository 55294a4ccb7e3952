package io.driftless.transport.nio;

import io.driftless.transport.Intake;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How many requests of one client's connection may be delivered, so that the replies which wait for it stay bounded. A
 * reply's size is known only when it is made, so each that is under way is taken to be as large as the largest of late.
 * A connection on which no reply waits is never held up for longer than {@link #PATIENCE_NS}: a node whose machine
 * hangs must still tell that it leads no more, and that it lives. Thread safe; {@link #await} belongs to the reader.
 */
final class ReplyRoom {

    /** Replies of fewer bytes than this count as so many. */
    static final long SMALL_BYTES = 8L << 10;
    /** Results beyond this are not kept: then what was expected to be small was not. */
    static final long KEPT_BYTES_MAX = 64L << 20;

    /** Replies that wait beyond this, and those that are expected, hold up the reading of requests. */
    private static final long REPLIES_BYTES_MAX = 8L << 20;
    /** The same while all connections together have too much. */
    private static final long REPLIES_BYTES_MIN = 64L << 10;
    /** So many at first, and one more with each answer: whether replies are large is still to be learned. */
    private static final long UNANSWERED_FIRST = 32;
    private static final long PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(500);
    /** How many are delivered then, before looking again. */
    private static final long STEP_MAX = 64;

    private final ReplyBytes all;
    private final Intake intake;
    private final Outbound outbound;
    /** How large a reply may be, by those of late. */
    private volatile long expectedBytes = SMALL_BYTES;
    private volatile @Nullable Thread reader;
    private final AtomicBoolean heldUp = new AtomicBoolean();
    /** Patience has ended and there is no room yet: nothing is waited for but bytes. The reader's. */
    private boolean stalled;

    private final ReentrantLock lock = new ReentrantLock();
    // What of this connection is counted in all; guarded by the lock.
    private long countedWaiting;
    private long countedExpected;
    private boolean closed;

    ReplyRoom(ReplyBytes all, Intake intake, Outbound outbound) {
        this.all = all;
        this.intake = intake;
        this.outbound = outbound;
    }

    /** Waits until requests may be delivered; how many. */
    long await() {
        long room = room();
        if (room > 0) {
            stalled = false;
            return room;
        }
        long answered = intake.answered();
        long sinceNs = System.nanoTime();
        reader = Thread.currentThread();
        try {
            for (room = room(); room <= 0; room = room()) {
                long nowNs = System.nanoTime();
                boolean isWaitedFor = outbound.queuedBytes() > 0;
                if (isWaitedFor || answered != intake.answered()) {
                    answered = intake.answered();
                    sinceNs = nowNs;
                }
                if (!isWaitedFor && (stalled || nowNs - sinceNs >= PATIENCE_NS)) {
                    // With nothing under way here it is others' replies that leave no room, and not the node.
                    stalled = intake.unanswered() > 0;
                    return stalled ? Math.clamp(REPLIES_BYTES_MAX / expectedBytes, 1, STEP_MAX) : 1;
                }
                if (all.isFull() && heldUp.compareAndSet(false, true)) {
                    all.wakeLater(this);
                } else if (isWaitedFor) {
                    LockSupport.park(this);
                } else {
                    LockSupport.parkNanos(this, PATIENCE_NS - (nowNs - sinceNs));
                }
            }
            return room;
        } finally {
            reader = null;
        }
    }

    private long room() {
        if (intake.hasStopped() || outbound.isClosed()) {
            return Long.MAX_VALUE;
        }
        boolean isFull = all.isFull();
        long unanswered = intake.unanswered();
        long waiting = outbound.queuedBytes();
        long bytes = (isFull ? REPLIES_BYTES_MIN : REPLIES_BYTES_MAX) - waiting;
        long room = Math.min(bytes / expectedBytes, UNANSWERED_FIRST + intake.answered()) - unanswered;
        return !isFull && unanswered == 0 && waiting == 0 ? Math.max(1, room) : room;
    }

    /** A reply has so many bytes. */
    void learn(long bytes) {
        long expected = expectedBytes;
        expectedBytes = Math.max(SMALL_BYTES, Math.max(bytes, expected - expected / 32));
    }

    /** Whether a reply of so many bytes may wait, here and in all connections together. */
    boolean hasRoomFor(long bytes) {
        return outbound.queuedBytes() + bytes <= KEPT_BYTES_MAX && all.hasRoomFor(bytes);
    }

    /** Counts what waits and what is expected now, and has the reader look again. Never blocks. */
    void recount() {
        lock.lock();
        try {
            long waiting = closed ? 0 : outbound.queuedBytes();
            long expected = closed ? 0 : intake.unanswered() * expectedBytes;
            all.add(waiting - countedWaiting, expected - countedExpected);
            countedWaiting = waiting;
            countedExpected = expected;
        } finally {
            lock.unlock();
        }
        wake();
    }

    /** Nothing of it waits any more: the connection is gone. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        recount();
    }

    /** All connections together have room again: it is not held up any more, and its reader looks. */
    void lookAgain() {
        heldUp.set(false);
        wake();
    }

    private void wake() {
        Thread waiting = reader;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }
}
