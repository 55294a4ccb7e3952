package io.driftless.sim;

import io.driftless.raft.Message;

/**
 * Who campaigns has asked first whether it would be elected (thesis §9.6), or was told to by the leader of the term
 * before, which hands its leadership over to it, and says so (thesis §3.10; R26). A leader tells this to voters only.
 */
final class CandidaciesAreAsked implements Checker {

    private final Universe universe;
    /** The term for which each server has asked for pre-votes last, in its present life. */
    private final long[] asked;
    /** The term whose leader has told each server to campaign, in its present life; 0 if none has. */
    private final long[] told;

    CandidaciesAreAsked(Universe universe) {
        this.universe = universe;
        this.asked = new long[universe.plan.servers()];
        this.told = new long[universe.plan.servers()];
    }

    @Override
    public String property() {
        return "who campaigns has asked, or was told to (thesis §3.10, §9.6; R26)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Started started) {
            asked[started.node()] = 0;
            told[started.node()] = 0;
        } else if (happening instanceof Happening.Received received
                && received.message() instanceof Message.TimeoutNow request) {
            told[received.to()] = Math.max(told[received.to()], request.term());
        } else if (happening instanceof Happening.Sent sent) {
            sent(sent);
        }
    }

    private void sent(Happening.Sent sent) {
        if (sent.message() instanceof Message.PreVote request) {
            asked[sent.from()] = request.term();
        } else if (sent.message() instanceof Message.RequestVote request) {
            boolean isDue = request.leadershipTransfer() ? told[sent.from()] == request.term() - 1
                    : asked[sent.from()] == request.term() || universe.isQuorum(voter -> voter == sent.from());
            Checker.require(isDue, () -> sent + ", after it had asked for pre-votes in term " + asked[sent.from()]
                    + ", and was told to campaign in term " + told[sent.from()]);
        } else if (sent.message() instanceof Message.TimeoutNow) {
            Checker.require((universe.plan.knob(Knob.VOTERS) >> sent.to() & 1) == 1, () -> sent
                    + ", which has no vote");
        }
    }
}
