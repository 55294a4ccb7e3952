package io.driftless.sim;

import io.driftless.raft.Message;

/**
 * Who gives its vote in the term in which it asks for pre-votes gives up its own round: won late, it would unseat the
 * leader that the vote has helped to elect (Raft §5.2, thesis §9.6).
 */
final class VoteEndsRound implements Checker {

    private static final class Round {
        String role = "";
        long term;
        /** Whether a vote was asked for in the round's term, and given. */
        boolean asked;
        boolean given;
        /** Whether the leader of that term has told it to campaign. */
        boolean told;
    }

    private final Round[] rounds;

    VoteEndsRound(Universe universe) {
        rounds = new Round[universe.plan.servers()];
        for (int node = 0; node < rounds.length; node++) {
            rounds[node] = new Round();
        }
    }

    @Override
    public String property() {
        return "a vote ends the round of whoever gives it (Raft §5.2)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Started started) {
            rounds[started.node()] = new Round();
        } else if (happening instanceof Happening.Received received
                && received.message() instanceof Message.RequestVote request) {
            Round round = rounds[received.to()];
            round.asked |= round.role.equals("pre_candidate") && request.term() == round.term;
        } else if (happening instanceof Happening.Received received
                && received.message() instanceof Message.TimeoutNow request) {
            Round round = rounds[received.to()];
            round.told |= request.term() == round.term;
        } else if (happening instanceof Happening.Sent sent
                && sent.message() instanceof Message.RequestVoteReply reply) {
            Round round = rounds[sent.from()];
            round.given |= round.asked && reply.voteGranted() && reply.requestTerm() == round.term;
        } else if (happening instanceof Happening.Looked looked) {
            Round before = rounds[looked.node()];
            String role = looked.status().role();
            Checker.require(!before.given || before.told || !role.equals("candidate"), () -> "server " + looked.node()
                    + " has voted in term " + before.term + ", and campaigns on: " + looked.status());
            if (!role.equals(before.role) || looked.status().term() != before.term) {
                Round round = new Round();
                round.role = role;
                round.term = looked.status().term();
                rounds[looked.node()] = round;
            }
        }
    }
}
