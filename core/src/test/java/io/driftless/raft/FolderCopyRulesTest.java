package io.driftless.raft;

import static io.driftless.raft.CoreHarness.acknowledged;
import static io.driftless.raft.CoreHarness.append;
import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.id;
import static io.driftless.raft.CoreHarness.incarnation;
import static io.driftless.raft.CoreHarness.match;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static io.driftless.raft.CoreHarness.preVote;
import static io.driftless.raft.CoreHarness.requestVote;
import static io.driftless.raft.CoreHarness.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The end of rule R18: a data folder that was put back to an earlier copy, or runs twice, under every policy. */
class FolderCopyRulesTest {

    private static final UUID COPY = new UUID(99, 99);

    /** n1 in its fifth start, in term 3, with two entries; nobody is connected yet. */
    private static CoreHarness fifthStart() {
        return n1OfThree().boot(5).term(3).log(1, 3).unconnected().start();
    }

    private static Sighting start(long boot, UUID run) {
        return new Sighting(incarnation(id("n1")), boot, run, "10.0.0.9:7001");
    }

    private static Sighting self() {
        return start(5, run(id("n1"), 5));
    }

    /** n2 connects, and tells which starts of n1 it has seen. */
    private static List<String> connect(CoreHarness n1, Sighting... seen) {
        return n1.step(new Event.PeerConnected(n1.introduction(id("n2"), 1).withSeen(List.of(seen))));
    }

    private static void assertComesIntoDoubt(CoreHarness n1, List<String> effects) {
        assertTrue(n1.status().inDoubt(), effects.toString());
        assertTrue(effects.stream()
                .anyMatch(effect -> effect.startsWith("doubt w") && effect.contains("10.0.0.9:7001")),
                effects.toString());
    }

    @Test
    void r18AServerOfWhichAPeerHasSeenAHigherBootIsInDoubt() {
        CoreHarness n1 = fifthStart();
        assertComesIntoDoubt(n1, connect(n1, start(7, COPY)));
    }

    @Test
    void r18AServerOfWhichAPeerHasSeenTheSameBootWithAnotherRunIsInDoubt() {
        CoreHarness n1 = fifthStart();
        assertComesIntoDoubt(n1, connect(n1, start(5, COPY)));
    }

    @Test
    void r18AnEarlierBootAnotherIncarnationAndItselfSayNothing() {
        CoreHarness n1 = fifthStart();
        assertEffects(connect(n1, start(4, COPY), new Sighting(new UUID(1, 1), 9, COPY, ""), self()));
        assertFalse(n1.status().inDoubt());
    }

    @Test
    void r18AStartThatWasSeenAfterThisOneIsACopyWhateverItsBoot() {
        CoreHarness n1 = fifthStart();
        assertComesIntoDoubt(n1, connect(n1, self(), start(2, COPY)));
    }

    @Test
    void r18NothingIsAnsweredBeforeTheDoubtIsDurableAndNoVoteGrantedThen() {
        CoreHarness n1 = fifthStart();
        assertEquals(1, connect(n1, start(7, COPY)).size());
        assertEffects(n1.receive("n2", preVote("n2", 4, 9, 3)));
        assertEffects(n1.receive("n2", append("n2", 3, 2, 3, 0)),
                "role follower term 3 leader n2: heard the leader");
        assertEffects(n1.persisted(1),
                "send n2 control PreVoteReply(term 3 of 4 refused)",
                "send n2 control AppendEntriesReply(term 3 of 3 match 2 prev 2)");
        assertEquals("in doubt", n1.status().blocked());
    }

    @Test
    void r18AVoteThatWaitsForItsWriteIsNotGivenAfterTheDoubt() {
        CoreHarness n1 = fifthStart();
        n1.connect(id("n3"));
        n1.receive("n3", requestVote("n3", 4, 9, 3));
        connect(n1, start(7, COPY));
        assertEffects(n1.persisted(Long.MAX_VALUE));
    }

    @Test
    void r18ALeaderThatLearnsOfACopyStepsDown() {
        CoreHarness n1 = n1OfThree().boot(5).term(1).log(1, 1).leading();
        List<String> effects = connect(n1, self(), start(5, COPY));
        assertComesIntoDoubt(n1, effects);
        assertTrue(effects.getFirst().startsWith("role follower"), effects.toString());
    }

    @Test
    void r18WhatItLacksOfItsAcknowledgementsIsNoReasonToEndButToCatchUp() {
        CoreHarness n1 = fifthStart();
        connect(n1, start(7, COPY));
        n1.persisted(1);
        n1.receive("n2", acknowledged("n2", 3, 2, 3, 0, 9));
        assertEquals("in doubt", n1.status().blocked());
    }

    @Test
    void r18AtTheEndOfTheDoubtItsVoteInThisTermCountsAsTheLeaders() {
        CoreHarness n1 = fifthStart();
        connect(n1, start(7, COPY));
        n1.persisted(1);
        Message.AppendEntries plain = append("n2", 3, 2, 3, 0);
        List<String> effects = n1.receive("n2", new Message.AppendEntries(3, id("n2"), 2, 3, plain.entries(), 0, 0, 2,
                0, plain.content()));
        assertTrue(effects.contains("persist w2 term 3 vote n2"), effects.toString());
        assertTrue(effects.getLast().startsWith("settle: "), effects.toString());
        assertFalse(n1.status().inDoubt());
        assertEffects(connect(n1, start(7, COPY), self()));
        assertFalse(n1.status().inDoubt(), "the same as before");
        assertComesIntoDoubt(n1, connect(n1, self(), start(7, COPY)));
    }

    @Test
    void r18TheDoubtIsNotedWithTheHighestBootThatWasSeen() {
        CoreHarness n1 = fifthStart();
        List<String> first = connect(n1, start(7, new UUID(77, 77)), start(9, COPY));
        assertTrue(first.getLast().startsWith("doubt w1 boots to 9: "), first.toString());
        List<String> known = connect(n1, start(9, COPY));
        assertTrue(known.getLast().startsWith("report in doubt: "), known.toString());
        List<String> higher = connect(n1, start(11, new UUID(88, 88)));
        assertTrue(higher.getLast().startsWith("doubt w2 boots to 11: "), higher.toString());
    }

    @Test
    void r18SeveralStartsThatWereSeenBeforeThisOneBringOneDoubt() {
        CoreHarness n1 = fifthStart();
        Sighting[] seen = {start(9, COPY), start(7, new UUID(77, 77))};
        connect(n1, seen);
        n1.persisted(Long.MAX_VALUE);
        Message.AppendEntries plain = append("n2", 3, 2, 3, 0);
        n1.receive("n2", new Message.AppendEntries(3, id("n2"), 2, 3, plain.entries(), 0, 0, 2, 0, plain.content()));
        assertFalse(n1.status().inDoubt());
        assertEffects(connect(n1, seen[0], seen[1], self()));
        assertFalse(n1.status().inDoubt(), "the same two as before");
    }

    @Test
    void r18ADoubtInTermZeroRaisesTheTermSinceNoStoreKeepsItOtherwise() {
        CoreHarness n1 = n1OfThree().boot(1).unconnected().start();
        List<String> effects = connect(n1, start(1, COPY));
        assertEquals("persist w1 term 1 vote none", effects.getFirst());
        assertTrue(effects.getLast().startsWith("doubt w2"), effects.toString());
    }

    @Test
    void r18AnEmptyServerNotesTheDoubtWhenItsClusterHasFormed() {
        CoreHarness n1 = n1OfThree().boot(1).empty().unconnected().start();
        assertTrue(connect(n1, start(2, COPY)).getFirst().startsWith("report in doubt"));
        n1.connect(id("n3"));
        assertTrue(n1.step(new Event.FormationPersisted()).stream().anyMatch(effect -> effect.startsWith("doubt w")));
    }

    @Test
    void r13AnotherRunOfTheSameBootIsProbedAfreshAndItsEarlierAcknowledgementsAreNotCounted() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1).leading();
        n1.receive("n2", match(2, 2, 2));
        assertEquals(2, n1.status().peers().getFirst().match());
        Introduction other = n1.introduction(id("n2"), 1);
        n1.step(new Event.PeerConnected(new Introduction(other.id(), other.incarnation(), other.boot(), COPY,
                other.members(), other.committed(), other.electionTimeoutMinNs(), false, false, List.of())));
        assertEquals(0, n1.status().peers().getFirst().match());
        n1.receive("n2", match(2, 2, 2));
        assertEquals(0, n1.status().peers().getFirst().match(), "an answer of the run before");
    }
}
