package io.driftless.sim;

import io.driftless.raft.Lane;
import io.driftless.raft.Message;

/** What a new leader says first to each peer that it is connected with carries the no-op of its term (Raft §8). */
final class NoOpFirst implements Checker {

    private final long[][] spokenTerms;
    private final long[] ledTerms;

    NoOpFirst(Universe universe) {
        int servers = universe.plan.servers();
        this.spokenTerms = new long[servers][servers];
        this.ledTerms = new long[servers];
    }

    @Override
    public String property() {
        return "a new leader begins with its no-op (Raft §8)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Looked looked && looked.status().role().equals("leader")) {
            ledTerms[looked.node()] = looked.status().term();
        } else if (happening instanceof Happening.Sent sent && sent.lane() == Lane.DATA
                && sent.message() instanceof Message.AppendEntries append) {
            boolean isFirst = spokenTerms[sent.from()][sent.to()] < append.term();
            spokenTerms[sent.from()][sent.to()] = append.term();
            // Whoever connects after the election is asked first what it has.
            Checker.require(!isFirst || ledTerms[sent.from()] >= append.term() || !append.entries().isEmpty(),
                    () -> sent + " is what the leader begins with");
        }
    }
}
