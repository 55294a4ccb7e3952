package io.driftless.sim;

/** Leader append-only (Raft figure 3, §5.3): a leader never removes or overwrites entries of its log. */
final class LeaderAppendOnly implements Checker {

    private final long[] boot;
    private final long[] term;
    private final long[] last;

    LeaderAppendOnly(Universe universe) {
        int servers = universe.plan.servers();
        boot = new long[servers];
        term = new long[servers];
        last = new long[servers];
    }

    @Override
    public String property() {
        return "leader append-only (Raft §5.3)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Looked looked && looked.status().role().equals("leader")) {
            int node = looked.node();
            if (boot[node] == looked.boot() && term[node] == looked.status().term()) {
                Checker.require(looked.status().last() >= last[node], () -> "the log of the leader of term "
                        + term[node] + " shrinks from " + last[node] + " to " + looked.status().last());
            }
            boot[node] = looked.boot();
            term[node] = looked.status().term();
            last[node] = looked.status().last();
        }
    }
}
