package io.driftless.raft;

import static io.driftless.raft.CoreHarness.acknowledged;
import static io.driftless.raft.CoreHarness.append;
import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.match;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static io.driftless.raft.CoreHarness.refusal;
import static io.driftless.raft.CoreHarness.server;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The rules of docs/rules.md about entries and acknowledgements: R3, R4, R5, R7, R12, R13. One event on a small state,
 * and exactly what comes of it.
 */
class ReplicationRulesTest {

    private static final ServerId N2 = CoreHarness.id("n2");

    // ---- R3: only what is durable is acknowledged

    @Test
    void r3EntriesAreAcknowledgedOnceTheyAreDurable() {
        CoreHarness n1 = followerOfTerm1();
        assertEffects(n1.receive("n2", append("n2", 1, 1, 1, 0, 1, 1)), "append w1 2..3@1 received [e e]");
        assertEffects(n1.written(1), "send n2 data AppendEntriesReply(term 1 of 1 match 3 prev 1)");
    }

    @Test
    void r3AResendIsNotAcknowledgedBeforeTheFirstWriteIsDurable() {
        CoreHarness n1 = followerOfTerm1();
        n1.receive("n2", append("n2", 1, 1, 1, 0, 1, 1));
        assertEffects(n1.receive("n2", append("n2", 1, 1, 1, 0, 1, 1)));
        assertEffects(n1.written(1), "send n2 data AppendEntriesReply(term 1 of 1 match 3 prev 1)");
        assertEffects(n1.receive("n2", append("n2", 1, 1, 1, 0, 1, 1)),
                "send n2 data AppendEntriesReply(term 1 of 1 match 3 prev 1)");
    }

    @Test
    void r3AnAcknowledgementNamesNoMoreThanTheRequestDid() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1, 1).start();
        n1.receive("n2", append("n2", 1, 0, 0, 0));
        assertEffects(n1.receive("n2", append("n2", 1, 1, 1, 0, 1)),
                "send n2 data AppendEntriesReply(term 1 of 1 match 2 prev 1)");
    }

    @Test
    void r3AWriteThatCoversAPartIsAcknowledgedInPart() {
        CoreHarness n1 = followerOfTerm1();
        n1.receive("n2", append("n2", 1, 1, 1, 0, 1));
        n1.receive("n2", append("n2", 1, 2, 1, 0, 1));
        assertEffects(n1.written(1), "send n2 data AppendEntriesReply(term 1 of 1 match 2 prev 2 writing)");
        assertEffects(n1.written(2), "send n2 data AppendEntriesReply(term 1 of 1 match 3 prev 2)");
    }

    @Test
    void r3TheCompletionOfAnOverwrittenWriteAcknowledgesNothingNew() {
        CoreHarness n1 = followerOfTerm1();
        n1.receive("n2", append("n2", 1, 1, 1, 0, 1, 1));
        n1.receive("n3", append("n3", 2, 1, 1, 0, 2, 2));
        n1.persisted(2);
        assertEffects(n1.written(1), "send n3 data AppendEntriesReply(term 2 of 2 match 1 prev 1 writing)");
        assertEffects(n1.written(3), "send n3 data AppendEntriesReply(term 2 of 2 match 3 prev 1)");
    }

    // ---- R4: a heartbeat waits for no log write, and commits what it verified

    @Test
    @Paper("follower.answer")
    void r4AnEmptyAppendEntriesIsAnsweredWithoutWaitingForWrites() {
        CoreHarness n1 = followerOfTerm1();
        n1.receive("n2", append("n2", 1, 1, 1, 0, 1, 1));
        assertEffects(n1.receive("n2", append("n2", 1, 3, 1, 0)),
                "send n2 control AppendEntriesReply(term 1 of 1 match 1 prev 3 writing)");
    }

    @Test
    void r4WhatAProbeVerifiedIsAcknowledgedOnceItIsDurable() {
        CoreHarness n1 = followerOfTerm1();
        n1.receive("n2", append("n2", 1, 1, 1, 0, 1, 1));
        n1.receive("n3", append("n3", 2, 3, 1, 0));
        assertEffects(n1.persisted(2), "send n3 control AppendEntriesReply(term 2 of 2 match 1 prev 3 writing)");
        assertEffects(n1.written(1), "send n3 data AppendEntriesReply(term 2 of 2 match 3 prev 3)");
    }

    @Test
    @Paper("append.commit")
    void r4AFollowersCommitIndexIsAtMostWhatTheRequestVerified() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).start();
        n1.receive("n2", append("n2", 1, 0, 0, 0));
        assertEffects(n1.receive("n2", append("n2", 1, 1, 1, 3)), "apply 1",
                "send n2 control AppendEntriesReply(term 1 of 1 match 1 prev 1)");
        assertEffects(n1.receive("n2", append("n2", 1, 1, 1, 3, 1)), "apply 2",
                "send n2 data AppendEntriesReply(term 1 of 1 match 2 prev 1)");
    }

    @Test
    @Paper("append.prev")
    void r4ARefusedRequestCommitsNothing() {
        CoreHarness n1 = n1OfThree().term(2).log(1, 1, 1).start();
        n1.receive("n2", append("n2", 2, 0, 0, 0));
        assertEffects(n1.receive("n2", append("n2", 2, 3, 2, 3)),
                "send n2 control AppendEntriesReply(term 2 of 2 refused prev 3 conflict 1@1)");
        assertEquals(0, n1.status().commit());
    }

    // ---- R5: who counts, and for what

    @Test
    @Paper({"leader.count", "5.3.preceding"})
    void r5ALeaderCountsItselfOnlyUpToItsOwnDurableIndex() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        assertEffects(n1.receive("n2", match(2, 2, 1)));
        assertEffects(n1.written(2), "apply 2");
    }

    @Test
    void r5ALeaderCommitsWithoutItselfButAppliesOnlyWhatIsDurableHere() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.receive("n2", match(2, 2, 1));
        assertEffects(n1.receive("n3", match(2, 2, 1)), "apply 1");
        assertEquals(2, n1.status().commit());
        assertEffects(n1.written(2), "apply 2");
    }

    @Test
    @Paper({"5.4.2.old", "5.4.2.indirect"})
    void r5EntriesOfAnEarlierTermAreNotCommittedByCounting() {
        CoreHarness n1 = n1OfThree().term(3).log(2, 2).leading();
        assertEffects(n1.receive("n2", match(4, 2, 3)));
        assertEquals(0, n1.status().commit());
        n1.written(2);
        assertEffects(n1.receive("n2", match(4, 3, 2)), "apply 3");
    }

    @Test
    @Paper("all.apply")
    void r5AFollowerAppliesNothingThatIsNotDurableInItsOwnLog() {
        CoreHarness n1 = followerOfTerm1();
        assertEffects(n1.receive("n2", append("n2", 1, 1, 1, 3, 1, 1)), "append w1 2..3@1 received [e e]", "apply 1");
        assertEffects(n1.written(1), "apply 3", "send n2 data AppendEntriesReply(term 1 of 1 match 3 prev 1)");
    }

    @Test
    void r5ALearnersAcknowledgementDoesNotCount() {
        CoreHarness n1 = server("n1", new Configuration(CoreHarness.ids("n1", "n2"), CoreHarness.ids(), CoreHarness.ids(
                "n3")))
                .term(1).log(1).leading();
        n1.written(2);
        assertEffects(n1.receive("n3", match(2, 2, 1)));
        assertEffects(n1.receive("n2", match(2, 2, 1)), "apply 2");
    }

    // ---- R7: only a real conflict removes anything

    @Test
    @Paper("5.3.idempotent")
    void r7AStaleRequestRemovesNothing() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).start();
        n1.receive("n2", append("n2", 1, 0, 0, 0));
        assertEffects(n1.receive("n2", append("n2", 1, 0, 0, 0, 1)),
                "send n2 data AppendEntriesReply(term 1 of 1 match 1 prev 0)");
        assertEffects(n1.receive("n2", append("n2", 1, 1, 1, 0)),
                "send n2 control AppendEntriesReply(term 1 of 1 match 1 prev 1)");
        assertEquals(3, n1.status().last());
    }

    @Test
    @Paper("append.conflict")
    void r7ARealConflictOverwritesFromThereOn() {
        // here:   1@1 2@1 3@1 4@1      leader: 1@1 2@1 3@2
        CoreHarness n1 = n1OfThree().term(2).log(1, 1, 1, 1).start();
        n1.receive("n2", append("n2", 2, 0, 0, 0));
        assertEffects(n1.receive("n2", append("n2", 2, 1, 1, 0, 1, 2)), "unknown from 3",
                "overwrite w1 3@2 received [e]");
        assertEquals(3, n1.status().last());
        assertEquals(2, n1.status().durable());
    }

    @Test
    @Paper("append.new")
    void r7WhatOverlapsIsWrittenOnce() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1).start();
        n1.receive("n2", append("n2", 1, 0, 0, 0));
        assertEffects(n1.receive("n2", append("n2", 1, 0, 0, 0, 1, 1, 1)), "append w1 3@1 received [e]");
    }

    @Test
    void r7ACommittedEntryIsNeverOverwritten() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1).start();
        n1.receive("n2", append("n2", 1, 2, 1, 2));
        assertThrows(IllegalStateException.class, () -> n1.receive("n3", append("n3", 2, 1, 1, 0, 2)));
    }

    @Test
    @Paper("5.3.never")
    void r7ALeaderNeverOverwritesItsOwnEntries() {
        CoreHarness n1 = n1OfThree().term(2).log(1, 1).start();
        n1.receive("n2", append("n2", 2, 2, 1, 0));
        assertThrows(IllegalStateException.class, () -> n1.receive("n2", append("n2", 2, 1, 1, 0, 2)));
    }

    // ---- R12: heartbeats overtake

    @Test
    void r12AHeartbeatNamesMatchIndexAndCommitsNoMore() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).leading();
        n1.written(2);
        n1.receive("n2", match(2, 4, 3));
        assertEquals(4, n1.status().commit());
        n1.receive("n3", match(2, 1, 1));
        assertEffects(n1.pass(50).tick(),
                "send n2 control AppendEntries(n1 term 2 prev 4@2 entries none commit 4 acknowledged 4)",
                "send n3 control AppendEntries(n1 term 2 prev 1@1 entries none commit 1 acknowledged 1)");
    }

    @Test
    void r12ARefusalAtOrBelowMatchIndexIsStale() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).leading();
        n1.receive("n2", match(2, 3, 3));
        CoreStatus.Peer before = n1.status().peers().getFirst();
        assertEffects(n1.receive("n2", refusal(2, 3, 2, 0)));
        assertEffects(n1.receive("n2", refusal(2, 1, 1, 0)));
        assertEquals(before, n1.status().peers().getFirst());
    }

    @Test
    void r12MatchIndexNeverGoesBack() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).leading();
        n1.receive("n2", match(2, 3, 3));
        n1.receive("n2", match(2, 1, 1));
        assertEquals(3, n1.status().peers().getFirst().match());
        n1.step(new Event.PeerDisconnected(N2));
        n1.step(new Event.PeerConnected(n1.introduction(N2, 1)));
        assertEquals(3, n1.status().peers().getFirst().match());
    }

    // ---- R13: connections, boots, and what seems lost

    @Test
    void r13ANewConnectionOfTheSameBootIsProbedFromMatchIndex() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).leading();
        n1.receive("n2", match(2, 2, 3));
        n1.step(new Event.PeerDisconnected(N2));
        assertEffects(n1.step(new Event.PeerConnected(n1.introduction(N2, 1))),
                "send n2 data AppendEntries(n1 term 2 prev 2@1 entries none commit 0 acknowledged 2)");
        assertEffects(n1.receive("n2", match(2, 2, 2)),
                "send n2 data AppendEntries(n1 term 2 prev 2@1 entries 3@1,4@2 commit 0 acknowledged 2)");
    }

    @Test
    void r13AnotherBootIsProbedAfreshFromTheEndOfTheLog() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).leading();
        n1.receive("n2", match(2, 2, 3));
        n1.step(new Event.PeerDisconnected(N2));
        assertEffects(n1.step(new Event.PeerConnected(n1.introduction(N2, 2))),
                "send n2 data AppendEntries(n1 term 2 prev 4@2 entries none commit 0 acknowledged 2)");
        assertEquals(0, n1.status().peers().getFirst().match());
    }

    @Test
    void r13WithoutAConnectionNothingIsSent() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.receive("n2", match(2, 1, 1));
        n1.step(new Event.PeerDisconnected(N2));
        n1.step(new Event.PeerDisconnected(CoreHarness.id("n3")));
        assertEffects(n1.propose("x"), "append w3 3@2 commands [x]");
    }

    @Test
    void whatComesWhileTwoBatchesAreUnderWayGathersIntoOne() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        assertEquals("", entriesTo2(n1.receive("n2", match(2, 1, 2))), "the no-op is on its way");
        assertTrue(entriesTo2(n1.propose("x")).contains("entries 3@2 "));
        assertEquals("", entriesTo2(n1.propose("y")));
        assertEquals("", entriesTo2(n1.propose("z")));
        String gathered = entriesTo2(n1.receive("n2", match(2, 2, 1)));
        assertTrue(gathered.contains("prev 3@2 entries 4..5@2 "), gathered);
    }

    private static String entriesTo2(List<String> effects) {
        return effects.stream().filter(effect -> effect.startsWith("send n2 data ")).reduce("", String::concat);
    }

    @Test
    @Paper("5.3.retry")
    void r13WhatSeemsLostIsSentAgainFromMatchIndex() {
        CoreHarness n1 = leaderThatSentEntriesTo2And4();
        assertEffects(heartbeatsUntilStalled(n1, false),
                "send n2 data AppendEntries(n1 term 2 prev 1@1 entries none commit 0 acknowledged 1)");
        assertEffects(n1.receive("n2", match(2, 1, 1)),
                "send n2 data AppendEntries(n1 term 2 prev 1@1 entries 2@2 commit 0 acknowledged 1)");
    }

    @Test
    void r13NothingIsSentAgainThatIsBeingWrittenWhenTheQuestionArrives() {
        CoreHarness n1 = leaderThatSentEntriesTo2And4();
        heartbeatsUntilStalled(n1, false);
        assertEffects(n1.receive("n2", new Message.AppendEntriesReply(2, 2, true, 1, 1, 0, 0, true, 0, 0)));
        assertEffects(n1.receive("n2", match(2, 1, 1)));
    }

    @Test
    void r13NothingIsSentAgainThatIsAcknowledgedAfterAll() {
        CoreHarness n1 = leaderThatSentEntriesTo2And4();
        n1.propose("x");
        n1.written(3);
        heartbeatsUntilStalled(n1, false);
        assertEffects(n1.receive("n2", match(2, 2, 1)), "apply 2");
        assertEffects(n1.receive("n2", match(2, 2, 1)));
        assertEquals(4, n1.status().peers().getFirst().next());
    }

    @Test
    void r13AProbeThatSeemsLostIsSentAgainWhereItWas() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).leading();
        n1.written(2);
        assertEffects(heartbeatsUntilStalled(n1, 0, false),
                "send n2 data AppendEntries(n1 term 2 prev 4@2 entries none commit 0 acknowledged 0)");
        assertEffects(n1.receive("n2", Lane.CONTROL, match(2, 0, 0)));
        assertEffects(n1.receive("n2", refusal(2, 4, 2, 0)),
                "send n2 data AppendEntries(n1 term 2 prev 1@1 entries none commit 0 acknowledged 0)");
        assertEffects(heartbeatsUntilStalled(n1, 0, false),
                "send n2 data AppendEntries(n1 term 2 prev 1@1 entries none commit 0 acknowledged 0)");
    }

    @Test
    void r13AFollowerThatLacksElevenOfAHundredThousandIsSentEleven() {
        long[] terms = new long[100_000];
        Arrays.fill(terms, 1);
        CoreHarness n1 = n1OfThree().term(1).log(terms).leading();
        n1.written(2);
        heartbeatsUntilStalled(n1, 0, false);
        n1.receive("n2", Lane.CONTROL, match(2, 0, 0));
        heartbeatsUntilStalled(n1, 0, false);
        // Only now the no-op is refused: the log there ends at 99,990.
        assertEffects(n1.receive("n2", refusal(2, 100_000, 99_991, 0)),
                "send n2 data AppendEntries(n1 term 2 prev 99990@1 entries none commit 0 acknowledged 0)");
        List<String> sent = new ArrayList<>();
        sent.addAll(n1.receive("n2", Lane.CONTROL, match(2, 0, 0)));
        sent.addAll(n1.receive("n2", match(2, 99_990, 99_990)));
        for (long last = 99_992; last <= 100_002; last += 2) {
            sent.addAll(n1.receive("n2", match(2, Math.min(last, 100_001), last - 2)));
        }
        assertEquals("99991..99992@1 99993..99994@1 99995..99996@1 99997..99998@1 99999..100000@1 100001@2",
                sent.stream().filter(effect -> effect.startsWith("send n2 data"))
                        .map(effect -> effect.replaceAll(".* entries (.*) commit .*", "$1"))
                        .collect(Collectors.joining(" ")));
    }

    @Test
    void r13AHeartbeatsAnswerEndsNoProbeNotEvenAtTheSameIndex() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).leading();
        n1.receive("n2", match(2, 2, 3));
        n1.step(new Event.PeerDisconnected(N2));
        n1.step(new Event.PeerConnected(n1.introduction(N2, 1)));
        assertEffects(n1.receive("n2", Lane.CONTROL, match(2, 2, 2)));
        assertTrue(entriesTo2(n1.receive("n2", match(2, 2, 2))).contains("entries 3@1,4@2 "));
    }

    @Test
    void r13OneRefusalOfTheNoOpAndTheProbeBehindItIsObeyed() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).leading();
        assertEffects(n1.receive("n2", refusal(2, 3, 2, 0)),
                "send n2 data AppendEntries(n1 term 2 prev 1@1 entries none commit 0 acknowledged 0)");
        assertEffects(n1.receive("n2", refusal(2, 4, 2, 0)));
        assertEffects(n1.receive("n2", match(2, 1, 1)),
                "send n2 data AppendEntries(n1 term 2 prev 1@1 entries 2..3@1 commit 0 acknowledged 1)",
                "send n2 data AppendEntries(n1 term 2 prev 3@1 entries 4@2 commit 0 acknowledged 1)");
    }

    @Test
    void commandsFollowTheNoOpAsSoonAsTheProbeIsAnswered() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        assertEquals("", entriesTo2(n1.propose("x")));
        assertTrue(entriesTo2(n1.receive("n2", new Message.AppendEntriesReply(2, 2, true, 1, 2, 0, 0, true, 0, 0)))
                .contains("prev 2@2 entries 3@2 "));
    }

    @Test
    void r13NothingIsSentAgainWhileTheFollowerWrites() {
        CoreHarness n1 = leaderThatSentEntriesTo2And4();
        assertEffects(heartbeatsUntilStalled(n1, true));
    }

    @Test
    void r13NothingIsSentAgainToWhoDoesNotAnswer() {
        CoreHarness n1 = leaderThatSentEntriesTo2And4();
        n1.pass(299).receive("n3", match(2, 1, 1));
        List<String> effects = n1.pass(1).tick();
        assertFalse(effects.stream().anyMatch(effect -> effect.startsWith("send n2 data")), effects.toString());
    }

    private static CoreHarness leaderThatSentEntriesTo2And4() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.written(2);
        assertEffects(n1.receive("n2", match(2, 1, 2)));
        return n1;
    }

    /** Heartbeats and their replies for electionTimeoutMin; returns what was sent on the data lane of n2 at the end. */
    private static List<String> heartbeatsUntilStalled(CoreHarness n1, boolean writing) {
        return heartbeatsUntilStalled(n1, 1, writing);
    }

    private static List<String> heartbeatsUntilStalled(CoreHarness n1, long match, boolean writing) {
        List<String> sent = List.of();
        for (int i = 0; i < 6; i++) {
            assertTrue(sent.isEmpty(), sent.toString());
            n1.receive("n2", Lane.CONTROL, new Message.AppendEntriesReply(2, 2, true, match, match, 0, 0, writing,
                    0, 0));
            sent = n1.pass(50).tick().stream().filter(effect -> effect.startsWith("send n2 data")).toList();
        }
        return sent;
    }

    @Test
    void r13AFollowerTellsThatAWriteIsUnderWay() {
        CoreHarness n1 = followerOfTerm1();
        n1.receive("n2", append("n2", 1, 1, 1, 0, 1));
        assertEffects(n1.receive("n2", acknowledged("n2", 1, 1, 1, 0, 1)),
                "send n2 control AppendEntriesReply(term 1 of 1 match 1 prev 1 writing)");
    }

    /** n1 with the entry 1@1, following n2 in term 1. */
    private static CoreHarness followerOfTerm1() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n2", append("n2", 1, 1, 1, 0));
        return n1;
    }
}
