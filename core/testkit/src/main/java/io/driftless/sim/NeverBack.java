package io.driftless.sim;

import io.driftless.raft.CoreStatus;
import io.driftless.raft.HardState;

/**
 * What only grows (Raft figure 2): the term, and the vote in it, over all boots on one disk; commitIndex within a boot.
 * And the order of a log: first, commit, durable, last.
 */
final class NeverBack implements Checker {

    private final HardState[] states;
    private final java.util.UUID[] incarnations;
    private final long[] boots;
    private final long[] commits;

    NeverBack(Universe universe) {
        int servers = universe.plan.servers();
        states = new HardState[servers];
        incarnations = new java.util.UUID[servers];
        boots = new long[servers];
        commits = new long[servers];
    }

    @Override
    public String property() {
        return "terms, votes and commitIndex never go back (Raft figure 2)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Started started) {
            // Boots are counted anew on an empty disk.
            boots[started.node()] = 0;
            if (!started.incarnation().equals(incarnations[started.node()])) {
                incarnations[started.node()] = started.incarnation();
                states[started.node()] = HardState.INITIAL;
            }
        } else if (happening instanceof Happening.StateWritten written) {
            HardState before = states[written.node()];
            HardState now = written.state();
            Checker.require(now.currentTerm() > before.currentTerm() || now.currentTerm() == before.currentTerm()
                    && (before.votedFor().isNone() || before.votedFor().equals(now.votedFor())),
                    () -> "server " + written.node() + " writes " + now + " after " + before);
            states[written.node()] = now;
        } else if (happening instanceof Happening.PutBack other) {
            states[other.node()] = other.state();
        } else if (happening instanceof Happening.Looked looked) {
            CoreStatus status = looked.status();
            int node = looked.node();
            Checker.require(boots[node] != looked.boot() || status.commit() >= commits[node],
                    () -> "commitIndex falls from " + commits[node] + ": " + looked);
            Checker.require(status.durable() <= status.last() && status.commit() <= status.last()
                    && status.first() - 1 <= Math.min(status.durable(), status.commit()),
                    () -> "not in order: " + looked);
            boots[node] = looked.boot();
            commits[node] = status.commit();
        }
    }
}
