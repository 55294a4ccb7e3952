package io.driftless.raft;

import static io.driftless.raft.CoreHarness.append;
import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static io.driftless.raft.CoreHarness.part;
import static io.driftless.raft.CoreHarness.requestVote;
import static io.driftless.raft.CoreHarness.snapshot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Rule R18 for snapshots: what a leader that was elected after a loss was accepted need not have. */
class SnapshotEraRulesTest {

    private static final long LATER = Era.after(2);
    private static final SnapshotId S9 = snapshot(9, 2);

    /** n1 in term 2, with 1@1, 2@1 and 3@2; the leader of that term has sent all of S9, which is being written. */
    private static CoreHarness sent(long term) {
        CoreHarness n1 = n1OfThree().term(2).log(1, 1, 2).start();
        n1.receive("n2", part("n2", term, S9, 0, 0));
        n1.receive("n2", part("n2", term, S9, 0, 20));
        n1.step(new Event.ChunkWritten(S9, 20));
        n1.receive("n2", part("n2", term, S9, 20, 10));
        return n1;
    }

    private static List<String> received(CoreHarness n1) {
        return received(n1, 0);
    }

    private static List<String> received(CoreHarness n1, long era) {
        return n1.step(new Event.SnapshotReceived(S9, 30, era));
    }

    @Test
    void r18ASnapshotOfAnEarlierEraIsNotInstalledUnderALeaderOfALaterOne() {
        CoreHarness n1 = sent(2);
        n1.receive("n3", append("n3", LATER, 3, 2, 3, LATER));
        n1.persisted(Long.MAX_VALUE);
        n1.written(Long.MAX_VALUE);
        assertEffects(received(n1), "discard s9@2", "take snapshot");
        assertEquals(4, n1.status().last());
        assertEquals(3, n1.status().commit());
        // What is acknowledged is here.
        n1.receive("n3", append("n3", LATER, 4, LATER, 5, LATER));
        assertEffects(n1.written(Long.MAX_VALUE),
                "apply 5",
                "send n3 data AppendEntriesReply(term 1000000000 of 1000000000 match 5 prev 4)");
    }

    @Test
    void r18NorBeforeThatLeaderIsHeard() {
        CoreHarness n1 = sent(2);
        n1.pass(1_000).receive("n3", requestVote("n3", LATER, 3, 2));
        assertEffects(received(n1), "discard s9@2", "take snapshot");
        n1.persisted(Long.MAX_VALUE);
        n1.receive("n3", append("n3", LATER, 3, 2, 3));
        assertEquals("", n1.status().blocked());
    }

    @Test
    void r18NorByALeaderOfALaterEraItself() {
        CoreHarness n1 = sent(2);
        n1.pass(1_000).receive("n3", requestVote("n3", LATER, 3, 2));
        n1.persisted(Long.MAX_VALUE);
        n1.getsElected();
        assertEffects(received(n1), "discard s9@2", "take snapshot");
        assertEquals("leader", n1.status().role());
    }

    @Test
    void r18ALeaderOfALaterEraThatSendsASnapshotHasWhatItHolds() {
        CoreHarness n1 = sent(LATER);
        assertTrue(received(n1).contains("restore s9@2"));
        assertEquals(9, n1.status().commit());
        n1.receive("n2", append("n2", LATER, 9, 2, 9, LATER));
        n1.receive("n2", append("n2", LATER, 4, 1, 9));
        assertEquals("restoring", n1.status().blocked());
    }

    /** It was restored from what the leader of a later era has sent, and has heard nothing since. */
    private static CoreHarness restoredAndTimedOut() {
        CoreHarness n1 = sent(LATER);
        received(n1);
        n1.persisted(Long.MAX_VALUE);
        n1.written(Long.MAX_VALUE);
        n1.step(new Event.MachineRestored(9));
        n1.timesOut();
        return n1;
    }

    /** Its acknowledgement was lost on the way, so the leader asks where it last knew the logs to agree. */
    @Test
    void r18WhatTheLeaderOfThisTermHasSentIsStillItsAfterARoundInVain() {
        CoreHarness n1 = restoredAndTimedOut();
        assertEquals("pre_candidate", n1.status().role());
        assertEffects(n1.receive("n2", append("n2", LATER, 3, 2, 3)),
                "role follower term 1000000000 leader n2: heard the leader",
                "send n2 control AppendEntriesReply(term 1000000000 of 1000000000 match 3 prev 3)");
        // It is not that of another term.
        n1.receive("n2", append("n2", LATER + 1, 3, 2, 3));
        assertEquals("failed", n1.status().blocked());
    }

    @Test
    void r18NorIsItAfterAnElectionInVain() {
        CoreHarness n1 = restoredAndTimedOut();
        n1.receive("n3", new Message.PreVoteReply(LATER, LATER + 1, true));
        assertEquals("candidate", n1.status().role());
        n1.receive("n2", append("n2", LATER + 1, 3, 2, 3));
        assertEquals("failed", n1.status().blocked());
    }

    /** The log has all of it, so nothing is reset; what the log forgets then cannot be compared any more. */
    @Test
    void r18WhatTheLeaderOfThisTermHasSentIsItsAlsoIfItComesInDuringARound() {
        CoreHarness n1 = n1OfThree().term(2).log(1, 1, 2, 2, 2, 2, 2, 2, 2, 2).start();
        n1.receive("n2", part("n2", LATER, S9, 0, 0));
        n1.persisted(Long.MAX_VALUE);
        n1.timesOut();
        assertEquals("pre_candidate", n1.status().role());
        assertTrue(received(n1).contains("compact log 9"));
        n1.receive("n2", append("n2", LATER, 3, 2, 3));
        assertEquals("", n1.status().blocked());
    }

    /** Only the state machine is restored from it: the log had it, and the next leader need not. */
    @Test
    void r18WhatAnEarlierLeaderHasSentIsNoProofOfWhatThisOneHas() {
        SnapshotId five = snapshot(5, 1);
        CoreHarness n1 = n1OfThree().term(2).logBehind(5, 1, 1, 2).start();
        n1.receive("n2", part("n2", 2, five, 0, 0));
        n1.receive("n3", append("n3", LATER, 0, 0, 0));
        assertEquals("restore s5@1", n1.step(new Event.SnapshotReceived(five, 30, 0)).getFirst());
        n1.step(new Event.MachineRestored(5));
        n1.receive("n3", append("n3", LATER, 4, 1, 4));
        assertEquals("failed", n1.status().blocked());
    }

    @Test
    void r18TheNextLeaderOfThatEraNeedNotHaveIt() {
        CoreHarness n1 = sent(LATER);
        n1.receive("n3", append("n3", LATER + 1, 3, 2, 3, LATER + 1));
        assertEffects(received(n1), "discard s9@2", "take snapshot");
        // Unless it sends it too.
        CoreHarness other = sent(LATER);
        other.receive("n3", part("n3", LATER + 1, S9, 0, 0));
        assertTrue(received(other).contains("restore s9@2"));
        // What was installed stays, and cannot be compared any more.
        CoreHarness installed = sent(LATER);
        received(installed);
        installed.receive("n3", append("n3", LATER + 1, 4, LATER + 1, 3));
        assertEquals("failed", installed.status().blocked());
    }

    @Test
    void r18EveryLeaderOfTheEraInWhichItsSenderKnewItToBeCommittedHasIt() {
        CoreHarness n1 = sent(LATER);
        n1.receive("n3", append("n3", LATER + 1, 0, 0, 0));
        assertTrue(received(n1, 1).contains("restore s9@2"));
        assertEquals(9, n1.status().commit());
        n1.receive("n2", append("n2", LATER + 2, 4, 1, 9));
        assertEquals("restoring", n1.status().blocked());
        CoreHarness early = sent(2);
        early.receive("n3", append("n3", LATER, 3, 2, 3, LATER));
        assertEffects(received(early), "discard s9@2", "take snapshot");
    }

    @Test
    void r18AStartKnowsTheEraFromTheSnapshot() {
        CoreHarness n1 = behind9().snapshot(S9, 1).applied(9).start();
        n1.receive("n2", append("n2", LATER, 4, 1, 4));
        assertEquals("", n1.status().blocked());
        n1.receive("n2", append("n2", Era.after(LATER), 4, 1, 4));
        assertEquals("failed", n1.status().blocked());
        CoreHarness earlier = behind9().snapshot(S9, 0).applied(9).start();
        earlier.receive("n2", append("n2", LATER, 4, 1, 4));
        assertEquals("failed", earlier.status().blocked());
    }

    @Test
    void r18SnapshotsThatAreTakenAreOfTheEraOfTheNewestCommittedEntry() {
        assertEquals(List.of(), n1OfThree().term(2).log(1, 1, 2).applied(3).start().start);
        CoreHarness n1 = n1OfThree().term(LATER).log(1, 1, 2, LATER).applied(3).start();
        assertEquals(List.of(), n1.start);
        n1.receive("n2", append("n2", LATER, 4, LATER, 3));
        assertEffects(n1.receive("n2", append("n2", LATER, 4, LATER, 4)).subList(0, 2),
                "committed in era 1",
                "apply 4");
        assertEquals(List.of("committed in era 1"), n1OfThree().term(LATER).log(1, 1, 2, LATER).applied(4).start()
                .start);
    }

    private static CoreHarness.Builder behind9() {
        return n1OfThree().term(LATER).logBehind(9, 2);
    }

    @Test
    void r18OfOneThatTheLogHoldsNothingIsToldToALeaderThatNeedNotHaveIt() {
        CoreHarness n1 = sent(2);
        n1.receive("n2", append("n2", 2, 3, 2, 9, 2, 2, 2, 2, 2, 2));
        n1.written(Long.MAX_VALUE);
        n1.receive("n3", append("n3", LATER, 0, 0, 0));
        n1.persisted(Long.MAX_VALUE);
        assertEquals(9, n1.status().commit());
        assertEffects(received(n1), "compact log 8");
    }

    @Test
    void r18OfTheEraInWhichItIsKnownToBeCommittedEveryLeaderHasIt() {
        CoreHarness n1 = n1OfThree().term(2).log(1, 1, 1, 1).start();
        n1.receive("n3", append("n3", LATER, 4, 1, 4, 1, 1, 1, 1, 1));
        n1.persisted(Long.MAX_VALUE);
        n1.receive("n3", append("n3", LATER, 9, 1, 9, LATER));
        n1.written(Long.MAX_VALUE);
        n1.receive("n3", append("n3", LATER, 10, LATER, 10));
        n1.step(new Event.SnapshotTaken(snapshot(9, 1), 30));
        assertEquals(10, n1.status().first());
        n1.step(new Event.PeerDisconnected(CoreHarness.id("n3")));
        n1.timesOut();
        n1.connect(CoreHarness.id("n3"));
        // What the leader had heard of.
        n1.receive("n3", append("n3", LATER, 4, 1, 4));
        assertEquals("", n1.status().blocked());
        // Of the next era nobody knows.
        n1.receive("n3", append("n3", Era.after(LATER), 4, 1, 4));
        assertEquals("failed", n1.status().blocked());
    }

    @Test
    void r18NothingBelowTheBoundaryIsAcknowledgedToALeaderThatBeginsWithAnEmptyLog() {
        CoreHarness n1 = n1OfThree().term(2).logBehind(5, 1, 1, 2).applied(5).start();
        n1.receive("n2", append("n2", LATER, 0, 0, 0, LATER));
        assertEquals("failed", n1.status().blocked());
    }

    @Test
    void r18ALeaderOfALaterEraThatHasSomethingElseWhereThisServerHasCommittedEndsIt() {
        CoreHarness n1 = n1OfThree().term(2).log(1, 1, 2, 2).applied(4).start();
        assertEquals("fail LOST_DATA: entry 4 was committed here, and a loss was accepted since: the leader of term "
                + "1000000000 has another one", n1.receive("n2", append("n2", LATER, 3, 2, 0, LATER)).getLast());
        CoreHarness offered = n1OfThree().term(2).log(1, 1, 2, 2).applied(4).start();
        offered.receive("n2", part("n2", LATER, snapshot(4, LATER), 0, 0));
        assertEquals("failed", offered.status().blocked());
        // Its snapshot may be ahead of what it knows to be committed.
        CoreHarness ahead = n1OfThree().term(2).log(1, 1, 2, 2).snapshot(snapshot(4, 2)).start();
        ahead.receive("n2", append("n2", LATER, 3, 2, 0, LATER));
        assertEquals("failed", ahead.status().blocked());
    }
}
