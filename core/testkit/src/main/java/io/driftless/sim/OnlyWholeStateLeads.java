package io.driftless.sim;

import io.driftless.raft.CoreStatus;

/** Who lacks what its log has forgotten, or is just being given it, neither campaigns nor leads (R32). */
final class OnlyWholeStateLeads implements Checker {

    private final Universe universe;

    OnlyWholeStateLeads(Universe universe) {
        this.universe = universe;
    }

    @Override
    public String property() {
        return "who lacks its state neither campaigns nor leads (R32)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Looked looked && !looked.status().role().equals("follower")) {
            CoreStatus status = looked.status();
            Checker.require(status.blocked().isEmpty() || status.blocked().equals("disk stuck"), () -> "server "
                    + looked.node() + " is " + status.role() + " although it is " + status.blocked());
            long applied = universe.applied(looked.node());
            Checker.require(applied >= status.first() - 1, () -> "server " + looked.node() + " is " + status.role()
                    + " and has applied " + applied + ", and its log goes on behind " + (status.first() - 1));
        }
    }
}
