package io.driftless.raft;

import static io.driftless.raft.CoreHarness.MS;
import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.id;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** R41: a leader whose process is gone need not be silent for long. */
class LeaderGoneRulesTest {

    private static Message.AppendEntries heartbeat(long term, String leader) {
        return new Message.AppendEntries(term, id(leader), 1, 1, TermRuns.of(2, term, 0), 0, 0, 0, 0, Content.NONE);
    }

    private static Message.PreVote preVote() {
        return new Message.PreVote(2, id("n3"), 9, 1);
    }

    private static Event gone(String peer, UUID run) {
        return new Event.PeerGone(id(peer), run);
    }

    private static UUID run(String peer) {
        return CoreHarness.run(id(peer), CoreHarness.BOOT);
    }

    /** Follows n2 in term 1, and has just heard it. */
    private static CoreHarness follower() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n2", heartbeat(1, "n2"));
        return n1;
    }

    private static long msToTheElection(CoreHarness n1) {
        return (n1.core.nextDeadlineNs() - n1.nowNs()) / MS;
    }

    @Test
    void r41AFollowerWhoseLeaderIsGoneCampaignsSoonAndSticksToItNoMore() {
        CoreHarness n1 = follower();
        n1.step(new Event.PeerDisconnected(id("n2")));
        assertTrue(msToTheElection(n1) >= 300, () -> msToTheElection(n1) + " ms");
        assertEffects(n1.step(gone("n2", run("n2"))), "role follower term 1 leader none: n2, which led, is gone");
        assertTrue(msToTheElection(n1) < 75, () -> msToTheElection(n1) + " ms");
        assertEffects(n1.receive("n3", preVote()), "send n3 control PreVoteReply(term 1 of 2 granted)");
    }

    @Test
    void r41AMereEndOfTheConnectionChangesNothing() {
        CoreHarness n1 = follower();
        n1.step(new Event.PeerDisconnected(id("n2")));
        assertEffects(n1.receive("n3", preVote()), "send n3 control PreVoteReply(term 1 of 2 refused)");
        n1.connect(id("n2"));
        assertEffects(n1.receive("n3", preVote()), "send n3 control PreVoteReply(term 1 of 2 refused)");
        assertTrue(msToTheElection(n1) >= 300, () -> msToTheElection(n1) + " ms");
    }

    @Test
    void r41TheEndOfAnotherServerOrOfAnotherStartOfTheLeaderChangesNothing() {
        CoreHarness n1 = follower();
        assertEffects(n1.step(gone("n3", run("n3"))));
        assertEffects(n1.step(gone("n2", CoreHarness.run(id("n2"), 7))));
        assertEquals(id("n2"), n1.status().leaderId());
    }

    @Test
    void r41AHigherBootOfTheLeaderSaysThatTheOneThatLedIsGone() {
        CoreHarness n1 = follower();
        List<String> effects = n1.step(new Event.PeerConnected(again(CoreHarness.BOOT + 1)));
        assertEquals("role follower term 1 leader none: n2, which led, is gone", effects.getFirst());
        assertTrue(msToTheElection(n1) < 75, () -> msToTheElection(n1) + " ms");
        // What is told of it later is no news.
        assertEffects(n1.step(gone("n2", run("n2"))));
    }

    @Test
    void r41ALowerBootOfTheLeaderIsACopyOfItsFolderAndSaysNothing() {
        CoreHarness n1 = follower();
        n1.step(new Event.PeerConnected(again(CoreHarness.BOOT - 1)));
        assertEquals(id("n2"), n1.status().leaderId());
    }

    private static Introduction again(long boot) {
        Configuration configuration = Configuration.of(CoreHarness.ids("n1", "n2", "n3"));
        return CoreHarness.introduction(id("n2"), boot, configuration, Optional.of(CoreHarness.formation(
                configuration)));
    }

    @Test
    void r41WhereLeasesAreOnNothingEndsBeforeItsTime() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        Introduction leased = again(CoreHarness.BOOT);
        n1.step(new Event.PeerConnected(new Introduction(leased.id(), leased.incarnation(), leased.boot(), leased.run(),
                leased.members(), leased.committed(), leased.electionTimeoutMinNs(), true, false, List.of())));
        n1.receive("n2", heartbeat(1, "n2"));
        assertEffects(n1.step(gone("n2", run("n2"))));
    }

    @Test
    void r41WhoeverLeadsOrCampaignsItselfHasNoLeaderThatCouldBeGone() {
        CoreHarness leader = n1OfThree().term(1).log(1).leading();
        assertEffects(leader.step(gone("n2", run("n2"))));
        CoreHarness n1 = follower();
        n1.pass(600).tick();
        assertEquals("pre_candidate", n1.status().role());
        assertEffects(n1.step(gone("n2", run("n2"))));
    }

    /** Told by another thread than that which tells of connections: it may be late. */
    @Test
    void r41WhoIsConnectedAgainWithTheSameStartIsNotGone() {
        CoreHarness n1 = follower();
        n1.step(new Event.PeerDisconnected(id("n2")));
        n1.connect(id("n2"));
        n1.receive("n2", heartbeat(1, "n2"));
        assertEffects(n1.step(gone("n2", run("n2"))));
        assertEquals(id("n2"), n1.status().leaderId());
    }
}
