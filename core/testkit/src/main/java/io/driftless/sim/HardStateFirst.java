package io.driftless.sim;

import io.driftless.log.DurabilityPolicy;

/**
 * A new term, with the vote that is given on entering it, waits for the batch of the log that is under way, and for no
 * other. Judged under {@code log.durability always}. A vote that is given later in a term is not judged.
 */
final class HardStateFirst implements Checker {

    private final Universe universe;
    /** The term that a server has gone on to and that is still to be written; 0 if there is none. */
    private final long[] waiting;
    private final int[] batches;

    HardStateFirst(Universe universe) {
        int servers = universe.plan.servers();
        this.universe = universe;
        this.waiting = new long[servers];
        this.batches = new int[servers];
    }

    @Override
    public String property() {
        return "a new term waits for no backlog (log.durability always)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Ended ended) {
            waiting[ended.node()] = 0;
        } else if (happening instanceof Happening.Looked looked) {
            long term = looked.status().term();
            if (waiting[looked.node()] == 0 && term > universe.node(looked.node()).view().hardState().currentTerm()) {
                waiting[looked.node()] = term;
                batches[looked.node()] = 0;
            }
        } else if (happening instanceof Happening.StateWritten state
                && state.state().currentTerm() >= waiting[state.node()]) {
            waiting[state.node()] = 0;
        } else if (happening instanceof Happening.LogSynced synced && waiting[synced.node()] > 0
                && universe.plan.durability() == DurabilityPolicy.ALWAYS) {
            // Under the other policies a batch is not synced, and what is synced is no batch.
            Checker.require(++batches[synced.node()] <= 1, () -> "server " + synced.node() + " has written "
                    + batches[synced.node()] + " batches of its log, and not yet its term " + waiting[synced.node()]);
        }
    }
}
