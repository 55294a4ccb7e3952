package io.driftless.node.driver;

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
    private boolean isReading;
    private volatile long sinceNs;

    /** By {@code clock}, which is above 0. */
    CallWatch(LongSupplier clock) {
        this.clock = clock;
    }

    void begin(String newMethod, long newIndex) {
        method = newMethod;
        index = newIndex;
        isReading = false;
        sinceNs = clock.getAsLong();
    }

    /** The call reads a content, however long that is, and got some more of it. */
    void read() {
        isReading = true;
        sinceNs = clock.getAsLong();
    }

    void end() {
        sinceNs = 0;
    }

    /** Since when the present call has been under way, or has read nothing, by the clock; 0 if none is. */
    long sinceNs() {
        return sinceNs;
    }

    @Override
    public String hangs(String time) {
        return "the state machine hangs: " + method + " at index " + index
                + (isReading ? " has read nothing for " : " has been under way for ") + time;
    }

    @Override
    public String goesOn() {
        return "the state machine goes on, at index " + index;
    }
}
