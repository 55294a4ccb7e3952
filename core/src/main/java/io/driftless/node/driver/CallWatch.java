package io.driftless.node.driver;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Which call of the state machine is under way, and since when: one that hangs is to be seen, whichever it is. Begun
 * and ended by who applies, with one call at a time; the rest is thread safe.
 */
final class CallWatch implements HungMachine.Words {

    private final LongSupplier clock;
    /** These two are written before the time. Who reads the time first may see them of the next call. */
    private String method = "";
    private long index;
    private volatile long begunNs;
    /** How many times the present call has read something; by who applies. */
    private final AtomicLong reads = new AtomicLong();
    /** What was seen last of which call, and since when that has been so; guarded by this. */
    private long begunSeenNs;
    private long readsSeen;
    private long seenNs;

    /** By {@code clock}, which is above 0. */
    CallWatch(LongSupplier clock) {
        this.clock = clock;
    }

    void begin(String newMethod, long newIndex) {
        method = newMethod;
        index = newIndex;
        reads.lazySet(0);
        begunNs = clock.getAsLong();
    }

    /** The call reads a content, however long that is, and got some more of it: perhaps one byte. No call: nothing. */
    void read() {
        reads.lazySet(reads.getPlain() + 1);
    }

    void end() {
        begunNs = 0;
    }

    /**
     * Since when the present call has been under way, or has read nothing, by the clock; 0 if none is. What it has read
     * since this was asked last counts as read now.
     */
    synchronized long sinceNs() {
        // Before the time: of a call that ended meanwhile, the time is gone.
        long now = reads.get();
        long begun = begunNs;
        if (begun == 0 || now == 0) {
            return begun;
        }
        if (begun != begunSeenNs || now != readsSeen) {
            begunSeenNs = begun;
            readsSeen = now;
            seenNs = clock.getAsLong();
        }
        return seenNs;
    }

    @Override
    public String hangs(String time) {
        return "the state machine hangs: " + method + " at index " + index
                + (reads.get() > 0 ? " has read nothing for " : " has been under way for ") + time;
    }

    @Override
    public String goesOn() {
        return "the state machine goes on, at index " + index;
    }
}
