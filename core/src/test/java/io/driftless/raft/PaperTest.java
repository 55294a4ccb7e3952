package io.driftless.raft;

import static io.driftless.raft.CoreHarness.append;
import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.match;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static io.driftless.raft.CoreHarness.preVote;
import static io.driftless.raft.CoreHarness.refusal;
import static io.driftless.raft.CoreHarness.requestVote;
import static io.driftless.raft.CoreHarness.server;
import static io.driftless.raft.CoreHarness.vote;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Sentences of the Raft paper that no rule test shows already; the checklist is {@code paper/checklist.txt}. */
class PaperTest {

    // ---- figure 2, state

    @Test
    @Paper({"state.term", "state.vote", "state.index", "state.commit", "state.applied"})
    void aNewServerBeginsWithNothing() {
        CoreHarness n1 = server("n1", "n1").start();
        assertEquals(0, n1.status().term());
        assertEquals(0, n1.status().commit());
        assertEquals(0, n1.status().last());
        assertEquals(1, n1.status().first());
        assertEffects(n1.timesOut(),
                "role pre_candidate term 0 leader none: election timeout",
                "persist w1 term 1 vote n1",
                "role candidate term 1 leader none: a quorum would vote for it");
        n1.persisted(1);
        assertEffects(n1.written(2), "apply 1");
    }

    @Test
    @Paper({"state.term", "all.term"})
    void aLowerTermIsNeverAdopted() {
        CoreHarness n1 = n1OfThree().term(5).log(1).start();
        n1.receive("n2", append("n2", 3, 1, 1, 1));
        n1.receive("n2", requestVote("n2", 4, 9, 4));
        n1.receive("n2", new Message.AppendEntriesReply(2, 2, false, 0, 1, 1, 0, false, 0, 0));
        assertEquals(5, n1.status().term());
    }

    @Test
    @Paper("state.vote")
    void aVoteBelongsToItsTerm() {
        CoreHarness n1 = n1OfThree().term(2).votedFor("n3").log(1).start();
        assertEffects(n1.receive("n2", requestVote("n2", 3, 1, 1)),
                "persist w1 term 3 vote none",
                "role follower term 3 leader none: RequestVote from n2 of term 3",
                "persist w2 term 3 vote n2");
    }

    @Test
    @Paper({"state.commit", "state.applied"})
    void aLowerLeaderCommitTakesNothingBack() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1).start();
        n1.receive("n2", append("n2", 1, 2, 1, 2));
        assertEffects(n1.receive("n2", append("n2", 1, 2, 1, 1)),
                "send n2 control AppendEntriesReply(term 1 of 1 match 2 prev 2)");
        assertEquals(2, n1.status().commit());
    }

    @Test
    @Paper({"state.next", "state.match"})
    void aNewLeaderExpectsEveryoneToHaveItsLogAndKnowsOfNone() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).leading();
        for (CoreStatus.Peer peer : n1.status().peers()) {
            // Figure 2's last index + 1 is 4, and the entry there, the no-op, has been sent.
            assertEquals(5, peer.next());
            assertEquals(0, peer.match());
        }
    }

    // ---- votes and roles

    @Test
    @Paper({"vote.grant", "5.2.once"})
    void oneVoteATermFirstComeFirstServed() {
        CoreHarness n1 = n1OfThree().term(2).votedFor("n2").log(1).start();
        assertEffects(n1.receive("n3", requestVote("n3", 2, 9, 1)),
                "send n3 control RequestVoteReply(term 2 of 2 refused)");
        assertEffects(n1.receive("n2", requestVote("n2", 2, 1, 1)),
                "send n2 control RequestVoteReply(term 2 of 2 granted)");
    }

    @Test
    @Paper("candidate.won")
    void aMajorityOfVotesMakesALeader() {
        CoreHarness n1 = candidate(server("n1", "n1", "n2", "n3", "n4", "n5").term(1).log(1).start());
        assertEffects(n1.receive("n2", vote(2, true)));
        assertEffects(n1.receive("n2", vote(2, true)));
        assertEffects(n1.receive("n3", vote(2, false)));
        assertEquals("role leader term 2 leader n1: won the election", n1.receive("n4", vote(2, true)).getFirst());
    }

    @Test
    @Paper("candidate.won")
    void learnersElectNobody() {
        CoreHarness n1 = candidate(server("n1", new Configuration(CoreHarness.ids("n1", "n2"), CoreHarness.ids(),
                CoreHarness.ids("n3")))
                .term(1).log(1).start());
        assertEffects(n1.receive("n3", vote(2, true)));
        assertEquals("role leader term 2 leader n1: won the election", n1.receive("n2", vote(2, true)).getFirst());
    }

    @Test
    @Paper("candidate.won")
    void aLearnerDoesNotCampaign() {
        CoreHarness n3 = server("n3", new Configuration(CoreHarness.ids("n1", "n2"), CoreHarness.ids(), CoreHarness.ids(
                "n3"))).start();
        assertEffects(n3.timesOut());
    }

    @Test
    @Paper("candidate.lost")
    void aCandidateFollowsTheLeaderOfItsTerm() {
        CoreHarness n1 = candidate(n1OfThree().term(1).log(1).start());
        assertEffects(n1.receive("n2", append("n2", 2, 1, 1, 0)),
                "role follower term 2 leader n2: heard the leader",
                "send n2 control AppendEntriesReply(term 2 of 2 match 1 prev 1)");
        assertEffects(n1.receive("n3", vote(2, true)));
    }

    @Test
    @Paper({"candidate.again", "5.2.split"})
    void aCandidateWithoutAMajorityStartsANewTerm() {
        CoreHarness n1 = candidate(n1OfThree().term(1).log(1).start());
        n1.receive("n2", vote(2, false));
        assertEquals("role pre_candidate term 2 leader none: election timeout", n1.timesOut().getFirst());
        assertEquals("persist w2 term 3 vote n1", n1.receive("n2", new Message.PreVoteReply(2, 3, true)).getFirst());
    }

    @Test
    @Paper("5.2.smaller")
    void aCandidateRefusesALeaderOfASmallerTermAndGoesOn() {
        CoreHarness n1 = candidate(n1OfThree().term(1).log(1).start());
        assertEffects(n1.receive("n2", append("n2", 1, 1, 1, 0)),
                "send n2 control AppendEntriesReply(term 2 of 1 refused prev 1 conflict 0@0)");
        assertEquals("candidate", n1.status().role());
    }

    @Test
    @Paper("5.2.follow")
    void aServerStaysAFollowerWhileItHearsALeader() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        for (int i = 0; i < 20; i++) {
            n1.receive("n2", append("n2", 1, 1, 1, 0));
            assertEffects(n1.pass(290).tick());
        }
        assertEquals("follower", n1.status().role());
    }

    @Test
    @Paper("5.2.random")
    void electionTimeoutsAreDrawnAnewFromTheInterval() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        Set<Long> drawn = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            long ms = n1.wakesInMs();
            assertTrue(ms >= 300 && ms < 600, ms + " ms");
            drawn.add(ms);
            n1.timesOut();
        }
        assertTrue(drawn.size() > 100, drawn.size() + " different timeouts");
        assertTrue(drawn.stream().anyMatch(ms -> ms < 330) && drawn.stream().anyMatch(ms -> ms > 570),
                drawn.toString());
    }

    @Test
    @Paper("5.1.resign")
    void aCandidateThatLearnsOfAHigherTermFollows() {
        CoreHarness n1 = candidate(n1OfThree().term(1).log(1).start());
        assertEffects(n1.receive("n2", requestVote("n2", 3, 0, 0)),
                "persist w2 term 3 vote none",
                "role follower term 3 leader none: RequestVote from n2 of term 3");
    }

    // ---- leaders

    @Test
    @Paper({"leader.idle", "8.noop"})
    void aLeaderSendsHeartbeatsAtOnceAndAgainWhileIdleAndBeginsWithANoOp() {
        CoreHarness n1 = candidate(n1OfThree().term(1).log(1).start());
        assertEffects(n1.receive("n2", vote(2, true)),
                "role leader term 2 leader n1: won the election",
                "append w2 2@2 noop",
                "send n2 data AppendEntries(n1 term 2 prev 1@1 entries 2@2 commit 0 acknowledged 0)",
                "send n2 data AppendEntries(n1 term 2 prev 2@2 entries none commit 0 acknowledged 0)",
                "send n3 data AppendEntries(n1 term 2 prev 1@1 entries 2@2 commit 0 acknowledged 0)",
                "send n3 data AppendEntries(n1 term 2 prev 2@2 entries none commit 0 acknowledged 0)",
                "send n2 control AppendEntries(n1 term 2 prev 0@0 entries none commit 0 acknowledged 0)",
                "send n3 control AppendEntries(n1 term 2 prev 0@0 entries none commit 0 acknowledged 0)");
        assertEffects(n1.pass(49).tick());
        assertEffects(n1.pass(1).tick(),
                "send n2 control AppendEntries(n1 term 2 prev 0@0 entries none commit 0 acknowledged 0)",
                "send n3 control AppendEntries(n1 term 2 prev 0@0 entries none commit 0 acknowledged 0)");
    }

    @Test
    @Paper({"leader.command", "5.3.parallel", "leader.send"})
    void aCommandIsAppendedAndSentToEveryoneAtOnceAndAppliedOnceCommitted() {
        CoreHarness n1 = followedLeader();
        assertEffects(n1.propose("x"),
                "append w3 3@2 commands [x]",
                "send n2 data AppendEntries(n1 term 2 prev 2@2 entries 3@2 commit 2 acknowledged 2)",
                "send n3 data AppendEntries(n1 term 2 prev 2@2 entries 3@2 commit 2 acknowledged 2)");
        n1.written(3);
        assertEffects(n1.receive("n3", match(2, 3, 2)), "apply 3");
    }

    @Test
    @Paper({"leader.success", "5.3.parallel"})
    void entriesArePipelinedInBatchesUpToTheWindow() {
        CoreHarness n1 = followedLeader();
        List<String> sent = n1.propose("a", "b", "c", "d", "e", "f").stream().filter(effect -> effect.startsWith(
                "send n2")).toList();
        assertEffects(sent,
                "send n2 data AppendEntries(n1 term 2 prev 2@2 entries 3..4@2 commit 2 acknowledged 2)",
                "send n2 data AppendEntries(n1 term 2 prev 4@2 entries 5..6@2 commit 2 acknowledged 2)");
        assertEffects(n1.receive("n2", match(2, 4, 2)),
                "send n2 data AppendEntries(n1 term 2 prev 6@2 entries 7..8@2 commit 2 acknowledged 4)");
        assertEquals(new CoreStatus.Peer(CoreHarness.id("n2"), true, 4, 9, false, 0, 0, 0, 0),
                n1.status().peers().getFirst());
    }

    @Test
    @Paper("leader.failure")
    void aRefusalMovesNextIndexDownAndIsTriedAgain() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).leading();
        assertEffects(n1.receive("n2", refusal(2, 3, 2, 0)),
                "send n2 data AppendEntries(n1 term 2 prev 1@1 entries none commit 0 acknowledged 0)");
        assertEffects(n1.receive("n2", refusal(2, 3, 2, 0)));
        assertEffects(n1.receive("n2", match(2, 1, 1)),
                "send n2 data AppendEntries(n1 term 2 prev 1@1 entries 2..3@1 commit 0 acknowledged 1)",
                "send n2 data AppendEntries(n1 term 2 prev 3@1 entries 4@2 commit 0 acknowledged 1)");
    }

    @Test
    @Paper("5.3.backtrack")
    void oneProbePassesAWholeTerm() {
        // leader:   1 1 1 4 4 5 5 6 6 6 | 8      f of figure 7:   1 1 1 2 2 2 3 3 3 3 3
        CoreHarness n1 = n1OfThree().term(7).log(1, 1, 1, 4, 4, 5, 5, 6, 6, 6).leading();
        assertEffects(n1.receive("n2", refusal(8, 10, 7, 3)),
                "send n2 data AppendEntries(n1 term 8 prev 3@1 entries none commit 0 acknowledged 0)");
    }

    @Test
    @Paper("5.3.backtrack")
    void theLeadersOwnEntriesOfTheConflictingTermAreKept() {
        // leader:   1 1 1 4 4 5 5 6 6 6 | 8      e of figure 7, longer:   1 1 1 4 4 4 4 4 4 4
        CoreHarness n1 = n1OfThree().term(7).log(1, 1, 1, 4, 4, 5, 5, 6, 6, 6).leading();
        assertEffects(n1.receive("n2", refusal(8, 10, 4, 4)),
                "send n2 data AppendEntries(n1 term 8 prev 5@4 entries none commit 0 acknowledged 0)");
    }

    @Test
    @Paper("5.3.tell")
    void theLeaderTellsWhatIsCommittedWithWhatItSendsNext() {
        CoreHarness n1 = followedLeader();
        assertTrue(n1.propose("x").contains(
                "send n2 data AppendEntries(n1 term 2 prev 2@2 entries 3@2 commit 2 acknowledged 2)"));
    }

    @Test
    @Paper("8.redirect")
    void whoDoesNotLeadRejectsCommandsAndNamesTheLeader() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        assertEffects(n1.propose("x"), "rejected [x] leader none");
        n1.receive("n2", append("n2", 1, 1, 1, 0));
        assertEffects(n1.propose("x", "y"), "rejected [x y] leader n2");
    }

    // ---- §5.4.1

    @Test
    @Paper({"5.4.1.deny", "5.4.1.later", "5.4.1.longer"})
    void votesGoOnlyToLogsAtLeastAsUpToDate() {
        // last here: 3@2
        record Case(long lastIndex, long lastTerm, boolean granted) { }
        List<Case> cases = List.of(new Case(3, 2, true), new Case(4, 2, true), new Case(2, 2, false), new Case(1, 3,
                true),
                new Case(9, 1, false));
        for (Case c : cases) {
            CoreHarness n1 = n1OfThree().term(3).log(1, 1, 2).start();
            assertEquals("send n2 control PreVoteReply(term 3 of 4 " + (c.granted() ? "granted)" : "refused)"),
                    n1.receive("n2", preVote("n2", 4, c.lastIndex(), c.lastTerm())).getFirst(), c.toString());
            n1.receive("n2", requestVote("n2", 3, c.lastIndex(), c.lastTerm()));
            assertEquals(c.granted() ? List.of("send n2 control RequestVoteReply(term 3 of 3 granted)") : List.of(),
                    n1.persisted(1),
                    c.toString());
        }
    }

    private static CoreHarness candidate(CoreHarness server) {
        server.timesOut();
        server.receive("n2", new Message.PreVoteReply(1, 2, true));
        server.receive("n3", new Message.PreVoteReply(1, 2, true));
        server.persisted(1);
        assertEquals("candidate", server.status().role());
        return server;
    }

    /** Leads term 2 with the entries 1@1 2@2, which everyone has. */
    private static CoreHarness followedLeader() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.written(2);
        for (String peer : List.of("n2", "n3")) {
            n1.receive(peer, match(2, 1, 1));
            n1.receive(peer, match(2, 2, 1));
        }
        assertEquals(2, n1.status().commit());
        return n1;
    }
}
