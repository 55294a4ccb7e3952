package io.driftless.node;

import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;

/** Reports a command that hangs in the state machine, once a command. Confined to the clock thread. */
final class HungMachine {

    private final ApplyQueue apply;
    private final ErrorSink errors;
    private final long limitNs;
    private long reportedIndex = -1;

    HungMachine(ApplyQueue apply, ErrorSink errors, long limitNs) {
        this.apply = apply;
        this.errors = errors;
        this.limitNs = limitNs;
    }

    void look() {
        long forNs = apply.applyingForNs(System.nanoTime());
        long index = apply.applied() + 1;
        if (forNs > limitNs && index != reportedIndex) {
            reportedIndex = index;
            errors.record(ErrorEntry.of("machine", "the command at index " + index
                    + " has been in the state machine for " + forNs / 1_000_000 + " ms"));
        }
    }
}
