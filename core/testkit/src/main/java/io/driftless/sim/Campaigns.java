package io.driftless.sim;

import io.driftless.raft.Message;
import java.util.Arrays;

/**
 * A server that hears no leader campaigns within the longest election timeout (Raft §5.2): its timer is reset by its
 * leader's messages, by a vote that it grants and by a round of its own only (R10). For runs without faults in which
 * every server votes, is connected, and may campaign.
 */
final class Campaigns implements Checker {

    private static final long LONGEST_NS = 620_000_000;

    private final Universe universe;
    private final long[] resetNs;
    private final String[] roles;

    /** Watches from now on. */
    Campaigns(Universe universe) {
        this.universe = universe;
        this.resetNs = new long[universe.plan.servers()];
        this.roles = new String[universe.plan.servers()];
        Arrays.fill(resetNs, universe.timeline.nowNs());
        Arrays.fill(roles, "");
    }

    @Override
    public String property() {
        return "campaigns in time (Raft §5.2; R10)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Received received
                && received.message() instanceof Message.AppendEntries) {
            reset(received.to());
        } else if (happening instanceof Happening.Sent sent && (sent.message() instanceof Message.PreVote
                || sent.message() instanceof Message.AppendEntries
                || sent.message() instanceof Message.RequestVoteReply reply && reply.voteGranted())) {
            reset(sent.from());
        } else if (happening instanceof Happening.Looked looked) {
            if (!looked.status().role().equals(roles[looked.node()])) {
                roles[looked.node()] = looked.status().role();
                reset(looked.node());
            }
        }
        for (int node = 0; node < resetNs.length; node++) {
            int silent = node;
            Checker.require(universe.timeline.nowNs() - resetNs[node] <= LONGEST_NS, () -> "server " + silent
                    + " has heard no leader since " + resetNs[silent] / 1_000 + " us, and does not campaign");
        }
    }

    private void reset(int node) {
        resetNs[node] = universe.timeline.nowNs();
    }
}
