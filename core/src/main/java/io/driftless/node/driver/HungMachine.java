package io.driftless.node.driver;

import io.driftless.errors.ErrorEntry;
import io.driftless.errors.ErrorSink;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Reports that the state machine hangs, once each time, and tells when it goes on. A follower that hears its leader has
 * no other need of its clock, so it says itself when to look; while nothing is being applied, never. {@link #look} is
 * the clock thread's alone; the rest is thread safe.
 */
final class HungMachine {

    private static final long LOOK_AGAIN_NS = 1_000_000_000L;

    private final LongSupplier sinceNs;
    private final Words words;
    private final LongSupplier clock;
    private final ErrorSink errors;
    private final Consumer<String> info;
    private final long limitNs;
    /** Since when it has been at what was reported; 0 if it does not hang. Written by the clock thread. */
    private volatile long reportedSinceNs;
    /** When to look whether that is over; {@link Long#MAX_VALUE} if it does not hang. Written by the clock thread. */
    private volatile long lookAgainNs = Long.MAX_VALUE;

    /** What is said of it. */
    interface Words {

        /** That it hangs, and for how long. */
        String hangs(String time);

        /** That it hangs no more. */
        String goesOn();
    }

    /**
     * What hangs for {@code limitNs} is reported.
     *
     * @param sinceNs since when, by {@code clock}, the state machine has been at one thing; 0: it is not. Read before
     *                the words
     */
    HungMachine(LongSupplier sinceNs, Words words, LongSupplier clock, ErrorSink errors, Consumer<String> info,
            long limitNs) {
        this.sinceNs = sinceNs;
        this.words = words;
        this.clock = clock;
        this.errors = errors;
        this.info = info;
        this.limitNs = limitNs;
    }

    /** When to look, by the clock; {@link Long#MAX_VALUE} while there is nothing to tell. */
    long lookAtNs() {
        long since = sinceNs.getAsLong();
        return since == 0 || since == reportedSinceNs ? lookAgainNs : Math.min(lookAgainNs, since + limitNs);
    }

    void look() {
        long now = clock.getAsLong();
        long since = sinceNs.getAsLong();
        if (reportedSinceNs != 0 && since != reportedSinceNs) {
            reportedSinceNs = 0;
            lookAgainNs = Long.MAX_VALUE;
            info.accept(words.goesOn());
        }
        if (since != 0 && now - since >= limitNs) {
            lookAgainNs = now + LOOK_AGAIN_NS;
            if (since != reportedSinceNs) {
                reportedSinceNs = since;
                errors.record(ErrorEntry.of("machine", words.hangs((now - since) / 1_000_000 + " ms")));
            }
        }
    }

    /** That the state machine hangs, for a person; empty if it does not. */
    String complaint() {
        long since = sinceNs.getAsLong();
        long forNs = since == 0 ? 0 : clock.getAsLong() - since;
        return forNs < limitNs ? "" : words.hangs(forNs / 1_000_000_000 + " s");
    }
}
