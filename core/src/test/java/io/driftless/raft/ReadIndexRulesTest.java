package io.driftless.raft;

import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.match;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** R20: reads without an entry, confirmed by a round of AppendEntries (thesis §6.4). */
class ReadIndexRulesTest {

    private static Message.AppendEntriesReply round(long term, long round) {
        return new Message.AppendEntriesReply(term, term, true, 0, 0, 0, 0, false, 0, round);
    }

    private static List<String> reads(List<String> effects) {
        return effects.stream().filter(effect -> effect.startsWith("read")).toList();
    }

    private static List<String> rounds(List<String> effects) {
        return effects.stream().filter(effect -> effect.contains(" round ")).map(effect -> effect.replaceAll(
                "send (n.) control .* (round .*)\\)", "$1 $2")).toList();
    }

    /** Leads in term 2 with the entries 1 and 2, of which both are committed. */
    private static CoreHarness leader() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.written(2);
        n1.receive("n2", match(2, 2, 2));
        return n1;
    }

    @Test
    void r20AReadBeginsARoundAtOnceAndIsAnsweredOnceAQuorumHasAnsweredThat() {
        CoreHarness n1 = leader();
        assertEquals(List.of("n2 round 1", "n3 round 1"), rounds(n1.step(new Event.Read(7))));
        assertEquals(List.of("read 7 at 2"), reads(n1.receive("n3", round(2, 1))));
    }

    @Test
    void r20ReadsThatComeWhileARoundIsUnderWayShareTheNext() {
        CoreHarness n1 = leader();
        n1.step(new Event.Read(7));
        assertEffects(n1.step(new Event.Read(8)));
        assertEffects(n1.step(new Event.Read(9)));
        List<String> first = n1.receive("n3", round(2, 1));
        assertEquals(List.of("read 7 at 2"), reads(first));
        // Who has not answered yet is not asked once more.
        assertEquals(List.of("n3 round 2"), rounds(first));
        // The answer of the other one to the old round confirms nothing more.
        List<String> late = n1.receive("n2", round(2, 1));
        assertEquals(List.of(), reads(late));
        assertEquals(List.of("n2 round 2"), rounds(late));
        assertEquals(List.of("read 8 at 2", "read 9 at 2"), reads(n1.receive("n2", round(2, 2))));
    }

    @Test
    void r20AReadIsNeverBelowTheNoopOfTheTermAndWaitsUntilThatIsCommitted() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        assertEffects(n1.step(new Event.Read(7)));
        n1.written(2);
        // What the leader before has committed stands below the no-op.
        assertEquals(List.of("n2 round 1", "n3 round 1"), rounds(n1.receive("n2", match(2, 2, 2))));
        assertEquals(List.of("read 7 at 2"), reads(n1.receive("n2", round(2, 1))));
    }

    @Test
    void r20TheOwnDiskMayBeTheLastThatCommitsTheNoop() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.receive("n2", match(2, 2, 2));
        n1.step(new Event.Read(7));
        assertEquals(List.of("n2 round 1", "n3 round 1"), rounds(n1.written(2)));
    }

    @Test
    void r20WhatWasCommittedWhenItCameIsSeenAndNoMoreIsWaitedFor() {
        CoreHarness n1 = leader();
        n1.propose("x");
        n1.step(new Event.Read(7));
        n1.written(3);
        n1.receive("n2", match(2, 3, 2));
        assertEquals(List.of("read 7 at 2"), reads(n1.receive("n3", round(2, 1))));
    }

    @Test
    void r20ARefusalOfTheSameTermConfirmsToo() {
        CoreHarness n1 = leader();
        n1.step(new Event.Read(7));
        assertEquals(List.of("read 7 at 2"), reads(n1.receive("n3", new Message.AppendEntriesReply(2, 2, false, 0, 2,
                1, 0, false, 0, 1))));
    }

    @Test
    void r20AnAnswerToAnotherTermConfirmsNothing() {
        CoreHarness n1 = leader();
        n1.step(new Event.Read(7));
        assertEquals(List.of(), reads(n1.receive("n3", new Message.AppendEntriesReply(2, 1, true, 0, 0, 0, 0, false, 0,
                1))));
    }

    @Test
    void r20WhoeverLeadsNoMoreAnswersNothing() {
        CoreHarness n1 = leader();
        n1.step(new Event.Read(7));
        assertEquals(List.of("read 7 refused, leader none"), reads(n1.receive("n3",
                new Message.AppendEntriesReply(3, 2, false, 0, 2, 0, 0, false, 0, 1))));
        assertEquals(List.of("read 8 refused, leader none"), reads(n1.step(new Event.Read(8))));
    }

    @Test
    void r20AFollowerEchoesTheRound() {
        CoreHarness n1 = n1OfThree().term(2).log(1, 2).start();
        Message request = new Message.AppendEntries(2, CoreHarness.id("n2"), 2, 2, TermRuns.of(3, 2, 0), 2, 0, 0, 5,
                Content.NONE);
        assertEquals(List.of("n2 round 5"), rounds(n1.receive("n2", request)));
    }

    @Test
    void r20TheNextHeartbeatsCarryTheRoundToo() {
        CoreHarness n1 = leader();
        n1.step(new Event.Read(7));
        assertEquals(List.of("n2 round 1", "n3 round 1"), rounds(n1.pass(50).tick()));
    }

    @Test
    void r20ALeaderInAClusterOfOneAnswersAtOnce() {
        CoreHarness n1 = CoreHarness.server("n1", "n1").term(1).log(1).start();
        n1.pass(600).tick();
        n1.persisted(1);
        assertEquals("leader", n1.status().role());
        n1.written(2);
        assertEquals(List.of("read 7 at 2"), reads(n1.step(new Event.Read(7))));
    }

    @Test
    void r20ALearnerConfirmsNothing() {
        CoreHarness n1 = CoreHarness.server("n1", new Configuration(CoreHarness.ids("n1", "n2", "n3"),
                CoreHarness.ids(), CoreHarness.ids("n4"))).term(1).log(1).leading();
        n1.written(2);
        n1.receive("n2", match(2, 2, 2));
        n1.step(new Event.Read(7));
        assertEquals(List.of(), reads(n1.receive("n4", round(2, 1))));
        assertEquals(List.of("read 7 at 2"), reads(n1.receive("n2", round(2, 1))));
    }

    @Test
    void r20WhileAConfigurationIsJointBothMajoritiesConfirm() {
        CoreHarness n1 = CoreHarness.server("n1", new Configuration(CoreHarness.ids("n1", "n4", "n5"),
                CoreHarness.ids("n1", "n2", "n3"), CoreHarness.ids())).term(1).log(1).leading();
        n1.written(2);
        n1.receive("n2", match(2, 2, 2));
        n1.receive("n4", match(2, 2, 2));
        n1.step(new Event.Read(7));
        assertEquals(List.of(), reads(n1.receive("n2", round(2, 1))));
        assertEquals(List.of("read 7 at 2"), reads(n1.receive("n5", round(2, 1))));
    }

    @Test
    void r20ALeaderAnswersAFollowerOnceARoundIsConfirmed() {
        CoreHarness n1 = leader();
        List<String> begun = n1.receive("n3", new Message.ReadIndex(2, 77));
        assertEquals(List.of("n2 round 1", "n3 round 1"), rounds(begun));
        assertEquals(List.of("send n3 control ReadIndexReply(term 2 id 77 index 2)"), answers(n1.receive("n2",
                round(2, 1))));
    }

    @Test
    void r20WhatAProcessHasAskedIsNotAnsweredToTheNextOne() {
        CoreHarness n1 = leader();
        n1.receive("n3", new Message.ReadIndex(2, 77));
        n1.step(new Event.PeerDisconnected(CoreHarness.id("n3")));
        n1.connect(CoreHarness.id("n3"));
        assertEquals(List.of(), answers(n1.receive("n2", round(2, 1))));
        n1.receive("n3", new Message.ReadIndex(2, 78));
        n1.connect(CoreHarness.id("n3"));
        assertEquals(List.of(), answers(n1.receive("n2", round(2, 2))));
    }

    @Test
    void r20WhoDoesNotLeadInTheTermOfTheRequestAnswersNothing() {
        CoreHarness n1 = leader();
        assertEffects(n1.receive("n3", new Message.ReadIndex(1, 77)));
        CoreHarness follower = follower();
        assertEffects(follower.receive("n3", new Message.ReadIndex(2, 77)));
    }

    @Test
    void r20AFollowerAsksItsLeaderAndReadsThatComeMeanwhileShareTheNextRequest() {
        CoreHarness n1 = follower();
        long first = asked(n1.step(new Event.Read(7)));
        assertEffects(n1.step(new Event.Read(8)));
        assertEffects(n1.step(new Event.Read(9)));
        List<String> answered = n1.receive("n2", new Message.ReadIndexReply(2, first, 5));
        assertEquals(List.of("read 7 at 5"), reads(answered));
        long second = asked(answered);
        assertEquals(List.of("read 8 at 6", "read 9 at 6"), reads(n1.receive("n2", new Message.ReadIndexReply(2,
                second, 6))));
    }

    @Test
    void r20AnAnswerToAnotherRequestIsIgnored() {
        CoreHarness n1 = follower();
        long first = asked(n1.step(new Event.Read(7)));
        n1.receive("n2", new Message.ReadIndexReply(2, first, 5));
        long second = asked(n1.step(new Event.Read(8)));
        assertTrue(second > first, first + " and " + second);
        assertEffects(n1.receive("n2", new Message.ReadIndexReply(2, first, 5)));
    }

    @Test
    void r20ARequestThatIsNotAnsweredForLongIsMadeAgainWithAnotherNumber() {
        CoreHarness n1 = follower();
        long first = asked(n1.step(new Event.Read(7)));
        assertEquals(List.of(), requests(n1.pass(299).receive("n2", heartbeat())));
        n1.step(new Event.Read(8));
        long second = asked(n1.pass(1).receive("n2", heartbeat()));
        assertEffects(n1.receive("n2", new Message.ReadIndexReply(2, first, 5)));
        assertEquals(List.of("read 7 at 6", "read 8 at 6"), reads(n1.receive("n2", new Message.ReadIndexReply(2,
                second, 6))));
    }

    @Test
    void r20ReadsEndWithTheConnectionOnWhichTheLeaderWasAsked() {
        CoreHarness n1 = follower();
        long first = asked(n1.step(new Event.Read(7)));
        assertEffects(n1.step(new Event.PeerDisconnected(CoreHarness.id("n2"))), "read 7 refused, leader none");
        n1.connect(CoreHarness.id("n2"));
        n1.receive("n2", heartbeat());
        long second = asked(n1.step(new Event.Read(8)));
        assertEffects(n1.receive("n2", new Message.ReadIndexReply(2, first, 5)));
        assertEquals(List.of("read 8 at 6"), reads(n1.receive("n2", new Message.ReadIndexReply(2, second, 6))));
    }

    @Test
    void r20AFollowerWithoutALeaderRefuses() {
        CoreHarness n1 = n1OfThree().term(2).log(1, 2).start();
        assertEffects(n1.step(new Event.Read(7)), "read 7 refused, leader none");
        n1.receive("n2", heartbeat());
        n1.step(new Event.PeerDisconnected(CoreHarness.id("n2")));
        assertEffects(n1.step(new Event.Read(8)), "read 8 refused, leader n2");
    }

    @Test
    void r20ReadsEndWithTheTermOfTheLeaderThatWasAsked() {
        CoreHarness n1 = follower();
        long request = asked(n1.step(new Event.Read(7)));
        assertEquals(List.of("read 7 refused, leader none"), reads(n1.receive("n3", new Message.RequestVoteReply(3, 3,
                false))));
        n1.persisted(2);
        n1.receive("n3", new Message.AppendEntries(3, CoreHarness.id("n3"), 2, 2, TermRuns.of(3, 3, 0), 2, 0, 0, 0,
                Content.NONE));
        assertEquals(List.of(), reads(n1.receive("n2", new Message.ReadIndexReply(2, request, 5))));
    }

    @Test
    void r20AServerInDoubtConfirmsNoRound() {
        CoreHarness n1 = n1OfThree().term(2).log(1, 2).inDoubtSince(2).start();
        assertEquals(List.of("send n2 control AppendEntriesReply(term 2 of 2 match 2 prev 2)"), n1.receive("n2",
                new Message.AppendEntries(2, CoreHarness.id("n2"), 2, 2, TermRuns.of(3, 2, 0), 0, 0, 9, 5,
                        Content.NONE)).stream().filter(effect -> effect.contains("AppendEntriesReply")).toList());
    }

    /** Follows n2 in term 2. */
    private static CoreHarness follower() {
        CoreHarness n1 = n1OfThree().term(2).log(1, 2).start();
        n1.receive("n2", heartbeat());
        return n1;
    }

    private static Message heartbeat() {
        return new Message.AppendEntries(2, CoreHarness.id("n2"), 2, 2, TermRuns.of(3, 2, 0), 2, 0, 0, 5, Content.NONE);
    }

    private static List<String> answers(List<String> effects) {
        return effects.stream().filter(effect -> effect.contains("ReadIndexReply")).toList();
    }

    private static List<String> requests(List<String> effects) {
        return effects.stream().filter(effect -> effect.contains("ReadIndex(")).toList();
    }

    /** The number of the one request. */
    private static long asked(List<String> effects) {
        List<String> requests = requests(effects);
        assertEquals(1, requests.size(), effects::toString);
        return Long.parseLong(requests.getFirst().replaceAll("send n2 control ReadIndex\\(term 2 id (\\d+)\\)", "$1"));
    }
}
