package io.driftless.node.driver;

import io.driftless.machine.QueryOutcome;
import java.util.concurrent.atomic.LongAdder;

/** How many queries came to this run, and what became of them. Thread safe. */
final class QueryCount {

    private final LongAdder came = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /** One has come, and will have one outcome. */
    void came() {
        came.increment();
    }

    /** One has its outcome. */
    void over(QueryOutcome outcome) {
        switch (outcome) {
            case QueryOutcome.Answered done -> answered.increment();
            case QueryOutcome.Failed why -> failed.increment();
        }
    }

    /** How many have no outcome yet. */
    long waiting() {
        // In this order: one that ends between the two may count as waiting, and never the other way round.
        long over = answered() + failed();
        return came.sum() - over;
    }

    long answered() {
        return answered.sum();
    }

    long failed() {
        return failed.sum();
    }
}
