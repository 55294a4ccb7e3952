package io.driftless.raft;

import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.has;
import static io.driftless.raft.CoreHarness.id;
import static io.driftless.raft.CoreHarness.match;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static io.driftless.raft.CoreHarness.refusal;
import static io.driftless.raft.CoreHarness.snapshot;
import static io.driftless.raft.CoreHarness.wants;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules R12, R30, R31 and R32 at the leader: who is sent a snapshot, how, and what the log keeps meanwhile. */
class SnapshotSendingRulesTest {

    private static final SnapshotId S5 = snapshot(5, 1);

    /** Leads in term 2; its log begins behind 5@1 with 6@1, 7@1 and its no-op 8@2; n2 and n3 are new to it. */
    private static CoreHarness leader() {
        return n1OfThree().term(1).logBehind(5, 1, 1, 1).snapshot(S5).applied(5).leading();
    }

    /** The same, once n2 was offered the snapshot. */
    private static CoreHarness offering() {
        CoreHarness n1 = leader();
        n1.receive("n2", refusal(2, 7, 3, 0));
        return n1;
    }

    private static List<String> to(String peer, List<String> effects) {
        return effects.stream().filter(effect -> effect.startsWith("send " + peer)).toList();
    }

    private static Message.AppendEntriesReply needing(long term, long matchIndex, long snapshotNeeded) {
        return new Message.AppendEntriesReply(term, term, true, matchIndex, matchIndex, 0, 0, false, snapshotNeeded, 0);
    }

    @Test
    void r31ALogThatEndsBeforeTheBoundaryIsAMatterForTheSnapshot() {
        assertEffects(leader().receive("n2", refusal(2, 7, 3, 0)),
                "send n2 bulk InstallSnapshot(n1 term 2 s5@1 offer of 30)",
                "hold snapshot");
    }

    @Test
    void r31AProbeGoesNoLowerThanTheBoundaryAndOneRefusedThereMeansSnapshot() {
        CoreHarness n1 = n1OfThree().term(3).logBehind(5, 3, 3, 3).snapshot(snapshot(5, 3)).applied(5).leading();
        assertEffects(n1.receive("n2", refusal(4, 7, 2, 2)),
                "send n2 data AppendEntries(n1 term 4 prev 5@3 entries none commit 5 acknowledged 0)");
        assertEffects(n1.receive("n2", refusal(4, 5, 2, 2)),
                "send n2 bulk InstallSnapshot(n1 term 4 s5@3 offer of 30)",
                "hold snapshot");
    }

    @Test
    void r12HeartbeatsToAPeerBelowTheBoundaryNameIndexZero() {
        CoreHarness n1 = offering();
        assertEffects(to("n2", n1.pass(50).tick()),
                "send n2 control AppendEntries(n1 term 2 prev 0@0 entries none commit 0 acknowledged 0)");
    }

    @Test
    void r31UntilItHasTheSnapshotAPeerGetsNeitherEntriesNorProbes() {
        CoreHarness n1 = offering();
        assertEffects(to("n2", n1.propose("a")));
        n1.receive("n2", Lane.CONTROL, match(2, 0, 0));
        assertEffects(n1.receive("n2", match(2, 0, 5)));
        assertEffects(n1.receive("n2", refusal(2, 6, 3, 0)));
        for (int i = 0; i < 10; i++) {
            n1.receive("n2", Lane.CONTROL, match(2, 0, 0));
            n1.receive("n3", Lane.CONTROL, match(2, 0, 0));
            for (String sent : to("n2", n1.pass(50).tick())) {
                assertEquals("send n2 control", sent.substring(0, 15));
            }
        }
    }

    @Test
    void r30PartsGoAsFarAsTheReceiversWindow() {
        CoreHarness n1 = offering();
        assertEffects(n1.receive("n2", wants(2, S5, 0, 25, true)),
                "send n2 bulk InstallSnapshot(n1 term 2 s5@1 from 0 length 10 of 30)");
        assertEffects(n1.pass(9).tick());
        assertEffects(n1.pass(1).tick(),
                "send n2 bulk InstallSnapshot(n1 term 2 s5@1 from 10 length 10 of 30)");
        assertEffects(n1.pass(10).tick());
        assertEffects(n1.receive("n2", wants(2, S5, 10, 25, false)),
                "send n2 bulk InstallSnapshot(n1 term 2 s5@1 from 20 length 10 of 30)");
        assertEffects(n1.receive("n2", wants(2, S5, 30, 25, false)));
    }

    @Test
    void snapshotRateMaxIsKeptByTheTimeOfTheNextPart() {
        CoreHarness n1 = offering();
        n1.receive("n2", wants(2, S5, 0, 25, true));
        assertEquals(10, n1.wakesInMs(), "10 bytes at 1,000 a second");
    }

    @Test
    void r30TheAnswerToAnOfferSaysWhereToGoOn() {
        CoreHarness n1 = offering();
        assertEffects(n1.receive("n2", wants(2, S5, 20, 25, true)),
                "send n2 bulk InstallSnapshot(n1 term 2 s5@1 from 20 length 10 of 30)");
    }

    @Test
    void r30TheAnswersToOffersThatWaitedOnTheirWayTogetherSendNothingTwice() {
        CoreHarness n1 = offering();
        n1.receive("n2", wants(2, S5, 0, 25, true));
        assertEquals(1, n1.pass(10).tick().size(), "the second part");
        n1.pass(10);
        assertEffects(n1.receive("n2", wants(2, S5, 0, 25, true)));
        // From another place, or where nothing is taken now, it is another matter.
        assertEffects(n1.receive("n2", wants(2, S5, 10, 15, true)),
                "send n2 bulk InstallSnapshot(n1 term 2 s5@1 from 10 length 10 of 30)");
        n1.receive("n2", wants(2, S5, 10, 0, true));
        assertEffects(n1.pass(10).tick());
    }

    @Test
    void r30AnAnswerAboutAnotherSnapshotIsIgnored() {
        CoreHarness n1 = offering();
        assertEffects(n1.receive("n2", wants(2, new SnapshotId(5, 1, CoreHarness.incarnation(id("n3")), 7), 0, 25,
                true)));
        assertEffects(n1.receive("n2", wants(1, S5, 0, 25, true)));
        assertEffects(n1.receive("n2", wants(2, S5, 31, 25, true)));
    }

    @Test
    void r30WhatNothingIsHeardOfIsOfferedAgain() {
        CoreHarness n1 = offering();
        n1.written(Long.MAX_VALUE);
        n1.receive("n2", wants(2, S5, 0, 25, true));
        int offers = 0;
        for (int i = 0; i < 26; i++) {
            n1.receive("n2", Lane.CONTROL, match(2, 0, 0));
            n1.receive("n3", Lane.CONTROL, match(2, 0, 0));
            offers += (int) n1.pass(50).tick().stream().filter(effect -> effect.contains("offer")).count();
        }
        assertEquals(1, offers, "twice the longest election timeout went by once");
    }

    @Test
    void r30AfterACutTheTransferBeginsWithAProbeAndAnOffer() {
        CoreHarness n1 = offering();
        n1.receive("n2", wants(2, S5, 0, 25, true));
        assertEffects(n1.step(new Event.PeerDisconnected(id("n2"))));
        assertEffects(n1.connect(id("n2")),
                "send n2 data AppendEntries(n1 term 2 prev 8@2 entries none commit 5 acknowledged 0)");
        assertEffects(n1.receive("n2", refusal(2, 8, 3, 0)),
                "send n2 bulk InstallSnapshot(n1 term 2 s5@1 offer of 30)");
    }

    @Test
    void r31WhoHasTheSnapshotIsProbedBehindItAndGetsTheEntries() {
        CoreHarness n1 = offering();
        assertEffects(n1.receive("n2", has(2, S5)),
                "let go of snapshot",
                "send n2 data AppendEntries(n1 term 2 prev 5@1 entries none commit 5 acknowledged 5)");
        assertEffects(n1.receive("n2", match(2, 5, 5)),
                "send n2 data AppendEntries(n1 term 2 prev 5@1 entries 6..7@1 commit 5 acknowledged 5)",
                "send n2 data AppendEntries(n1 term 2 prev 7@1 entries 8@2 commit 5 acknowledged 5)");
    }

    @Test
    void r31WithoutAGoodSnapshotOneIsTakenFirst() {
        CoreHarness n1 = leader();
        n1.step(new Event.SnapshotLost(S5));
        assertEffects(n1.receive("n2", refusal(2, 7, 3, 0)), "take snapshot");
        assertEffects(n1.step(new Event.SnapshotTaken(snapshot(7, 1), 30)).subList(0, 2),
                "send n2 bulk InstallSnapshot(n1 term 2 s7@1 offer of 30)",
                "hold snapshot");
    }

    @Test
    void r31ASnapshotThatProvesBadWhileItIsSentIsReplacedByANewOne() {
        CoreHarness n1 = offering();
        assertEffects(n1.step(new Event.SnapshotLost(S5)),
                "take snapshot",
                "let go of snapshot");
        assertEffects(n1.receive("n2", wants(2, S5, 0, 25, true)));
        assertEffects(to("n2", n1.step(new Event.SnapshotTaken(snapshot(7, 1), 30))),
                "send n2 bulk InstallSnapshot(n1 term 2 s7@1 offer of 30)");
    }

    @Test
    void r32WhoAsksForASnapshotGetsOneAlthoughItsMatchIndexIsHigher() {
        CoreHarness n1 = leader();
        assertEffects(to("n2", n1.receive("n2", Lane.CONTROL, needing(2, 7, 5))).subList(0, 1),
                "send n2 bulk InstallSnapshot(n1 term 2 s5@1 offer of 30)");
        assertEffects(to("n3", n1.receive("n3", Lane.CONTROL, needing(2, 7, 6))));
        assertEffects(n1.receive("n3", Lane.CONTROL, needing(2, 7, 6)), "take snapshot");
        // It goes on acknowledging entries meanwhile.
        n1.receive("n2", match(2, 7, 8));
        assertEffects(to("n2", n1.propose("a")),
                "send n2 data AppendEntries(n1 term 2 prev 8@2 entries 9@2 commit 5 acknowledged 7)");
    }

    /** Leads in term 2 with 1@1 to 5@1 and 6@2, all committed, n2 having them and n3 what is said. */
    private static CoreHarness withLog(long n3Has) {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1, 1, 1).leading();
        n1.written(Long.MAX_VALUE);
        n1.receive("n2", match(2, 6, 6));
        n1.receive("n3", match(2, n3Has, n3Has));
        return n1;
    }

    @Test
    void theLogForgetsWhatASnapshotHoldsButForTheMargin() {
        CoreHarness n1 = withLog(6);
        assertEffects(n1.step(new Event.SnapshotTaken(snapshot(6, 2), 30)), "compact log 5");
        assertEquals(6, n1.status().first());
        CoreHarness other = withLog(6);
        assertEffects(other.step(new Event.SnapshotTaken(snapshot(3, 1), 30)), "compact log 3");
    }

    @Test
    void r31TheLogKeepsWhatAPeerLacksUntilThatIsTooMuch() {
        CoreHarness n1 = withLog(4);
        assertEffects(n1.step(new Event.SnapshotTaken(snapshot(6, 2), 30)), "compact log 4");
        // Four entries may be kept, and there are more now.
        n1.propose("a", "b", "c", "d");
        n1.written(Long.MAX_VALUE);
        n1.receive("n2", match(2, 10, 10));
        List<String> effects = n1.pass(50).tick().stream().filter(effect -> !effect.contains("control")).toList();
        assertEffects(effects, "compact log 6");
    }

    @Test
    void r12AtAStartTheLogForgetsNothingAheadOfWhatIsKnownToBeCommitted() {
        // Its state machine had not applied all that its snapshot holds.
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1, 1, 1, 1, 1, 1, 1, 1).snapshot(snapshot(9, 1)).applied(4)
                .leading();
        n1.receive("n2", refusal(2, 10, 6, 0));
        n1.written(Long.MAX_VALUE);
        assertEquals(5, n1.status().first());
        n1.receive("n2", match(2, 5, 5));
        assertEquals(4, n1.status().commit(), "an entry of an earlier term is not counted");
    }

    @Test
    void r31WhatAPeerHasCaughtUpWithGoesWithTheNextHeartbeat() {
        CoreHarness n1 = withLog(4);
        n1.step(new Event.SnapshotTaken(snapshot(6, 2), 30));
        n1.receive("n3", match(2, 6, 6));
        List<String> effects = n1.pass(50).tick().stream().filter(effect -> !effect.contains("control")).toList();
        assertEffects(effects, "compact log 5");
    }

    @Test
    void theMarginIsThatOfTheNewestEntriesAlsoWhenTheLogGrowsAfterwards() {
        CoreHarness n1 = withLog(6);
        n1.step(new Event.SnapshotTaken(snapshot(6, 2), 30));
        assertEquals(6, n1.status().first());
        n1.propose("a");
        assertEffects(n1.written(Long.MAX_VALUE), "compact log 6");
        n1.propose("b");
        assertEffects(n1.written(Long.MAX_VALUE));
        assertEquals(7, n1.status().first(), "what the snapshot does not hold stays");
    }

    /** Leads in term 2; its log has all from 6@1 to its no-op 16@2, and it has a snapshot of 14, of 30 bytes. */
    private static CoreHarness withALongLog() {
        return n1OfThree().term(1).logBehind(5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1).snapshot(snapshot(14, 1)).applied(14)
                .leading();
    }

    /** The same, once n2, whose log ends at 6, was offered the snapshot. */
    private static CoreHarness onAShortcut() {
        CoreHarness n1 = withALongLog();
        n1.receive("n2", refusal(2, 15, 7, 0));
        assertEffects(n1.receive("n2", match(2, 6, 6)),
                "send n2 bulk InstallSnapshot(n1 term 2 s14@1 offer of 30)",
                "hold snapshot");
        return n1;
    }

    @Test
    void r31ASnapshotThatIsMuchShorterThanTheLogItSparesIsSentInstead() {
        CoreHarness n1 = onAShortcut();
        assertEffects(to("n2", n1.propose("a")));
        n1.receive("n2", wants(2, snapshot(14, 1), 0, 25, true));
        assertEffects(to("n2", n1.receive("n2", new Message.InstallSnapshotReply(2, 2, snapshot(14, 1), 0, 0, false,
                14))), "send n2 data AppendEntries(n1 term 2 prev 14@1 entries none commit 14 acknowledged 14)");
        assertEffects(to("n2", n1.receive("n2", match(2, 14, 14))).subList(0, 1),
                "send n2 data AppendEntries(n1 term 2 prev 14@1 entries 15@1,16@2 commit 14 acknowledged 14)");
    }

    @Test
    void r31WhatFitsIntoAWindowComesFromTheLog() {
        CoreHarness n1 = withALongLog();
        n1.receive("n2", refusal(2, 15, 11, 0));
        assertEffects(n1.receive("n2", match(2, 10, 10)).subList(0, 1),
                "send n2 data AppendEntries(n1 term 2 prev 10@1 entries 11..12@1 commit 14 acknowledged 10)");
    }

    @Test
    void r31WhoTakesNoSnapshotNowGetsTheLog() {
        CoreHarness n1 = onAShortcut();
        assertEffects(n1.receive("n2", wants(2, snapshot(14, 1), 0, 0, true)),
                "let go of snapshot",
                "send n2 data AppendEntries(n1 term 2 prev 6@1 entries none commit 14 acknowledged 6)");
        assertEffects(n1.receive("n2", match(2, 6, 6)).subList(0, 1),
                "send n2 data AppendEntries(n1 term 2 prev 6@1 entries 7..8@1 commit 14 acknowledged 6)");
    }

    @Test
    void r31WhoIsSilentAboutAShortcutGetsTheLog() {
        CoreHarness n1 = onAShortcut();
        // What the log may keep stays: it is needed now.
        assertEffects(n1.written(Long.MAX_VALUE), "compact log 12");
        List<String> data = new ArrayList<>();
        for (int i = 0; i < 26; i++) {
            n1.receive("n2", Lane.CONTROL, match(2, 6, 6));
            n1.receive("n3", Lane.CONTROL, match(2, 0, 0));
            n1.pass(50).tick().stream().filter(effect -> effect.startsWith("send n2 data")).forEach(data::add);
        }
        assertEffects(data, "send n2 data AppendEntries(n1 term 2 prev 12@1 entries none commit 14 acknowledged 6)");
    }

    @Test
    void r31AShortcutWhoseSnapshotProvesBadEndsInTheLog() {
        CoreHarness n1 = onAShortcut();
        n1.step(new Event.SnapshotLost(snapshot(14, 1)));
        assertEffects(n1.pass(50).tick().stream().filter(effect -> effect.startsWith("send n2 data")).toList(),
                "send n2 data AppendEntries(n1 term 2 prev 6@1 entries none commit 14 acknowledged 6)");
    }

    @Test
    void r31TheLogBehindASnapshotThatIsSentStays() {
        CoreHarness n1 = offering();
        n1.written(Long.MAX_VALUE);
        n1.receive("n3", match(2, 8, 8));
        n1.propose("a");
        n1.written(Long.MAX_VALUE);
        n1.receive("n3", match(2, 9, 9));
        n1.receive("n2", wants(2, S5, 0, 25, true));
        // It is of index 8 now, that of 5 is gone, and the new one is offered.
        assertEffects(n1.step(new Event.SnapshotTaken(snapshot(8, 2), 40)),
                "send n2 bulk InstallSnapshot(n1 term 2 s8@2 offer of 40)",
                "compact log 8");
    }

    @Test
    void r31TheOwnSnapshotIsHeldOnlyWhileTheLogBehindItIsShortEnough() {
        CoreHarness n1 = offering();
        n1.propose("a", "b");
        assertEquals(List.of("let go of snapshot"), n1.pass(50).tick().stream().filter(effect -> effect.contains(
                "let go")).toList());
    }

    @Test
    void whoStepsDownHoldsNothing() {
        CoreHarness n1 = offering();
        assertEffects(n1.receive("n3", match(3, 0, 0)).subList(0, 2),
                "persist w3 term 3 vote none",
                "let go of snapshot");
    }
}
