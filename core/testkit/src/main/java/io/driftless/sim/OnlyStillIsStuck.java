package io.driftless.sim;

import io.driftless.raft.RaftSettings;

/**
 * A disk that completes writes, of the log or of the hard state, is not stuck, however long its backlog (R11): a server
 * says so only when it has heard of nothing completed for electionTimeoutMin by its own clock.
 */
final class OnlyStillIsStuck implements Checker {

    private final Universe universe;
    private final long[] durable;
    private final long[] movedNs;

    OnlyStillIsStuck(Universe universe) {
        int servers = universe.plan.servers();
        this.universe = universe;
        this.durable = new long[servers];
        this.movedNs = new long[servers];
    }

    @Override
    public String property() {
        return "only a disk that stands still is stuck (R11)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Started started) {
            durable[started.node()] = Long.MAX_VALUE;
            movedNs[started.node()] = Long.MIN_VALUE / 2;
        } else if (happening instanceof Happening.Looked looked) {
            int node = looked.node();
            long nowNs = universe.node(node).clock.nanoTime();
            Life life = universe.node(node).life();
            // What a snapshot holds counts as durable without any write of the log.
            if (looked.status().durable() > Math.max(durable[node], looked.status().first() - 1)) {
                movedNs[node] = nowNs;
            } else if (life != null) {
                movedNs[node] = Math.max(movedNs[node], life.stateHeardNs());
            }
            durable[node] = looked.status().durable();
            Checker.require(!looked.status().blocked().equals("disk stuck")
                    || nowNs - movedNs[node] >= RaftSettings.defaults().electionTimeoutMinNs(), () -> looked
                    + " is said "
                    + (nowNs - movedNs[node]) / 1_000_000 + " ms after a write was completed");
        }
    }
}
