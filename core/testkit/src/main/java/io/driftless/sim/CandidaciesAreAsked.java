package io.driftless.sim;

import io.driftless.raft.Message;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who campaigns has asked first whether it would be elected (thesis §9.6), or was told to by the leader of the term
 * before, which hands its leadership over to it, and says so (thesis §3.10; R26). A leader tells this to voters only.
 */
final class CandidaciesAreAsked implements Checker {

    /** A server in its present life. */
    private static final class Server {
        /** The terms for which it has asked for pre-votes. What it says waits for its disk, also for longer. */
        private final SortedSet<Long> asked = new TreeSet<>();
        /** The terms whose leader has told it to campaign. */
        private final SortedSet<Long> told = new TreeSet<>();
    }

    private final Universe universe;
    private final Server[] servers;

    CandidaciesAreAsked(Universe universe) {
        this.universe = universe;
        this.servers = new Server[universe.plan.servers()];
        Arrays.setAll(servers, node -> new Server());
    }

    @Override
    public String property() {
        return "who campaigns has asked, or was told to (thesis §3.10, §9.6; R26)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Started started) {
            servers[started.node()] = new Server();
        } else if (happening instanceof Happening.Received received
                && received.message() instanceof Message.TimeoutNow request) {
            servers[received.to()].told.add(request.term());
        } else if (happening instanceof Happening.Sent sent) {
            sent(sent);
        }
    }

    private void sent(Happening.Sent sent) {
        Server from = servers[sent.from()];
        if (sent.message() instanceof Message.PreVote request) {
            from.asked.add(request.term());
        } else if (sent.message() instanceof Message.RequestVote request) {
            boolean isDue = request.leadershipTransfer() ? from.told.contains(request.term() - 1)
                    : from.asked.contains(request.term()) || universe.isQuorum(voter -> voter == sent.from());
            Checker.require(isDue, () -> sent + ", asked for pre-votes of the terms " + from.asked
                    + " before, and was told to campaign in " + from.told);
        } else if (sent.message() instanceof Message.TimeoutNow) {
            Checker.require((universe.plan.knob(Knob.VOTERS) >> sent.to() & 1) == 1, () -> sent
                    + ", which has no vote");
        }
    }
}
