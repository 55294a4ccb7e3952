package io.driftless.raft;

import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.match;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
        assertEquals(List.of("n2 round 2", "n3 round 2"), rounds(first));
        // The answer of the other one to the old round confirms nothing more.
        assertEquals(List.of(), reads(n1.receive("n2", round(2, 1))));
        assertEquals(List.of("read 8 at 2", "read 9 at 2"), reads(n1.receive("n2", round(2, 2))));
    }

    @Test
    void r20AReadIsNeverBelowTheNoopOfTheTerm() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.step(new Event.Read(7));
        // Nothing is committed in this term: what the leader before has committed is at or below its no-op.
        assertEquals(List.of("read 7 at 2"), reads(n1.receive("n2", round(2, 1))));
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
}
