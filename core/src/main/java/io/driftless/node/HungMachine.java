package io.driftless.node;

import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Reports a command that hangs in the state machine, once a command, and tells when it is done after all. A follower
 * that hears its leader has no other need of its clock, so it says itself when to look; while nothing is being applied,
 * never. {@link #look} is the clock thread's alone; the rest is thread safe.
 */
final class HungMachine {

    private static final long LOOK_AGAIN_NS = 1_000_000_000L;

    private final ApplyQueue apply;
    private final LongSupplier clock;
    private final ErrorSink errors;
    private final Consumer<String> info;
    private final long limitNs;
    /** The command that hangs, and was reported. Written by the clock thread. */
    private volatile long reportedIndex = -1;
    /** When to look whether it is done; {@link Long#MAX_VALUE} if none hangs. Written by the clock thread. */
    private volatile long lookAgainNs = Long.MAX_VALUE;

    /** By {@code clock} the queue says since when it applies. */
    HungMachine(ApplyQueue apply, LongSupplier clock, ErrorSink errors, Consumer<String> info, long limitNs) {
        this.apply = apply;
        this.clock = clock;
        this.errors = errors;
        this.info = info;
        this.limitNs = limitNs;
    }

    /** When to look, by the clock; {@link Long#MAX_VALUE} while there is nothing to tell. */
    long lookAtNs() {
        long since = apply.applyingSinceNs();
        return since == 0 || apply.applied() + 1 == reportedIndex ? lookAgainNs
                : Math.min(lookAgainNs, since + limitNs);
    }

    void look() {
        long now = clock.getAsLong();
        long forNs = applyingForNs(now);
        long index = apply.applied() + 1;
        if (lookAgainNs != Long.MAX_VALUE && index > reportedIndex) {
            lookAgainNs = Long.MAX_VALUE;
            info.accept("the state machine goes on: the command at index " + reportedIndex + " is done");
        } else if (lookAgainNs != Long.MAX_VALUE) {
            lookAgainNs = now + LOOK_AGAIN_NS;
        }
        if (forNs >= limitNs && index != reportedIndex) {
            reportedIndex = index;
            lookAgainNs = now + LOOK_AGAIN_NS;
            errors.record(ErrorEntry.of("machine", "the command at index " + index
                    + " has been in the state machine for " + forNs / 1_000_000 + " ms"));
        }
    }

    /** That a command hangs, for a person; empty if none does. */
    String complaint() {
        long forNs = applyingForNs(clock.getAsLong());
        return forNs < limitNs ? "" : "the state machine hangs: the command at index " + (apply.applied() + 1)
                + " has been in it for " + forNs / 1_000_000_000 + " s";
    }

    private long applyingForNs(long nowNs) {
        long since = apply.applyingSinceNs();
        return since == 0 ? 0 : nowNs - since;
    }
}
