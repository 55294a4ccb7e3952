package io.driftless.raft;

import static io.driftless.raft.CoreHarness.id;
import static io.driftless.raft.CoreHarness.match;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** R20: what becomes of reads that wait when whom they wait for, or who waits, is not there any more. */
class WaitingReadsRulesTest {

    private static final ServerId N2 = id("n2");

    private static Message.AppendEntriesReply round(long round) {
        return new Message.AppendEntriesReply(2, 2, true, 2, 2, 0, 0, false, 0, round);
    }

    private static Message heartbeat() {
        return new Message.AppendEntries(2, N2, 2, 2, TermRuns.of(3, 2, 0), 2, 0, 0, 5, Content.NONE);
    }

    private static List<String> only(List<String> effects, String what) {
        return effects.stream().filter(effect -> effect.contains(what)).toList();
    }

    private static List<String> fromStart(CoreHarness n1, long boot, Message message) {
        return n1.step(new Event.Received(N2, CoreHarness.incarnation(N2), CoreHarness.run(N2, boot), Lane.CONTROL,
                message, n1.nowNs()));
    }

    /** n3 is in doubt: it keeps n1 in office and its acknowledgements count, but it confirms no round. */
    @Test
    void r20AReadOfAnEarlierStartOfAFollowerIsNotAnsweredToALaterOne() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.written(2);
        n1.receive("n3", match(2, 2, 2));
        // The first process of n2 asks, with its first number, and is killed.
        n1.receive("n2", new Message.ReadIndex(2, 1));
        n1.step(new Event.PeerDisconnected(N2));
        n1.propose("x");
        n1.written(3);
        assertEquals(List.of("apply 3"), only(n1.receive("n3", match(2, 3, 2)), "apply"));
        // Its second process asks, with its first number too: 3 was committed long before.
        n1.step(new Event.PeerConnected(n1.introduction(N2, 2)));
        fromStart(n1, 2, new Message.ReadIndex(2, 1));
        assertEquals(List.of(), only(fromStart(n1, 2, round(1)), "ReadIndexReply(term 2 id 1 index 2)"));
    }

    /** In doubt it does not campaign, and stays the follower of a leader that it hears no more. */
    @Test
    void r20AFollowerThatMayNotCampaignRefusesReadsOfALeaderThatIsSilent() {
        CoreHarness n1 = n1OfThree().term(2).log(1, 2).inDoubtSince(2).start();
        n1.receive("n2", heartbeat());
        n1.step(new Event.Read(7));
        for (int i = 0; i < 100; i++) {
            List<String> refused = only(n1.timesOut(), "read 7 refused");
            if (!refused.isEmpty()) {
                return;
            }
        }
        assertEquals("refused", "waits for ever");
    }

    @Test
    void r20AFollowerThatMayNotCampaignRefusesReadsWhenTheLeaderIsDisconnected() {
        CoreHarness n1 = n1OfThree().term(2).log(1, 2).inDoubtSince(2).start();
        n1.receive("n2", heartbeat());
        n1.step(new Event.Read(7));
        List<String> effects = new ArrayList<>(n1.step(new Event.PeerDisconnected(N2)));
        for (int i = 0; i < 100; i++) {
            effects.addAll(n1.timesOut());
        }
        assertEquals(1, only(effects, "read 7 refused").size());
    }

    /** Nobody who answers is sure: the leader stays in office, and what it is asked is not answered in any time. */
    @Test
    void r20ALeaderThatOnlyServersInDoubtFollowTellsSo() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.written(2);
        n1.receive("n2", match(2, 2, 2));
        n1.step(new Event.Read(7));
        for (int i = 0; i < 1_000; i++) {
            if (!only(n1.timesOut(), "read 7").isEmpty() || !only(n1.receive("n2", round(0)), "read 7").isEmpty()) {
                return;
            }
        }
        assertEquals("told", "waits for ever, role " + n1.status().role());
    }

    /** What is sent to n2 on the data lane in 10 s in which n2 answers heartbeats, and never what it was sent. */
    private static long sentAgain(boolean isRead) {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.written(2);
        long sent = 0;
        for (int i = 1; i <= 500; i++) {
            n1.pass(20);
            if (isRead) {
                sent += only(n1.step(new Event.Read(i)), "send n2 data").size();
            }
            sent += only(n1.receive("n3", Lane.CONTROL, new Message.AppendEntriesReply(2, 2, true, 0, 0, 0, 0, false,
                    0, isRead ? i : 0)), "send n2 data").size();
            sent += only(n1.receive("n2", Lane.CONTROL, match(2, 0, 0)), "send n2 data").size();
            sent += only(n1.tick(), "send n2 data").size();
        }
        return sent;
    }

    @Test
    void r13WhatSeemsLostIsSentAgainWhereNobodyReads() {
        assertNotEquals(0, sentAgain(false));
    }

    /** A round is a heartbeat, and puts off the next one: what belongs to that never comes. */
    @Test
    void r13WhatSeemsLostIsSentAgainAlsoWhileClientsRead() {
        assertNotEquals(0, sentAgain(true));
    }

    /**
     * Followers ask all the time. The driver looks after sessions when a tick is due ({@code Input.Tick}), and its
     * clock only knows the newest deadline.
     */
    @Test
    void r20ALeaderThatIsAskedAllTheTimeIsWokenForItsTickAllTheSame() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.written(2);
        n1.receive("n2", match(2, 2, 2));
        n1.receive("n3", match(2, 2, 2));
        boolean isDue = false;
        for (int i = 1; i <= 500 && !isDue; i++) {
            n1.pass(20);
            isDue = n1.core.nextDeadlineNs() <= n1.nowNs();
            n1.receive("n2", new Message.ReadIndex(2, i));
            n1.receive("n3", Lane.CONTROL, round(i));
            n1.receive("n2", Lane.CONTROL, round(i));
        }
        assertEquals(true, isDue, "no tick in 10 s");
    }

    /** Its index may never be applied: the next leader's log may be shorter, and nothing may be written to it. */
    @Test
    void r20AReadAtANoopThatIsNotCommittedIsRefusedWithTheLeadership() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1, 1).leading();
        List<String> effects = new ArrayList<>(n1.step(new Event.Read(7)));
        effects.addAll(n1.receive("n2", new Message.AppendEntriesReply(2, 2, true, 0, 0, 0, 0, false, 0, 1)));
        // A leader of term 3 whose log has two entries less: its no-op stands at 3, and the read waits for 5.
        effects.addAll(n1.receive("n3", new Message.RequestVoteReply(3, 3, false)));
        assertEquals(List.of("read 7 refused, leader none"), only(effects, "read 7"));
    }

    /** The pace of rounds is that of the fastest majority; a control lane takes 1 MiB, then the link breaks. */
    @Test
    void r20AFollowerThatIsSlowToAnswerIsNotSentARoundForEachOfTheOthers() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.written(2);
        n1.receive("n3", match(2, 2, 2));
        long toTheSlow = 0;
        for (int i = 1; i <= 20_000; i++) {
            toTheSlow += only(n1.step(new Event.Read(i)), "send n2 control").size();
            n1.receive("n3", Lane.CONTROL, round(i));
        }
        assertTrue(toTheSlow < 10_000, toTheSlow + " heartbeats wait for n2, which has answered none");
    }
}
