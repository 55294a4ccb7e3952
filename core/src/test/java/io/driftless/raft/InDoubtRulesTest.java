package io.driftless.raft;

import static io.driftless.raft.CoreHarness.acknowledged;
import static io.driftless.raft.CoreHarness.append;
import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.id;
import static io.driftless.raft.CoreHarness.match;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static io.driftless.raft.CoreHarness.part;
import static io.driftless.raft.CoreHarness.preVote;
import static io.driftless.raft.CoreHarness.requestVote;
import static io.driftless.raft.CoreHarness.snapshot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Rule R18 under `interval` and `os`: a server that may have lost what it acknowledged. */
class InDoubtRulesTest {

    /** n1 of three, in term 3, with two entries left of a log that was longer. */
    private static CoreHarness.Builder inDoubt() {
        return n1OfThree().term(3).log(1, 3).inDoubtSince(3);
    }

    private static Message.AppendEntries catchingUp(long term, long prevLogIndex, long prevLogTerm, long catchUpIndex,
            long... terms) {
        Message.AppendEntries plain = append("n2", term, prevLogIndex, prevLogTerm, 0, terms);
        return new Message.AppendEntries(term, id("n2"), prevLogIndex, prevLogTerm, plain.entries(), 0, 0, catchUpIndex,
                0, plain.content());
    }

    @Test
    void r18AServerInDoubtGrantsNoVoteAndNoPreVoteButAdoptsTheTerm() {
        CoreHarness n1 = inDoubt().start();
        assertEffects(n1.receive("n3", preVote("n3", 4, 9, 3)),
                "send n3 control PreVoteReply(term 3 of 4 refused)");
        assertEffects(n1.receive("n3", requestVote("n3", 4, 9, 3)),
                "persist w1 term 4 vote none",
                "role follower term 4 leader none: RequestVote from n3 of term 4");
        assertEffects(n1.persisted(1), "send n3 control RequestVoteReply(term 4 of 4 refused)");
    }

    @Test
    void r18AServerInDoubtDoesNotCampaignAndSaysWhy() {
        CoreHarness n1 = inDoubt().start();
        assertEffects(n1.timesOut());
        assertEffects(n1.pass(10_000).tick());
        assertTrue(n1.status().inDoubt());
        assertEquals("in doubt", n1.status().blocked());
    }

    @Test
    void r18TheDoubtEndsWhenTheLogReachesWhereTheLeaderStoodAndCountsAsDurable() {
        CoreHarness n1 = inDoubt().start();
        n1.receive("n2", catchingUp(3, 2, 3, 4, 3));
        n1.written(1);
        assertTrue(n1.status().inDoubt(), "index 3 of 4");
        n1.receive("n2", catchingUp(3, 3, 3, 4, 3));
        assertTrue(n1.status().inDoubt(), "not written yet");
        assertEquals(List.of("persist w3 term 3 vote n2",
                "settle: not in doubt any more: caught up with n2 of term 3 at index 4"), n1.written(2).subList(0, 2));
        n1.persisted(3);
        assertFalse(n1.status().inDoubt());
        assertEquals("", n1.status().blocked());
        n1.pass(400);
        assertEffects(n1.receive("n3", preVote("n3", 4, 9, 3)),
                "send n3 control PreVoteReply(term 3 of 4 granted)");
    }

    @Test
    void r18AHeartbeatBelowWhereTheLeaderStoodEndsNothing() {
        CoreHarness n1 = inDoubt().start();
        n1.receive("n2", catchingUp(3, 1, 1, 3));
        n1.receive("n2", catchingUp(3, 2, 3, 3));
        assertTrue(n1.status().inDoubt());
    }

    @Test
    void r18EntriesThatDoNotMatchEndNothing() {
        // The leader's entry at 2 is of term 2: ours is not verified, although the log is long enough.
        CoreHarness n1 = inDoubt().start();
        n1.receive("n2", catchingUp(4, 2, 2, 2));
        n1.persisted(Long.MAX_VALUE);
        assertTrue(n1.status().inDoubt());
    }

    @Test
    void r18ALeaderOfAnEarlierTermEndsNothing() {
        CoreHarness n1 = inDoubt().start();
        assertEffects(n1.receive("n2", catchingUp(2, 1, 1, 1)),
                "send n2 control AppendEntriesReply(term 3 of 2 refused prev 1 conflict 0@0)");
        assertTrue(n1.status().inDoubt());
    }

    @Test
    void r18WhereAnEarlierLeaderStoodDoesNotCountInALaterTerm() {
        CoreHarness n1 = inDoubt().start();
        n1.receive("n2", catchingUp(3, 2, 3, 3));
        n1.receive("n3", append("n3", 4, 2, 3, 0, 4));
        n1.persisted(Long.MAX_VALUE);
        n1.written(Long.MAX_VALUE);
        assertTrue(n1.status().inDoubt(), "n3 has not taken note of this start");
    }

    @Test
    void r18ALeaderTakesNoteOfAStartInDoubtAndForgetsWhatWasAcknowledgedBefore() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).leading();
        n1.receive("n2", match(2, 3, 3));
        n1.step(new Event.PeerDisconnected(id("n2")));
        assertEffects(n1.step(new Event.PeerConnected(startInDoubt(n1, 2))),
                "send n2 data AppendEntries(n1 term 2 prev 4@2 entries none commit 0 acknowledged 0 catch up 4)");
        n1.propose("later");
        n1.step(new Event.PeerDisconnected(id("n2")));
        // The same start again: the note stands.
        assertEffects(n1.step(new Event.PeerConnected(startInDoubt(n1, 2))),
                "send n2 data AppendEntries(n1 term 2 prev 5@2 entries none commit 0 acknowledged 0 catch up 4)");
        assertEquals(0, n1.status().peers().getFirst().match());
    }

    @Test
    void r18ANewLeaderTakesNoteOfWhoIsInDoubt() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1).start();
        n1.step(new Event.PeerConnected(startInDoubt(n1, 2)));
        n1.timesOut();
        n1.receive("n3", new Message.PreVoteReply(1, 2, true));
        n1.persisted(Long.MAX_VALUE);
        List<String> led = n1.receive("n3", new Message.RequestVoteReply(2, 2, true));
        assertTrue(led.contains(
                "send n2 data AppendEntries(n1 term 2 prev 2@1 entries 3@2 commit 0 acknowledged 0 catch up 2)"),
                led.toString());
        assertTrue(led.contains("send n3 data AppendEntries(n1 term 2 prev 2@1 entries 3@2 commit 0 acknowledged 0)"),
                led.toString());
    }

    private static Introduction startInDoubt(CoreHarness n1, long boot) {
        return n1.introduction(id("n2"), boot).withDoubt(true);
    }

    @Test
    void r18AServerThatIsSureAndLacksWhatItAcknowledgedHasLostDataWhateverThePolicy() {
        CoreHarness n1 = n1OfThree().term(3).log(1, 3).start();
        assertTrue(n1.receive("n2", acknowledged("n2", 3, 2, 3, 0, 5)).getLast().startsWith("fail LOST_DATA"));
    }

    /** n1 has received S9, and the leader's log ended at {@code catchUp} when it took note of this start. */
    private static CoreHarness whoseLogIsReset(long catchUp) {
        CoreHarness n1 = inDoubt().start();
        SnapshotId s9 = snapshot(9, 3);
        n1.receive("n2", catchingUp(3, 0, 0, catchUp));
        n1.receive("n2", part("n2", 3, s9, 0, 0));
        n1.receive("n2", part("n2", 3, s9, 0, 20));
        n1.step(new Event.ChunkWritten(s9, 20));
        n1.receive("n2", part("n2", 3, s9, 20, 10));
        assertTrue(n1.step(new Event.SnapshotReceived(s9, 30, 0)).contains("reset log w1 9@3"));
        return n1;
    }

    @Test
    void r18TheDoubtOutlivesTheResetOfTheLog() {
        CoreHarness n1 = whoseLogIsReset(9);
        assertTrue(n1.status().inDoubt(), "the note may be on the disk before the reset");
        n1.receive("n2", catchingUp(3, 9, 3, 9));
        assertTrue(n1.status().inDoubt(), "nor by a message meanwhile");
        assertEffects(n1.written(1),
                "persist w2 term 3 vote n2",
                "settle: not in doubt any more: caught up with n2 of term 3 at index 9");
        assertFalse(n1.status().inDoubt());
    }

    @Test
    void r18TheDoubtOutlivesAResetAlsoWhereEarlierAndLaterWritesAreUnderWay() {
        CoreHarness n1 = inDoubt().start();
        SnapshotId s9 = snapshot(9, 3);
        n1.receive("n2", catchingUp(3, 2, 3, 9, 3, 3));
        n1.receive("n2", part("n2", 3, s9, 0, 0));
        assertTrue(n1.step(new Event.SnapshotReceived(s9, 30, 0)).contains("reset log w2 9@3"));
        n1.receive("n2", catchingUp(3, 9, 3, 9, 3));
        n1.written(1);
        assertTrue(n1.status().inDoubt(), "only what was written before the reset is complete");
        n1.written(2);
        assertFalse(n1.status().inDoubt(), "what follows the reset is not rested on");
    }

    @Test
    void r18AResetAloneEndsNoDoubt() {
        CoreHarness n1 = whoseLogIsReset(10);
        n1.written(1);
        assertTrue(n1.status().inDoubt());
        n1.receive("n2", catchingUp(3, 9, 3, 10, 3));
        n1.written(2);
        assertFalse(n1.status().inDoubt());
    }

    // ---- a state machine that is ahead of the log

    @Test
    void r18AMachineAheadOfTheLogWaitsForItWithoutApplyingTwice() {
        CoreHarness n1 = inDoubt().applied(4).start();
        assertEffects(n1.start);
        assertEquals(2, n1.status().commit());
        n1.receive("n2", catchingUp(3, 2, 3, 4, 3, 3));
        assertEquals("settle: not in doubt any more: caught up with n2 of term 3 at index 4", n1.written(1).get(1));
        n1.persisted(2);
        // What it says to apply starts above what the log had; the apply queue drops what the machine has.
        assertEffects(n1.receive("n2", append("n2", 3, 4, 3, 4)),
                "apply 4", "send n2 control AppendEntriesReply(term 3 of 3 match 4 prev 4)");
    }

    @Test
    void r18AMachineAheadOfTheLogDoesNotFollowAClusterThatAcceptedALoss() {
        long era = Era.after(3);
        CoreHarness n1 = inDoubt().applied(4).start();
        assertTrue(n1.receive("n2", catchingUp(era, 2, 3, 4, era, era)).getLast().startsWith("fail LOST_DATA"));
        // Also when a restart has made the new term its own.
        CoreHarness again = n1OfThree().term(era).log(1, 3).inDoubtSince(3).applied(4).start();
        assertTrue(again.receive("n2", catchingUp(era, 2, 3, 4, era, era)).getLast().startsWith("fail LOST_DATA"));
    }

    @Test
    void r18ADoubtThatIsRaisedAgainDoesNotHideALossThatWasAcceptedInBetween() {
        long era = Era.after(3);
        CoreHarness n1 = inDoubt().applied(4).start();
        n1.receive("n3", requestVote("n3", era, 9, 3));
        n1.persisted(Long.MAX_VALUE);
        Introduction plain = n1.introduction(id("n2"), 2);
        n1.step(new Event.PeerConnected(plain.withSeen(List.of(new Sighting(CoreHarness.incarnation(id("n1")), 99,
                new UUID(99, 99), "10.0.0.9:7001")))));
        n1.persisted(Long.MAX_VALUE);
        List<String> effects = n1.step(new Event.Received(id("n2"), plain.incarnation(), plain.run(), Lane.DATA,
                catchingUp(era, 2, 3, 4, era, era), 0));
        assertTrue(!effects.isEmpty() && effects.getLast().startsWith("fail LOST_DATA"), effects.toString());
    }

    @Test
    void r18AMachineThatIsNotAheadFollowsAClusterThatAcceptedALoss() {
        long era = Era.after(3);
        CoreHarness n1 = inDoubt().applied(2).start();
        n1.receive("n2", catchingUp(era, 2, 3, 3, era));
        n1.persisted(Long.MAX_VALUE);
        n1.written(Long.MAX_VALUE);
        assertFalse(n1.status().inDoubt());
    }

    @Test
    void r18AMachineStillAheadWhereTheLeaderStoodHasAppliedWhatIsLost() {
        CoreHarness n1 = inDoubt().applied(9).start();
        n1.receive("n2", catchingUp(3, 2, 3, 3, 3));
        assertEquals("fail LOST_DATA: the state machine has applied entries up to 9, and the leader's log ended at 3",
                n1.written(1).getLast());
    }

    @Test
    void r18WhatTheMachineAppliedIsNeverOverwritten() {
        CoreHarness n1 = inDoubt().applied(4).start();
        n1.receive("n2", catchingUp(3, 2, 3, 9, 3, 3));
        n1.written(1);
        assertThrows(IllegalStateException.class, () -> n1.receive("n3", append("n3", 4, 2, 3, 0, 4)));
    }

    // ---- eras

    @Test
    void r18AnAcceptedLossBeginsAnEraAboveEveryTermOfTheLast() {
        assertEquals(1_000_000_000, Era.after(0));
        assertEquals(1_000_000_000, Era.after(999_999_999));
        assertEquals(2_000_000_000, Era.after(1_000_000_000));
        assertEquals(1, Era.of(Era.after(7)));
    }
}
