package io.driftless.raft;

import static io.driftless.raft.CoreHarness.append;
import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static io.driftless.raft.CoreHarness.preVote;
import static io.driftless.raft.CoreHarness.requestVote;
import static io.driftless.raft.CoreHarness.server;
import static io.driftless.raft.CoreHarness.vote;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The rules of docs/rules.md about terms, votes and roles: R1, R2, R6, R8, R9, R10. One event on a small state, and
 * exactly what comes of it.
 */
class ElectionRulesTest {

    // ---- R1: nothing speaks for a term or vote that is not durable

    @Test
    @Paper("state.stable")
    void r1NoReplyLeavesBeforeItsTermIsDurable() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        assertEffects(n1.receive("n2", append("n2", 2, 1, 1, 0)),
                "persist w1 term 2 vote none",
                "role follower term 2 leader none: AppendEntries from n2 of term 2",
                "role follower term 2 leader n2: heard the leader");
        assertEffects(n1.persisted(1), "send n2 control AppendEntriesReply(term 2 of 2 match 1 prev 1)");
    }

    @Test
    void r1NoRefusalLeavesBeforeItsTermIsDurable() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1).start();
        assertEffects(n1.receive("n2", requestVote("n2", 2, 1, 1)),
                "persist w1 term 2 vote none",
                "role follower term 2 leader none: RequestVote from n2 of term 2");
        assertEffects(n1.persisted(1), "send n2 control RequestVoteReply(term 2 of 2 refused)");
    }

    @Test
    void r1APreVoteReplyWaitsForTheTermItNames() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1).start();
        n1.receive("n2", requestVote("n2", 2, 1, 1));
        assertEffects(n1.receive("n3", preVote("n3", 3, 2, 1)));
        assertEffects(n1.persisted(1),
                "send n2 control RequestVoteReply(term 2 of 2 refused)",
                "send n3 control PreVoteReply(term 2 of 3 granted)");
    }

    @Test
    @Paper({"state.stable", "vote.grant"})
    void r1AVoteLeavesOnlyAfterItIsDurable() {
        CoreHarness n1 = n1OfThree().term(2).log(1).start();
        assertEffects(n1.receive("n2", requestVote("n2", 2, 1, 1)), "persist w1 term 2 vote n2");
        assertEffects(n1.persisted(1), "send n2 control RequestVoteReply(term 2 of 2 granted)");
    }

    @Test
    void r1AVoteOfANewTermWaitsForTheVoteAndNotOnlyForTheTerm() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n2", requestVote("n2", 2, 1, 1));
        assertEffects(n1.persisted(1));
        assertEffects(n1.persisted(2), "send n2 control RequestVoteReply(term 2 of 2 granted)");
    }

    @Test
    @Paper({"follower.time", "candidate.start"})
    void r1RequestVoteLeavesOnlyAfterTheCandidatesOwnVoteIsDurable() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        assertEffects(n1.timesOut(),
                "role pre_candidate term 1 leader none: election timeout",
                "send n2 control PreVote(n1 term 2 last 1@1)",
                "send n3 control PreVote(n1 term 2 last 1@1)");
        assertEffects(n1.receive("n2", new Message.PreVoteReply(1, 2, true)),
                "persist w1 term 2 vote n1",
                "role candidate term 2 leader none: a quorum would vote for it");
        assertEffects(n1.persisted(1),
                "send n2 control RequestVote(n1 term 2 last 1@1)",
                "send n3 control RequestVote(n1 term 2 last 1@1)");
    }

    @Test
    void r1ACandidatesOwnVoteCountsOnlyOnceItIsDurable() {
        CoreHarness n1 = server("n1", "n1").term(1).log(1).start();
        assertEffects(n1.timesOut(),
                "role pre_candidate term 1 leader none: election timeout",
                "persist w1 term 2 vote n1",
                "role candidate term 2 leader none: a quorum would vote for it");
        assertEffects(n1.tick());
        assertEffects(n1.persisted(1),
                "role leader term 2 leader n1: won the election",
                "append w2 2@2 noop");
    }

    // ---- R2: replies belong to requests

    @Test
    @Paper({"append.term", "vote.term", "5.1.exchange", "5.1.stale"})
    void r2AReplyNamesTheTermOfItsRequestBesideCurrentTerm() {
        CoreHarness n1 = n1OfThree().term(5).log(1).start();
        assertEffects(n1.receive("n2", append("n2", 3, 1, 1, 1)),
                "send n2 control AppendEntriesReply(term 5 of 3 refused prev 1 conflict 0@0)");
        assertEffects(n1.receive("n2", requestVote("n2", 4, 9, 3)),
                "send n2 control RequestVoteReply(term 5 of 4 refused)");
        assertEffects(n1.receive("n2", preVote("n2", 4, 9, 3)), "send n2 control PreVoteReply(term 5 of 4 refused)");
    }

    @Test
    void r2AReplyThatWasHeldBackIsDroppedOnceTheTermHasChanged() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n2", requestVote("n2", 2, 1, 1));
        n1.receive("n3", requestVote("n3", 3, 1, 1));
        assertEffects(n1.persisted(2));
        assertEffects(n1.persisted(4), "send n3 control RequestVoteReply(term 3 of 3 granted)");
    }

    @Test
    void r2WhatWaitedForAConnectionIsDroppedWithIt() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n2", requestVote("n2", 2, 1, 1));
        n1.step(new Event.PeerDisconnected(CoreHarness.id("n2")));
        n1.connect(CoreHarness.id("n2"));
        assertEffects(n1.persisted(2));
    }

    @Test
    void r2ACandidateIgnoresAVoteOfAnotherTerm() {
        CoreHarness n1 = candidateOfTerm2();
        assertEffects(n1.receive("n2", new Message.RequestVoteReply(1, 1, true)));
        assertEquals("candidate", n1.status().role());
    }

    @Test
    void r2APreCandidateIgnoresAGrantOfAnotherTerm() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.timesOut();
        assertEffects(n1.receive("n2", new Message.PreVoteReply(1, 1, true)));
    }

    @Test
    void r2AVoteOfAnotherBootOrIncarnationIsIgnored() {
        CoreHarness n1 = candidateOfTerm2();
        ServerId n2 = CoreHarness.id("n2");
        assertEffects(n1.step(new Event.Received(n2, CoreHarness.incarnation(n2), CoreHarness.run(n2, 2),
                Lane.CONTROL, vote(2, true), 0)));
        assertEffects(n1.step(new Event.Received(n2, new java.util.UUID(6, 6), CoreHarness.run(n2, 1),
                Lane.CONTROL, vote(2, true), 0)));
        assertEquals("candidate", n1.status().role());
    }

    @Test
    void r2TheTermRuleComesBeforeTheFilters() {
        CoreHarness n1 = candidateOfTerm2();
        ServerId n2 = CoreHarness.id("n2");
        Message reply = new Message.RequestVoteReply(3, 1, false);
        assertEffects(n1.step(new Event.Received(n2, CoreHarness.incarnation(n2), CoreHarness.run(n2, 2),
                Lane.CONTROL, reply, 0)),
                "persist w2 term 3 vote none",
                "role follower term 3 leader none: RequestVote reply from n2 of term 3");
    }

    @Test
    void r2TheTermOfAStrangersReplyMovesNobody() {
        CoreHarness n1 = candidateOfTerm2();
        ServerId stranger = CoreHarness.id("n9");
        Message reply = new Message.RequestVoteReply(3, 2, false);
        assertEffects(n1.step(new Event.Received(stranger, CoreHarness.incarnation(stranger),
                CoreHarness.run(stranger, 1), Lane.CONTROL, reply, 0)));
    }

    // ---- R6: the whole log is compared

    @Test
    void r6TheUpToDateCheckCountsWhatIsNotSynced() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n2", append("n2", 1, 1, 1, 0, 1));
        n1.pass(300);
        assertEffects(n1.receive("n3", requestVote("n3", 1, 1, 1)),
                "send n3 control RequestVoteReply(term 1 of 1 refused)");
        assertEffects(n1.receive("n3", preVote("n3", 2, 1, 1)), "send n3 control PreVoteReply(term 1 of 2 refused)");
        assertEffects(n1.receive("n3", preVote("n3", 2, 2, 1)), "send n3 control PreVoteReply(term 1 of 2 granted)");
    }

    @Test
    void r6ACandidateNamesItsWholeLog() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n2", append("n2", 1, 1, 1, 0, 1));
        n1.written(0);
        n1.pass(1000);
        n1.written(1);
        assertTrue(n1.timesOut().contains("send n2 control PreVote(n1 term 2 last 2@1)"));
    }

    // ---- R8: PreVote changes nothing

    @Test
    void r8PreVoteChangesNoTermVoteTimerOrDisk() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        long deadline = n1.core.nextDeadlineNs();
        n1.pass(100);
        assertEffects(n1.receive("n2", preVote("n2", 2, 1, 1)), "send n2 control PreVoteReply(term 1 of 2 granted)");
        assertEffects(n1.receive("n3", preVote("n3", 9, 1, 1)), "send n3 control PreVoteReply(term 1 of 9 granted)");
        assertEquals(1, n1.status().term());
        assertEquals(deadline, n1.core.nextDeadlineNs());
        // Nor is a promise given: the vote of term 2 goes to whoever asks first.
        assertEffects(n1.receive("n3", requestVote("n3", 2, 1, 1)),
                "persist w1 term 2 vote none",
                "role follower term 2 leader none: RequestVote from n3 of term 2",
                "persist w2 term 2 vote n3");
    }

    @Test
    void r8TheReplyNamesCurrentTermAndTheProspectiveTermApart() {
        CoreHarness n1 = n1OfThree().term(4).log(1).start();
        assertEffects(n1.receive("n2", preVote("n2", 7, 1, 1)), "send n2 control PreVoteReply(term 4 of 7 granted)");
    }

    @Test
    void r8APreVoteForATermThatIsReachedAlreadyIsRefused() {
        CoreHarness n1 = n1OfThree().term(4).log(1).start();
        assertEffects(n1.receive("n2", preVote("n2", 4, 1, 1)), "send n2 control PreVoteReply(term 4 of 4 refused)");
    }

    @Test
    void r8APreCandidateAdoptsAHigherCurrentTerm() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.timesOut();
        assertEffects(n1.receive("n2", new Message.PreVoteReply(3, 2, false)),
                "persist w1 term 3 vote none",
                "role follower term 3 leader none: PreVote reply from n2 of term 3");
    }

    @Test
    void r8TheTermOfAGrantIsNeverAdopted() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        assertEffects(n1.receive("n2", new Message.PreVoteReply(1, 9, true)));
        assertEquals(1, n1.status().term());
    }

    // ---- R9: who hears a working leader is not disturbed

    @Test
    void r9AFollowerThatHearsItsLeaderRefusesBothVotesWithoutAdoptingTheTerm() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n2", append("n2", 1, 1, 1, 0));
        n1.pass(299);
        assertEffects(n1.receive("n3", preVote("n3", 2, 9, 1)), "send n3 control PreVoteReply(term 1 of 2 refused)");
        assertEffects(n1.receive("n3", requestVote("n3", 2, 9, 1)),
                "send n3 control RequestVoteReply(term 1 of 2 refused)");
        n1.pass(1);
        assertEffects(n1.receive("n3", preVote("n3", 2, 9, 1)), "send n3 control PreVoteReply(term 1 of 2 granted)");
        assertEffects(n1.receive("n3", requestVote("n3", 2, 9, 1)),
                "persist w1 term 2 vote none",
                "role follower term 2 leader none: RequestVote from n3 of term 2",
                "persist w2 term 2 vote n3");
    }

    @Test
    void r9WhenTheLeaderWasHeardIsWhenItsMessageArrived() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        ServerId n2 = CoreHarness.id("n2");
        n1.pass(250);
        n1.step(new Event.Received(n2, CoreHarness.incarnation(n2), CoreHarness.run(n2, 1),
                Lane.CONTROL, append("n2", 1, 1, 1, 0),
                1000 * CoreHarness.MS));
        n1.pass(50);
        assertEffects(n1.receive("n3", preVote("n3", 2, 9, 1)), "send n3 control PreVoteReply(term 1 of 2 granted)");
    }

    @Test
    void r9ALeaderThatHearsAQuorumRefusesBothVotes() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        assertEffects(n1.receive("n3", preVote("n3", 3, 9, 2)), "send n3 control PreVoteReply(term 2 of 3 refused)");
        assertEffects(n1.receive("n3", requestVote("n3", 3, 9, 2)),
                "send n3 control RequestVoteReply(term 2 of 3 refused)");
        n1.pass(300);
        assertEffects(n1.receive("n3", requestVote("n3", 3, 9, 2)),
                "persist w3 term 3 vote none",
                "role follower term 3 leader none: RequestVote from n3 of term 3",
                "persist w4 term 3 vote n3");
    }

    @Test
    void r9LeadershipTransferOverrulesStickiness() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n2", append("n2", 1, 1, 1, 0));
        assertEffects(n1.receive("n3", new Message.RequestVote(2, CoreHarness.id("n3"), 1, 1, true)),
                "persist w1 term 2 vote none",
                "role follower term 2 leader none: RequestVote from n3 of term 2",
                "persist w2 term 2 vote n3");
    }

    @Test
    @Paper({"all.term", "5.1.resign"})
    void r9EveryOtherMessageOfAHigherTermIsObeyedAlsoByALeader() {
        List<Message> higher = List.of(append("n2", 3, 0, 0, 0),
                new Message.AppendEntriesReply(3, 2, false, 0, 1, 0, 0, false, 0, 0),
                new Message.RequestVoteReply(3, 2, false), new Message.PreVoteReply(3, 3, false));
        for (Message message : higher) {
            CoreHarness n1 = n1OfThree().term(1).log(1).leading();
            assertEquals("persist w3 term 3 vote none", n1.receive("n2", message).getFirst(), message.toString());
            assertEquals("follower", n1.status().role());
        }
    }

    // ---- R10: what resets the election timer

    @Test
    void r10TheLeadersMessagesResetTheTimer() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.pass(200).receive("n2", append("n2", 1, 1, 1, 0));
        assertTrue(n1.wakesInMs() >= 300);
    }

    @Test
    @Paper("5.2.follow")
    void r10AGrantedVoteResetsTheTimer() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.pass(200).receive("n2", requestVote("n2", 2, 1, 1));
        assertTrue(n1.wakesInMs() >= 300);
    }

    @Test
    @Paper("candidate.start")
    void r10ARoundOfOnesOwnResetsTheTimer() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.timesOut();
        assertTrue(n1.wakesInMs() >= 300);
    }

    @Test
    void r10NothingElseResetsTheTimer() {
        List<Message> others = List.of(requestVote("n2", 2, 0, 0), preVote("n2", 2, 1, 1), append("n2", 0, 0, 0, 0),
                new Message.RequestVoteReply(4, 1, false), new Message.AppendEntriesReply(5, 1, false, 0, 0, 1, 0,
                false, 0, 0));
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        long deadline = n1.core.nextDeadlineNs();
        for (Message message : others) {
            n1.pass(10).receive("n2", message);
            assertEquals(deadline, n1.core.nextDeadlineNs(), message.toString());
        }
        n1.written(0);
        n1.connect(CoreHarness.id("n2"));
        n1.propose("x");
        assertEquals(deadline, n1.core.nextDeadlineNs());
    }

    @Test
    void r10ACandidateThatStepsDownKeepsTheTimerOfItsRound() {
        CoreHarness n1 = candidateOfTerm2();
        long deadline = n1.core.nextDeadlineNs();
        n1.pass(100).receive("n2", new Message.RequestVoteReply(3, 2, false));
        assertEquals("follower", n1.status().role());
        assertEquals(deadline, n1.core.nextDeadlineNs());
    }

    @Test
    void r10APreCandidateThatGrantsItsVoteGivesUpItsOwnRound() {
        CoreHarness n1 = n1OfThree().term(2).log(1).start();
        n1.timesOut();
        assertEquals("pre_candidate", n1.status().role());
        assertEffects(n1.pass(100).receive("n2", requestVote("n2", 2, 1, 1)),
                "persist w1 term 2 vote n2",
                "role follower term 2 leader none: voted for n2");
        assertTrue(n1.wakesInMs() >= 300);
        assertEffects(n1.receive("n3", new Message.PreVoteReply(2, 3, true)));
        assertEffects(n1.persisted(1), "send n2 control RequestVoteReply(term 2 of 2 granted)");
    }

    @Test
    void twoLeadersInATermAreABrokenInvariantWhoeverSeesThem() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n2", append("n2", 1, 1, 1, 0));
        assertThrows(IllegalStateException.class, () -> n1.receive("n3", append("n3", 1, 1, 1, 0)));
        CoreHarness leader = n1OfThree().term(1).log(1).leading();
        assertThrows(IllegalStateException.class, () -> leader.receive("n3", append("n3", 2, 1, 1, 0)));
    }

    private static CoreHarness candidateOfTerm2() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.timesOut();
        n1.receive("n2", new Message.PreVoteReply(1, 2, true));
        n1.persisted(1);
        assertEquals("candidate", n1.status().role());
        return n1;
    }
}
