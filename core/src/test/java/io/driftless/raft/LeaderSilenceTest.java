package io.driftless.raft;

import static io.driftless.raft.CoreHarness.n1OfThree;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LeaderSilenceTest {

    private static final long MS = 1_000_000;

    @Test
    void theLongestTimeBetweenTwoMessagesOfATermIsKept() {
        LeaderSilence silence = new LeaderSilence();
        silence.heard(2, 100);
        assertEquals(0, silence.longestNs(2));
        silence.heard(2, 150);
        silence.heard(2, 170);
        silence.heard(2, 160);
        silence.heard(2, 180);
        assertEquals(50, silence.longestNs(2), "one that was read later says nothing of a silence");
        silence.heard(2, 240);
        assertEquals(60, silence.longestNs(2));
    }

    @Test
    void theTimeBetweenTwoLeadersIsNobodysSilence() {
        LeaderSilence silence = new LeaderSilence();
        silence.heard(2, 100);
        silence.heard(2, 150);
        assertEquals(0, silence.longestNs(3));
        silence.heard(3, 1_000);
        assertEquals(0, silence.longestNs(3));
        silence.heard(3, 1_020);
        assertEquals(20, silence.longestNs(3));
    }

    @Test
    void aFollowerTellsOfItAlsoAfterARoundOfItsOwn() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n2", CoreHarness.append("n2", 1, 1, 1, 0));
        n1.pass(40).receive("n2", CoreHarness.append("n2", 1, 1, 1, 0));
        assertEquals(40 * MS, n1.status().neighbours().leaderSilenceNs());
        n1.pass(700).tick();
        assertEquals("pre_candidate", n1.status().role());
        n1.receive("n2", CoreHarness.append("n2", 1, 1, 1, 0));
        assertEquals("follower", n1.status().role());
        assertEquals(700 * MS, n1.status().neighbours().leaderSilenceNs());
    }
}
