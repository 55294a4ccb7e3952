package io.driftless.node;

import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;
import java.util.function.LongSupplier;

/**
 * Reports a command that hangs in the state machine, once a command. A follower that hears its leader has no other need
 * of its clock, so it says itself when to look; while nothing is being applied, never. {@link #look} is the clock
 * thread's alone; the rest is thread safe.
 */
final class HungMachine {

    private final ApplyQueue apply;
    private final LongSupplier clock;
    private final ErrorSink errors;
    private final long limitNs;
    /** Written by the clock thread. */
    private volatile long reportedIndex = -1;

    /** By {@code clock} the queue says since when it applies. */
    HungMachine(ApplyQueue apply, LongSupplier clock, ErrorSink errors, long limitNs) {
        this.apply = apply;
        this.clock = clock;
        this.errors = errors;
        this.limitNs = limitNs;
    }

    /** When to look, by the clock; {@link Long#MAX_VALUE} while there is nothing to report. */
    long lookAtNs() {
        long since = apply.applyingSinceNs();
        return since == 0 || apply.applied() + 1 == reportedIndex ? Long.MAX_VALUE : since + limitNs;
    }

    void look() {
        long since = apply.applyingSinceNs();
        long forNs = since == 0 ? 0 : clock.getAsLong() - since;
        long index = apply.applied() + 1;
        if (forNs >= limitNs && index != reportedIndex) {
            reportedIndex = index;
            errors.record(ErrorEntry.of("machine", "the command at index " + index
                    + " has been in the state machine for " + forNs / 1_000_000 + " ms"));
        }
    }
}
