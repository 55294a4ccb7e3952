package io.driftless.raft;

import static io.driftless.raft.CoreHarness.append;
import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static io.driftless.raft.CoreHarness.requestVote;
import static io.driftless.raft.CoreHarness.server;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** R11: who cannot work does not lead, for want of a quorum that answers (thesis §6.2) or of a disk that moves. */
class CheckQuorumRulesTest {

    @Test
    void r11ALeaderWithoutAQuorumStepsDown() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.written(2);
        n1.pass(299).tick();
        assertEquals("leader", n1.status().role());
        assertEffects(n1.pass(1).tick(), "role follower term 2 leader none: heard no quorum for electionTimeoutMin");
    }

    @Test
    void r11OneReplyOfTheTermKeepsALeaderOfThreeInPlace() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.written(2);
        n1.pass(299).receive("n3", CoreHarness.match(2, 0, 0));
        n1.pass(299).tick();
        assertEquals("leader", n1.status().role());
        n1.pass(1).tick();
        assertEquals("follower", n1.status().role());
    }

    @Test
    void r11AReplyToAnotherTermDoesNotCount() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.written(2);
        n1.pass(299).receive("n3", new Message.AppendEntriesReply(2, 1, false, 0, 0, 1, 0, false, 0, 0));
        n1.pass(1).tick();
        assertEquals("follower", n1.status().role());
    }

    @Test
    void r11AJointLeaderNeedsBothMajorities() {
        CoreHarness n1 = server("n1", new Configuration(CoreHarness.ids("n1", "n4", "n5"), CoreHarness.ids("n1", "n2",
                "n3"),
                CoreHarness.ids())).term(1).log(1).leading();
        n1.written(2);
        n1.pass(299);
        n1.receive("n2", CoreHarness.match(2, 0, 0));
        n1.receive("n3", CoreHarness.match(2, 0, 0));
        n1.pass(1).tick();
        assertEquals("follower", n1.status().role());
    }

    @Test
    void r11ALeaderWithAStuckDiskStepsDown() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.pass(299).receive("n2", CoreHarness.match(2, 0, 0));
        assertEffects(n1.pass(1).tick(), "role follower term 2 leader none: its disk is stuck");
    }

    @Test
    void r11ABacklogThatMovesIsNotAStuckDisk() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        for (int i = 0; i < 5; i++) {
            n1.propose("x");
        }
        for (long writeId = 2; writeId < 6; writeId++) {
            n1.pass(250).receive("n2", CoreHarness.match(2, 0, 0));
            n1.tick();
            assertEquals("leader", n1.status().role());
            n1.written(writeId);
            assertEquals("", n1.status().blocked());
        }
        n1.pass(299).receive("n2", CoreHarness.match(2, 0, 0));
        assertEffects(n1.pass(1).tick(), "role follower term 2 leader none: its disk is stuck");
    }

    @Test
    void r11AHardStateThatIsWrittenShowsThatTheDiskMoves() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n2", append("n2", 1, 1, 1, 0, 1));
        n1.pass(200).receive("n3", requestVote("n3", 2, 2, 1));
        assertEquals("", n1.status().blocked());
        n1.pass(99).receive("n3", append("n3", 2, 1, 1, 0));
        n1.persisted(2);
        n1.pass(299);
        n1.tick();
        assertEquals("", n1.status().blocked());
        n1.pass(1);
        n1.tick();
        assertEquals("disk stuck", n1.status().blocked());
    }

    @Test
    void r11AServerWithAStuckDiskDoesNotCampaign() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n2", append("n2", 1, 1, 1, 0, 1));
        assertEffects(n1.timesOut());
        n1.written(1);
        assertEquals("role pre_candidate term 1 leader none: election timeout", n1.timesOut().getFirst());
    }

    @Test
    void r11AServerWhoseVoteIsNotWrittenDoesNotCampaignAgain() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.timesOut();
        n1.receive("n2", new Message.PreVoteReply(1, 2, true));
        n1.persisted(1);
        assertEquals("candidate", n1.status().role());
        n1.pass(n1.wakesInMs() - 200).receive("n2", new Message.RequestVoteReply(3, 2, false));
        assertEffects(n1.timesOut(),
                "role pre_candidate term 3 leader none: election timeout");
        assertEffects(n1.timesOut(), "role follower term 3 leader none: its disk is stuck");
        assertEffects(n1.timesOut());
    }
}
