package io.driftless.raft;

import static io.driftless.raft.CoreHarness.acknowledged;
import static io.driftless.raft.CoreHarness.append;
import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static io.driftless.raft.CoreHarness.part;
import static io.driftless.raft.CoreHarness.preVote;
import static io.driftless.raft.CoreHarness.requestVote;
import static io.driftless.raft.CoreHarness.snapshot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules R18, R27, R28, R30 and R32 at the receiver: what is let in, and what becomes of log and state machine. */
class SnapshotReceivingRulesTest {

    private static final SnapshotId S9 = snapshot(9, 2);

    /** n1 in term 2, with 1@1, 2@1 and 3@2, none known to be committed. */
    private static CoreHarness follower() {
        return n1OfThree().term(2).log(1, 1, 2).start();
    }

    /** The same, once S9 was offered by n2. */
    private static CoreHarness offered() {
        CoreHarness n1 = follower();
        n1.receive("n2", part("n2", 2, S9, 0, 0));
        return n1;
    }

    private static List<String> received(CoreHarness n1, SnapshotId snapshot) {
        return n1.step(new Event.SnapshotReceived(snapshot, 30, 0));
    }

    @Test
    void r30AnOfferBeginsAndIsAnsweredWithWhatIsWanted() {
        assertEffects(follower().receive("n2", part("n2", 2, S9, 0, 0)),
                "role follower term 2 leader n2: heard the leader",
                "begin snapshot s9@2 of 30",
                "send n2 control InstallSnapshotReply(term 2 of 2 s9@2 offset 0 window 25 resumed)");
    }

    @Test
    void r30PartsAreWrittenInOrderAndTheWindowFollowsTheDisk() {
        CoreHarness n1 = offered();
        assertEffects(n1.receive("n2", part("n2", 2, S9, 0, 10)), "write chunk s9@2 from 0");
        assertEffects(n1.receive("n2", part("n2", 2, S9, 10, 10)), "write chunk s9@2 from 10");
        assertEffects(n1.step(new Event.ChunkWritten(S9, 10)),
                "send n2 control InstallSnapshotReply(term 2 of 2 s9@2 offset 20 window 15)");
        assertEffects(n1.receive("n2", part("n2", 2, S9, 20, 10)), "write chunk s9@2 from 20 last");
        assertEquals(10, n1.status().incoming().orElseThrow().offset());
    }

    @Test
    void r30APartBeyondTheWindowIsNotLetIn() {
        CoreHarness n1 = offered();
        n1.receive("n2", part("n2", 2, S9, 0, 20));
        assertEffects(n1.receive("n2", part("n2", 2, S9, 20, 10)));
    }

    @Test
    void r30OfPartsThatDoNotFollowOneIsAnsweredAndOneThatIsThereIsDropped() {
        CoreHarness n1 = offered();
        n1.receive("n2", part("n2", 2, S9, 0, 10));
        assertEffects(n1.receive("n2", part("n2", 2, S9, 0, 10)));
        assertEffects(n1.receive("n2", part("n2", 2, S9, 20, 5)),
                "send n2 control InstallSnapshotReply(term 2 of 2 s9@2 offset 10 window 15 resumed)");
        assertEffects(n1.receive("n2", part("n2", 2, S9, 25, 5)));
        assertEffects(n1.receive("n2", part("n2", 2, S9, 10, 10)), "write chunk s9@2 from 10");
        assertEffects(n1.receive("n2", part("n2", 2, S9, 25, 5)),
                "send n2 control InstallSnapshotReply(term 2 of 2 s9@2 offset 20 window 5 resumed)");
    }

    @Test
    void r30AnOfferOfWhatIsUnderWayDoesNotBeginAnew() {
        CoreHarness n1 = offered();
        n1.receive("n2", part("n2", 2, S9, 0, 10));
        assertEffects(n1.receive("n2", part("n2", 2, S9, 0, 0)),
                "send n2 control InstallSnapshotReply(term 2 of 2 s9@2 offset 10 window 15 resumed)");
    }

    @Test
    void r30ATransferSurvivesAChangeOfLeaderAndAnotherSnapshotBeginsAnew() {
        CoreHarness n1 = offered();
        n1.receive("n2", part("n2", 2, S9, 0, 10));
        assertEffects(n1.receive("n3", part("n3", 3, S9, 0, 0)),
                "persist w1 term 3 vote none",
                "role follower term 3 leader none: InstallSnapshot from n3 of term 3",
                "role follower term 3 leader n3: heard the leader");
        assertEffects(n1.persisted(1),
                "send n3 control InstallSnapshotReply(term 3 of 3 s9@2 offset 10 window 15 resumed)");
        SnapshotId other = new SnapshotId(9, 2, CoreHarness.incarnation(CoreHarness.id("n3")), 7);
        assertEffects(n1.receive("n3", part("n3", 3, other, 0, 0)),
                "begin snapshot s9@2 of 30",
                "send n3 control InstallSnapshotReply(term 3 of 3 s9@2 offset 0 window 25 resumed)");
        assertEffects(n1.step(new Event.ChunkWritten(S9, 10)));
    }

    @Test
    void r30APartOfAnotherSnapshotIsNotLetIn() {
        CoreHarness n1 = offered();
        assertEffects(n1.receive("n2", part("n2", 2, snapshot(8, 2), 0, 10)),
                "send n2 control InstallSnapshotReply(term 2 of 2 s8@2 offset 0 window 0 resumed)");
        assertEffects(n1.receive("n2", part("n2", 2, S9, 0, 10)), "write chunk s9@2 from 0");
    }

    @Test
    void r30AnOldTermIsRefusedWithOurs() {
        assertEffects(follower().receive("n2", part("n2", 1, snapshot(9, 1), 0, 0)),
                "send n2 control InstallSnapshotReply(term 2 of 1 s9@1 offset 0 window 0)");
    }

    @Test
    void r30ItIsTheLeadersMessageAndResetsTheElectionTimer() {
        CoreHarness n1 = offered().pass(250);
        n1.receive("n2", part("n2", 2, S9, 0, 10));
        assertTrue(n1.wakesInMs() >= 300, "a whole election timeout");
        assertEffects(n1.receive("n3", requestVote("n3", 3, 9, 3)),
                "send n3 control RequestVoteReply(term 2 of 3 refused)");
    }

    @Test
    void r27NothingIsAcknowledgedOrInstalledBeforeItIsDurable() {
        CoreHarness n1 = offered();
        n1.receive("n2", part("n2", 2, S9, 0, 10));
        n1.receive("n2", part("n2", 2, S9, 10, 10));
        n1.step(new Event.ChunkWritten(S9, 20));
        assertEffects(n1.receive("n2", part("n2", 2, S9, 20, 10)), "write chunk s9@2 from 20 last");
        assertEquals(3, n1.status().last());
        assertEffects(received(n1, S9),
                "restore s9@2",
                "unknown from 1",
                "reset log w1 9@2",
                "send n2 control InstallSnapshotReply(term 2 of 2 s9@2 offset 0 window 0 match 9)");
        assertEquals(10, n1.status().first());
        assertEquals(9, n1.status().last());
        assertEquals(9, n1.status().commit());
        assertTrue(n1.status().incoming().isEmpty());
    }

    @Test
    void r28ALogWithTheEntryKeepsWhatFollowsAndAppliesFromIt() {
        CoreHarness n1 = n1OfThree().term(2).log(1, 1, 2).start();
        SnapshotId two = snapshot(2, 1);
        n1.receive("n2", part("n2", 2, two, 0, 0));
        assertEffects(received(n1, two),
                "apply 2",
                "send n2 control InstallSnapshotReply(term 2 of 2 s2@1 offset 0 window 0 match 2)",
                "compact log 2");
        assertEquals(3, n1.status().last());
    }

    @Test
    void r28ALogWithAnotherTermThereIsReset() {
        CoreHarness n1 = n1OfThree().term(3).log(1, 1, 2).start();
        SnapshotId two = snapshot(2, 2);
        n1.receive("n2", part("n2", 3, two, 0, 0));
        assertEffects(received(n1, two),
                "restore s2@2",
                "unknown from 1",
                "reset log w1 2@2",
                "send n2 control InstallSnapshotReply(term 3 of 3 s2@2 offset 0 window 0 match 2)");
        assertEquals(2, n1.status().last());
    }

    @Test
    void r28AtOrBelowCommitIndexNothingIsInstalled() {
        CoreHarness n1 = follower();
        n1.receive("n2", append("n2", 2, 3, 2, 2));
        assertEffects(n1.receive("n2", part("n2", 2, snapshot(2, 1), 0, 0)),
                "send n2 control InstallSnapshotReply(term 2 of 2 s2@1 offset 0 window 0 match 2)");
    }

    @Test
    void r28WhatTheLogHasCaughtUpWithMeanwhileIsDropped() {
        CoreHarness n1 = offered();
        n1.receive("n2", append("n2", 2, 3, 2, 3, 2, 2, 2, 2, 2, 2));
        n1.written(1);
        assertEquals("drop snapshot", n1.receive("n2", append("n2", 2, 9, 2, 9)).getLast());
        assertTrue(n1.status().incoming().isEmpty());
    }

    @Test
    void r28WhatEarlierWritesCompleteCountsForNothingAfterAReset() {
        CoreHarness n1 = n1OfThree().term(2).log(1, 1).start();
        n1.receive("n2", append("n2", 2, 2, 1, 0, 2, 2, 2));
        SnapshotId three = snapshot(3, 3);
        n1.receive("n3", part("n3", 3, three, 0, 0));
        assertTrue(received(n1, three).contains("reset log w3 3@3"));
        n1.receive("n3", append("n3", 3, 3, 3, 3, 3, 3));
        n1.written(1);
        n1.written(3);
        assertEquals(3, n1.status().durable(), "the write of 3 to 5, and the reset");
        n1.written(4);
        assertEquals(5, n1.status().durable());
    }

    @Test
    void r32AServerWhoseMachineIsBeingRestoredVotesAndDoesNotCampaign() {
        CoreHarness n1 = offered();
        received(n1, S9);
        n1.written(1);
        assertEffects(n1.timesOut());
        assertEquals("restoring", n1.status().blocked());
        assertEffects(n1.receive("n3", preVote("n3", 3, 9, 2)),
                "send n3 control PreVoteReply(term 2 of 3 granted)");
        n1.step(new Event.MachineRestored(9));
        assertEquals("role pre_candidate term 2 leader none: election timeout", n1.timesOut().getFirst());
    }

    @Test
    void r32ACandidateWhoseLogIsResetStandsNoMore() {
        CoreHarness n1 = offered();
        n1.pass(700).tick();
        assertEquals("pre_candidate", n1.status().role());
        assertEquals("role follower term 2 leader none: its state machine is being restored", received(n1, S9).get(3));
    }

    @Test
    void r32TheOneUnderWayStaysWhileTheMachineIsRestoredFromIt() {
        CoreHarness n1 = offered();
        received(n1, S9);
        assertEffects(n1.receive("n2", part("n2", 2, snapshot(12, 2), 0, 0)),
                "send n2 control InstallSnapshotReply(term 2 of 2 s12@2 offset 0 window 0 resumed)");
        n1.step(new Event.MachineRestored(9));
        assertEquals("begin snapshot s12@2 of 30", n1.receive("n2", part("n2", 2, snapshot(12, 2), 0, 0)).getFirst());
    }

    @Test
    void r27OneThatIsAllThereIsNotReplacedBeforeItIsDurable() {
        CoreHarness n1 = offered();
        n1.receive("n2", part("n2", 2, S9, 0, 20));
        n1.step(new Event.ChunkWritten(S9, 20));
        assertEffects(n1.receive("n2", part("n2", 2, S9, 20, 10)), "write chunk s9@2 from 20 last");
        assertEffects(n1.receive("n2", part("n2", 2, snapshot(12, 2), 0, 0)),
                "send n2 control InstallSnapshotReply(term 2 of 2 s12@2 offset 0 window 0 resumed)");
        assertEquals("restore s9@2", received(n1, S9).getFirst());
        n1.step(new Event.MachineRestored(9));
        assertEquals("begin snapshot s12@2 of 30", n1.receive("n2", part("n2", 2, snapshot(12, 2), 0, 0)).getFirst());
    }

    /** n1's log begins behind 5@1, its machine has nothing and there is no snapshot. */
    private static CoreHarness lacking() {
        return n1OfThree().term(2).logBehind(5, 1, 1, 2).start();
    }

    @Test
    void r32AServerWithoutASnapshotForItsBoundaryAsksAcknowledgesAndDoesNotLead() {
        CoreHarness n1 = lacking();
        assertEffects(n1.timesOut());
        assertEquals("needs a snapshot", n1.status().blocked());
        assertEffects(n1.receive("n2", append("n2", 2, 7, 2, 7)),
                "role follower term 2 leader n2: heard the leader",
                "send n2 control AppendEntriesReply(term 2 of 2 match 7 prev 7 needs snapshot 5)");
        assertEffects(n1.pass(400).receive("n3", preVote("n3", 3, 9, 2)),
                "send n3 control PreVoteReply(term 2 of 3 granted)");
    }

    @Test
    void r32ItsLogStaysAndOnlyTheMachineIsRestored() {
        CoreHarness n1 = lacking();
        n1.receive("n2", append("n2", 2, 7, 2, 7));
        SnapshotId six = snapshot(6, 1);
        assertEquals("begin snapshot s6@1 of 30", n1.receive("n2", part("n2", 2, six, 0, 0)).getFirst());
        assertEffects(received(n1, six),
                "restore s6@1",
                "apply 7",
                "send n2 control InstallSnapshotReply(term 2 of 2 s6@1 offset 0 window 0 match 6)",
                "compact log 6");
        assertEffects(n1.receive("n2", append("n2", 2, 7, 2, 7)),
                "send n2 control AppendEntriesReply(term 2 of 2 match 7 prev 7)");
    }

    /** Seed 1629 of the simulator. */
    @Test
    void r5WhatTheMachineIsRestoredFromIsDurableAlsoWhereTheLogIsNotYet() {
        CoreHarness n1 = lacking();
        n1.receive("n2", append("n2", 2, 7, 2, 7, 2));
        SnapshotId eight = snapshot(8, 2);
        n1.receive("n2", part("n2", 2, eight, 0, 0));
        assertEquals("restore s8@2", received(n1, eight).getFirst());
        assertEquals(7, n1.status().durable());
        assertEquals(8, n1.status().commit());
    }

    @Test
    void r32ASnapshotBelowItsBoundaryIsOfNoUse() {
        CoreHarness n1 = lacking();
        assertFalse(n1.receive("n2", part("n2", 2, snapshot(4, 1), 0, 0)).contains("begin snapshot s4@1 of 30"));
    }

    @Test
    void r18AfterAnInstallationNothingIsTakenForLost() {
        CoreHarness n1 = n1OfThree().term(3).log(1, 1, 2, 2).start();
        SnapshotId three = snapshot(3, 3);
        n1.receive("n2", part("n2", 3, three, 0, 0));
        received(n1, three);
        assertEffects(n1.receive("n2", acknowledged("n2", 3, 3, 3, 3, 3)),
                "send n2 control AppendEntriesReply(term 3 of 3 match 3 prev 3 writing)");
    }

    @Test
    void r18OnAServerInDoubtTheLogIsResetAndTheDoubtStays() {
        CoreHarness n1 = n1OfThree().term(2).log(1, 1).inDoubtSince(2).start();
        n1.receive("n2", part("n2", 2, S9, 0, 0));
        received(n1, S9);
        assertEquals(9, n1.status().last());
        assertTrue(n1.status().inDoubt());
    }

    @Test
    void r18BelowTheBoundaryNothingIsAcknowledgedToALeaderOfALaterEraThatWasNotComparedAbove() {
        long later = Era.after(2);
        CoreHarness n1 = n1OfThree().term(2).logBehind(5, 1, 1, 2).applied(5).start();
        n1.receive("n2", append("n2", later, 0, 0, 0));
        assertEffects(n1.persisted(1),
                "send n2 control AppendEntriesReply(term 1000000000 of 1000000000 match 0 prev 0)");
        assertEquals("fail LOST_DATA: the log here begins behind index 5, and a loss was accepted since (term "
                + "1000000000): the leader asks at index 4, and what stands there may be something else",
                n1.receive("n2", append("n2", later, 4, 1, 0)).getLast());
        // One that agrees above may ask below.
        CoreHarness other = n1OfThree().term(2).logBehind(5, 1, 1, 2).applied(5).start();
        other.receive("n2", append("n2", later, 6, 1, 0));
        assertEffects(other.receive("n2", append("n2", later, 4, 1, 0)));
        assertEquals("", other.status().blocked());
    }

    @Test
    void r18NorBySnapshot() {
        long later = Era.after(2);
        CoreHarness n1 = n1OfThree().term(2).logBehind(5, 1, 1, 2).applied(5).start();
        n1.receive("n2", part("n2", later, snapshot(4, 1), 0, 0));
        assertEquals("failed", n1.status().blocked());
    }

    @Test
    void aServerThatHasFallenSilentSaysNothingOfASnapshot() {
        CoreHarness n1 = offered();
        n1.receive("n2", part("n2", 2, S9, 0, 10));
        n1.step(new Event.WriteFailed("gone"));
        assertEffects(n1.step(new Event.ChunkWritten(S9, 10)));
        assertEffects(received(n1, S9));
    }

    @Test
    void whatCannotBeTakenInIsBegunAgainAfterAPause() {
        CoreHarness n1 = offered();
        n1.receive("n2", part("n2", 2, S9, 0, 10));
        assertEffects(n1.step(new Event.SnapshotNotReceived(S9)),
                "drop snapshot",
                "send n2 control InstallSnapshotReply(term 2 of 2 s9@2 offset 0 window 0 resumed)");
        assertEffects(n1.receive("n2", part("n2", 2, S9, 0, 0)),
                "send n2 control InstallSnapshotReply(term 2 of 2 s9@2 offset 0 window 0 resumed)");
        assertEquals("begin snapshot s9@2 of 30", n1.pass(1_000).receive("n2", part("n2", 2, S9, 0, 0)).getFirst());
    }
}
