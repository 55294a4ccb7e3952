package io.driftless.raft;

import static io.driftless.raft.CoreHarness.ids;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Stories of several servers, kept as transcripts: {@code -Drewrite} writes them anew. */
class TranscriptTest {

    @Test
    void firstElection() throws IOException {
        Story story = Story.of("First election", "n1", "n2", "n3").startAll()
                .tell(
                "n1's timer runs out first: it asks whether it would be elected, is, and begins its term with a no-op")
                .elect("n1")
                .tell("the next heartbeat tells the others what is committed").timesOut("n1").settle()
                .tell("clients are served").propose("n1", "x=1", "y=2").settle().timesOut("n1").settle().logs();
        assertTrue(story.server("n1").isLeader());
        story.check("first-election");
    }

    @Test
    void splitVote() throws IOException {
        Story story = Story.of("Split vote", "n1", "n2", "n3", "n4").startAll()
                .tell("n1 and n2 both ask first, and both would be elected").timesOut("n1").timesOut("n2")
                .deliver("n1", "n3", Lane.CONTROL).deliver("n1", "n4", Lane.CONTROL).deliver("n2", "n3", Lane.CONTROL)
                .deliver("n2", "n4", Lane.CONTROL).deliver("n3", "n1", Lane.CONTROL).deliver("n4", "n1", Lane.CONTROL)
                .deliver("n3", "n2", Lane.CONTROL).deliver("n4", "n2", Lane.CONTROL)
                .deliver("n1", "n2", Lane.CONTROL).deliver("n2", "n1", Lane.CONTROL)
                .tell("n3 votes for n1, n4 for n2: nobody has three of four").persists("n1").persists("n2")
                .deliver("n1", "n3", Lane.CONTROL).deliver("n2", "n4", Lane.CONTROL).settle().logs()
                .tell("whoever times out first the next time wins").elect("n2").logs();
        assertTrue(story.server("n2").isLeader());
        story.check("split-vote");
    }

    @Test
    void preVoteOfAPartitionedServer() throws IOException {
        Story story = Story.of("Pre-vote of a partitioned server", "n1", "n2", "n3").startAll().elect("n1")
                .tell("n3 is cut off; it asks in vain, and its term stays").isolate("n3")
                .heartbeats("n1", "n3").timesOut("n3").heartbeats("n1", "n3").timesOut("n3")
                .tell("n1 leads on with n2").propose("n1", "x=1").settle()
                .tell(
                "n3 comes back while it still campaigns: it is refused by those who hear their leader, and"
                        + " nobody is disturbed")
                .connect("n3", "n2").heartbeats("n1", "n3").timesOut("n3").settle()
                .tell("once it is connected to n1 it catches up").connect("n3", "n1").settle().logs();
        assertEquals(1, story.server("n1").core().status().term());
        assertTrue(story.server("n1").isLeader());
        story.check("pre-vote-of-a-partitioned-server");
    }

    @Test
    void conflictingSuffix() throws IOException {
        Story story = Story.of("Conflicting suffix", "n1", "n2", "n3")
                .has("n1", 3, 1, 1, 3).has("n2", 3, 1, 1, 3).has("n3", 2, 1, 1, 2, 2, 2).startAll().logs()
                .tell("n1 leads; n3 has three entries of term 2 that nobody else has, and loses them").elect("n1")
                .logs();
        assertEquals(4, story.server("n3").disk.log().size());
        story.check("conflicting-suffix");
    }

    @Test
    void figure7() throws IOException {
        Story story = Story.of("Figure 7: the leader's log and those of the followers a to f",
                Configuration.of(ids("a", "b", "c", "d", "e", "f", "leader")))
                .has("leader", 7, 1, 1, 1, 4, 4, 5, 5, 6, 6, 6)
                .has("a", 6, 1, 1, 1, 4, 4, 5, 5, 6, 6)
                .has("b", 4, 1, 1, 1, 4)
                .has("c", 6, 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6)
                .has("d", 7, 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7)
                .has("e", 4, 1, 1, 1, 4, 4, 4, 4)
                .has("f", 3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3)
                .startAll().logs()
                .tell("it needs four of seven: c and d, whose logs are longer, refuse; a, b, e and f do not").elect(
                "leader").logs();
        for (Server server : story.cluster.servers.values()) {
            assertEquals(story.server("leader").disk.log(), server.disk.log());
        }
        story.check("figure-7");
    }

    @Test
    void figure8() throws IOException {
        RaftSettings oneByOne = new RaftSettings(300 * CoreHarness.MS, 600 * CoreHarness.MS, 50 * CoreHarness.MS, 1, 1);
        Story story = Story.of("Figure 8: an entry of an earlier term on a majority is not committed", oneByOne, "s1",
                "s2", "s3", "s4", "s5")
                .has("s1", 3, 1, 2).has("s2", 3, 1, 2).has("s3", 3, 1).has("s4", 3, 1).has("s5", 3, 1, 3)
                .tell("(c) s5 is down. s1 is elected in term 4").start("s1", "s2", "s3", "s4").connectAll().timesOut(
                "s1").settleUntilLeads("s1")
                .tell("it brings the entry 2@2, and no more yet, to s3: with s2 it is on a majority, and not committed")
                .deliver("s1", "s2", Lane.DATA).deliver("s1", "s2", Lane.DATA).deliver("s2", "s1", Lane.DATA)
                .deliver("s1", "s3", Lane.DATA).deliver("s1", "s3", Lane.DATA)
                .deliver("s3", "s1", Lane.DATA).deliver("s3", "s1", Lane.DATA)
                .deliver("s1", "s3", Lane.DATA).deliver("s3", "s1", Lane.DATA)
                .deliver("s1", "s3", Lane.DATA).writes("s3").deliver("s3", "s1", Lane.DATA).logs();
        assertEquals(0, story.server("s1").core().status().commit());
        story.tell(
                "(d) s1 crashes; s5 comes up and is elected, since its last term is later, and the entry 2@2 is"
                        + " overwritten everywhere")
                .crash("s1").start("s5").connectAll().pass(600).elect("s5").elect("s5").logs()
                .tell("s1 comes back and gives it up as well").start("s1").connectAll().settle().logs();
        assertEquals(story.server("s5").disk.log(), story.server("s1").disk.log());
        assertTrue(story.server("s5").isLeader());
        story.check("figure-8");
    }

    @Test
    void leaderOutOfDateResigns() throws IOException {
        Story story = Story.of("A leader out of date resigns", "n1", "n2", "n3").startAll().elect("n1")
                .tell("n1 is cut off, and takes a command that it cannot replicate").isolate("n1").propose("n1",
                "lost=1").settle()
                .tell("n2 is elected in its place, and commits").pass(250).elect("n2").propose("n2", "kept=1").settle()
                .tell("n1 comes back: a higher term, and it resigns; what it had of its own is overwritten").connect(
                "n1", "n2")
                .connect("n1", "n3").settle().timesOut("n2").settle().logs();
        assertEquals(story.server("n2").disk.log(), story.server("n1").disk.log());
        story.check("leader-out-of-date-resigns");
    }

    @Test
    void followerRestart() throws IOException {
        Story story = Story.of("A follower restarts", "n1", "n2", "n3").startAll().elect("n1")
                .propose("n1", "a", "b").settle()
                .tell("n3 has a command that is not synced when it crashes").hold("n3").propose("n1", "c").settle()
                .crash("n3")
                .tell("it comes back with its second boot, is probed afresh, and catches up").release("n3").start("n3")
                .connect("n1", "n3").connect("n2", "n3").settle().timesOut("n1").settle().logs();
        assertEquals(story.server("n1").disk.durableLog(), story.server("n3").disk.durableLog());
        story.check("follower-restart");
    }

    @Test
    void slowFollower() throws IOException {
        Story story = Story.of("A slow follower: batches of two entries, a window of four", "n1", "n2", "n3").startAll()
                .elect("n1")
                .tell("n3's disk takes its time").hold("n3").propose("n1", "a", "b", "c", "d", "e", "f", "g").settle()
                .tell("heartbeats say that it is writing, so nothing is sent again").timesOut("n1").settle()
                .tell("it catches up").release("n3").settle().logs();
        assertEquals(8, story.server("n3").disk.durableLog().size());
        story.check("slow-follower");
    }

    @Test
    void backlog() throws IOException {
        Story story = Story.of("A backlog that moves is no stuck disk", "n1", "n2", "n3").startAll().elect("n1")
                .tell("n1's disk takes 200 ms for each of four commands; the others have them at once").hold("n1");
        for (String word : new String[] {"a", "b", "c", "d"}) {
            story.propose("n1", word);
        }
        story.settle().tell("n1 leads on: whenever a write completes, the next one may take as long again");
        for (int i = 0; i < 4; i++) {
            story.heartbeats("n1", 4).writesOne("n1");
        }
        story.release("n1").settle().logs();
        assertTrue(story.server("n1").isLeader());
        assertEquals(1, story.server("n1").core().status().term());
        story.check("backlog");
    }

    @Test
    void preCandidateThatVotes() throws IOException {
        Story story = Story.of("A pre-candidate that gives its vote gives up its own round", "n1", "n2", "n3", "n4",
                "n5").startAll()
                .tell("n1 wins its pre-vote; n2's timer runs out as well, and nobody has answered it yet")
                .timesOut("n1").deliver("n1", "n3", Lane.CONTROL).deliver("n1", "n4", Lane.CONTROL)
                .deliver("n3", "n1", Lane.CONTROL).deliver("n4", "n1", Lane.CONTROL).persists("n1")
                .deliver("n1", "n5", Lane.CONTROL).deliver("n1", "n2", Lane.CONTROL)
                .deliver("n1", "n5", Lane.CONTROL).persists("n5").persists("n5")
                .tell("n2 learns of the term by a reply, asks in its turn, and then n1 asks it for its vote")
                .timesOut("n2").deliver("n2", "n5", Lane.CONTROL).deliver("n5", "n2", Lane.CONTROL)
                .persists("n2").timesOut("n2").deliver("n1", "n2", Lane.CONTROL).persists("n2")
                .tell("n4 and n5 would vote for n2 in the term after; it does not campaign, and n1 leads")
                .deliver("n2", "n5", Lane.CONTROL).deliver("n2", "n4", Lane.CONTROL).deliver("n2", "n4", Lane.CONTROL)
                .deliver("n5", "n2", Lane.CONTROL).deliver("n4", "n2", Lane.CONTROL).deliver("n4", "n2", Lane.CONTROL)
                .settle().logs();
        assertTrue(story.server("n1").isLeader());
        assertEquals(1, story.server("n1").core().status().term());
        story.check("pre-candidate-that-votes");
    }

    @Test
    void stuckDisk() throws IOException {
        Story story = Story.of("A leader with a stuck disk gives way", "n1", "n2", "n3").startAll().elect("n1")
                .tell(
                "n1's disk hangs; the others have the entry, so it is committed without n1, and not applied there")
                .hold("n1")
                .propose("n1", "a").settle().heartbeats("n1", "n2");
        story.tell("n2 is elected, and n1 follows").pass(300).elect("n2")
                .tell("n1's own timer runs out, and it does not campaign").timesOut("n1").settle()
                .tell("the disk is back").release("n1").settle().timesOut("n2").settle().logs();
        assertTrue(story.server("n2").isLeader());
        story.check("stuck-disk");
    }

    @Test
    void forming() throws IOException {
        Story story = Story.unformed("A cluster forms once", "n1", "n2", "n3").start("n1", "n2")
                .tell("n1 and n2 see each other, and wait for n3").connect("n1", "n2").settle()
                .tell("n3 comes").start("n3").connectAll().settle().elect("n1").logs()
                .tell("n3 loses its disk: it is not let in again, and has no vote");
        story.cluster.wipe(story.server("n3"));
        story.cluster.notice(story.server("n1").links.get(CoreHarness.id("n3")));
        story.cluster.notice(story.server("n2").links.get(CoreHarness.id("n3")));
        story.start("n3").connectAll().settle().timesOut("n1").settle().logs();
        assertTrue(!story.server("n3").isFormed());
        story.check("forming");
    }

    @Test
    void jointConfiguration() throws IOException {
        Configuration joint = new Configuration(ids("n1", "n4", "n5"), ids("n1", "n2", "n3"), ids());
        Story story = Story.of("A joint configuration commits with both majorities", joint).startAll().elect("n1")
                .tell("n4's and n5's disks hold: a majority of the old is not enough").hold("n4", "n5").propose("n1",
                "x=1").settle().logs()
                .tell("with n4 the new ones are a majority as well").release("n4").settle().logs();
        assertEquals(2, story.server("n1").core().status().commit());
        story.check("joint-configuration");
    }
}
