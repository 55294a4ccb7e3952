package io.driftless.raft;

import static io.driftless.raft.CoreHarness.acknowledged;
import static io.driftless.raft.CoreHarness.append;
import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.id;
import static io.driftless.raft.CoreHarness.incarnation;
import static io.driftless.raft.CoreHarness.match;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static io.driftless.raft.CoreHarness.requestVote;
import static io.driftless.raft.CoreHarness.server;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The rules of docs/rules.md about starts, failures and the forming of a cluster: R14 to R18 as far as the core is
 * concerned.
 */
class RecoveryRulesTest {

    private static final Configuration THREE = Configuration.of(CoreHarness.ids("n1", "n2", "n3"));
    private static final Optional<ClusterConfiguration> EMPTY = Optional.empty();
    private static final Optional<ClusterConfiguration> FORMED = Optional.of(CoreHarness.formation(THREE));

    // ---- R14: what was recovered is durable, nothing else is

    @Test
    void r14WhatWasRecoveredCountsAsDurableAndWhatIsWrittenSinceDoesNot() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1).start();
        assertEquals(2, n1.status().durable());
        n1.receive("n2", append("n2", 1, 2, 1, 0, 1));
        assertEquals(2, n1.status().durable());
        assertEquals(3, n1.status().last());
    }

    @Test
    void r14ANewProcessHasCommittedWhatItsStateMachineKeptAndNoMore() {
        assertEquals(0, n1OfThree().term(1).log(1, 1).start().status().commit());
        assertEquals(1, n1OfThree().term(1).log(1, 1).applied(1).start().status().commit());
    }

    // ---- R15: a failed write silences

    @Test
    void r15AServerWhoseDiskFailedNeitherVotesNorAcknowledges() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n2", append("n2", 1, 1, 1, 0, 1));
        assertEffects(n1.step(new Event.WriteFailed("disk full")),
                "role follower term 1 leader none: cannot go on: disk full",
                "fail WRITE_FAILED: disk full");
        assertEffects(n1.written(1));
        assertEffects(n1.receive("n2", append("n2", 1, 1, 1, 1)));
        assertEffects(n1.receive("n3", requestVote("n3", 5, 9, 4)));
        assertEffects(n1.receive("n3", CoreHarness.preVote("n3", 5, 9, 4)));
        assertEffects(n1.pass(10_000).tick());
        assertEffects(n1.step(new Event.WriteFailed("again")));
        assertEquals(Long.MAX_VALUE, n1.core.nextDeadlineNs());
        assertEquals("failed", n1.status().blocked());
    }

    @Test
    void r15AVoteWhoseWriteFailedNeverLeaves() {
        CoreHarness n1 = n1OfThree().term(2).log(1).start();
        n1.receive("n2", requestVote("n2", 2, 1, 1));
        n1.step(new Event.WriteFailed("bad sector"));
        assertEffects(n1.persisted(1));
    }

    @Test
    void r15ALeaderWhoseDiskFailedLeadsNoMore() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        assertEffects(n1.step(new Event.WriteFailed("bad sector")),
                "role follower term 2 leader none: cannot go on: bad sector",
                "fail WRITE_FAILED: bad sector");
        assertEffects(n1.receive("n2", match(2, 2, 1)));
        assertEffects(n1.receive("n3", match(2, 2, 1)));
        assertEffects(n1.propose("x"), "rejected [x] leader none");
        assertEffects(n1.step(new Event.PeerConnected(n1.introduction(id("n2"), 2))));
    }

    // ---- R16: the term is never below that of the log

    @Test
    void r16TheTermIsRaisedToThatOfTheLastEntryAndTheVoteCleared() {
        CoreHarness n1 = n1OfThree().term(2).votedFor("n3").log(1, 4).start();
        assertEffects(n1.start, "persist w1 term 4 vote none");
        assertEquals(4, n1.status().term());
        // R1 holds for this term too.
        assertEffects(n1.receive("n2", requestVote("n2", 4, 2, 4)), "persist w2 term 4 vote n2");
        assertEffects(n1.persisted(1));
        assertEffects(n1.persisted(2), "send n2 control RequestVoteReply(term 4 of 4 granted)");
    }

    @Test
    void r16ATermThatIsNotBelowTheLogsIsKeptWithItsVote() {
        CoreHarness n1 = n1OfThree().term(4).votedFor("n3").log(1, 4).start();
        assertEffects(n1.start);
        assertEffects(n1.receive("n2", requestVote("n2", 4, 2, 4)),
                "send n2 control RequestVoteReply(term 4 of 4 refused)");
    }

    // ---- R17: a cluster is formed once

    @Test
    void r17AnEmptyServerNeitherVotesNorCampaigns() {
        CoreHarness n1 = n1OfThree().empty().unconnected().start();
        n1.step(connected("n2", 1, EMPTY));
        assertEffects(n1.receive("n2", requestVote("n2", 1, 0, 0)));
        assertEffects(n1.receive("n2", CoreHarness.preVote("n2", 1, 0, 0)));
        assertEffects(n1.receive("n2", append("n2", 1, 0, 0, 0, 1)));
        assertEffects(n1.pass(10_000).tick());
        assertEquals(Long.MAX_VALUE, n1.core.nextDeadlineNs());
        assertEquals(List.of(id("n3")), n1.status().waitingFor());
    }

    @Test
    void r17AClusterFormsOnceEveryMemberHasShownTheSameListAndIsEmpty() {
        CoreHarness n1 = n1OfThree().empty().unconnected().start();
        assertEffects(n1.step(connected("n2", 1, EMPTY)));
        assertEffects(n1.step(connected("n3", 1, EMPTY)), "persist formation voters [n1, n2, n3]");
        // Not before that is durable.
        assertEffects(n1.receive("n2", requestVote("n2", 1, 0, 0)));
        assertEquals(EMPTY, n1.core.formation());
        assertEffects(n1.step(new Event.FormationPersisted()),
                "role follower term 0 leader none: cluster formed: " + THREE);
        assertEquals(FORMED, n1.core.formation());
        assertTrue(n1.wakesInMs() >= 300);
        assertEquals("persist w1 term 1 vote none", n1.receive("n2", requestVote("n2", 1, 0, 0)).getFirst());
    }

    @Test
    void r17AMemberListThatDisagreesIsReportedAndWaitedFor() {
        CoreHarness n1 = n1OfThree().empty().unconnected().start();
        Introduction other = new Introduction(id("n2"), incarnation(id("n2")), 1,
                CoreHarness.run(id("n2"), 1), "n1,n2", 1);
        assertEffects(n1.step(new Event.PeerConnected(other)),
                "report member lists disagree: n1 has " + THREE + ", n2 has n1,n2");
        assertEquals(Map.of(id("n2"), "member lists differ: it has n1,n2"), n1.status().neighbours().problems());
        assertEffects(n1.step(new Event.PeerConnected(other)));
        assertEffects(n1.step(connected("n3", 1, EMPTY)));
        assertEquals(List.of(id("n2")), n1.status().waitingFor());
        assertEffects(n1.step(connected("n2", 2, EMPTY)), "persist formation voters [n1, n2, n3]");
    }

    @Test
    void r17AnEmptyServerJoinsThoseWhoFormedWithThisVeryIncarnation() {
        CoreHarness n1 = n1OfThree().empty().unconnected().start();
        n1.step(connected("n2", 1, FORMED));
        assertEffects(n1.step(connected("n3", 1, FORMED)),
                "persist formation voters [n1, n2, n3]");
    }

    @Test
    void r17AWipedServerDoesNotFormAgain() {
        CoreHarness n1 = n1OfThree().empty().unconnected().start();
        assertEffects(n1.step(connected("n2", 1, formedWithout("n1"))),
                "report n2 belongs to a cluster that formed with another incarnation"
                + " of n1: a server that lost its data comes back only by a membership change");
        assertEffects(n1.step(connected("n3", 1, EMPTY)));
        assertEquals(List.of(id("n2")), n1.status().waitingFor());
        assertEquals(List.of(id("n2")), n1.status().neighbours().strangerTo());
        n1.step(new Event.PeerDisconnected(id("n2")));
        assertEquals(List.of(id("n2")), n1.status().neighbours().strangerTo(), "known for good");
    }

    @Test
    void r17TheIncarnationsOfThoseWhoFormedAlreadyRule() {
        CoreHarness n1 = n1OfThree().empty().unconnected().start();
        n1.step(connected("n2", 1, formedWithout("n3")));
        assertEffects(n1.step(connected("n3", 1, EMPTY)), "persist formation voters [n1, n2, n3]");
        n1.step(new Event.FormationPersisted());
        assertEquals(formedWithout("n3"), n1.core.formation());
    }

    @Test
    void r17AddressesThatOthersWriteInAnotherWayKeepNobodyFromFormingAndAreNotStored() {
        SortedMap<ServerId, String> elsewhere = new TreeMap<>();
        THREE.members().forEach(id -> elsewhere.put(id, "elsewhere:1"));
        CoreHarness n1 = n1OfThree().empty().unconnected().start();
        n1.step(connected("n2", 1, EMPTY));
        assertEffects(n1.step(connected("n3", 1, Optional.of(new MemberList(THREE, elsewhere).formedWith(
                CoreHarness.incarnations(THREE))))), "persist formation voters [n1, n2, n3]");
        n1.step(new Event.FormationPersisted());
        assertEquals(FORMED, n1.core.formation());
        assertEquals("n2.example:7001", n1.core.formation().orElseThrow().members().get(id("n2")).address());
    }

    @Test
    void r17AStrangerHasNoSayInTheForming() {
        CoreHarness n1 = n1OfThree().empty().unconnected().start();
        assertEffects(n1.step(connected("n9", 1, formedWithout("n2"))));
        n1.step(connected("n2", 1, EMPTY));
        n1.step(connected("n3", 1, EMPTY));
        n1.step(new Event.FormationPersisted());
        assertEquals(FORMED, n1.core.formation());
    }

    @Test
    void r17ASingleMemberFormsAndLeadsByItself() {
        CoreHarness n1 = server("n1", "n1").empty().start();
        assertEffects(n1.start, "persist formation voters [n1]");
        n1.step(new Event.FormationPersisted());
        n1.timesOut();
        assertEffects(n1.persisted(1), "role leader term 1 leader n1: won the election", "append w2 1@1 noop");
        assertEffects(n1.written(2), "apply 1");
    }

    @Test
    void r17VotesAndAcknowledgementsOfAnotherIncarnationAreNotCounted() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.written(2);
        n1.step(new Event.PeerDisconnected(id("n2")));
        UUID wiped = new UUID(6, 6);
        assertEffects(n1.step(new Event.PeerConnected(new Introduction(id("n2"), wiped, 1,
                CoreHarness.run(id("n2"), 1), THREE.toString(), 1))),
                "report n2 has lost its data: the cluster formed with another incarnation of it, so it is not counted");
        assertEffects(n1.step(new Event.Received(id("n2"), wiped, CoreHarness.run(id("n2"), 1),
                Lane.DATA, match(2, 2, 1), 0)));
        assertEquals(Map.of(id("n2"), "has lost its data: not counted"), n1.status().neighbours().problems());
        assertEquals(Set.of(id("n2")), n1.status().neighbours().notCounted());
        assertEquals(0, n1.status().commit());
        assertTrue(n1.pass(50).tick().stream().noneMatch(effect -> effect.startsWith("send n2")));
    }

    // ---- R18, `always`: what was acknowledged must be there

    @Test
    void r18AFollowerWhoseLogEndsBelowWhatItAcknowledgedHasLostDataAndFallsSilent() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1).start();
        assertEffects(n1.receive("n2", acknowledged("n2", 1, 2, 1, 0, 3)),
                "role follower term 1 leader n2: heard the leader",
                "role follower term 1 leader none: cannot go on: entries up to 3 were acknowledged in term 1,"
                        + " and the log ends at 2",
                "fail LOST_DATA: entries up to 3 were acknowledged in term 1, and the log ends at 2");
        assertEffects(n1.receive("n2", append("n2", 1, 2, 1, 0)));
    }

    @Test
    void r18AFollowerThatHasWhatItAcknowledgedGoesOn() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1).start();
        assertEffects(n1.receive("n2", acknowledged("n2", 1, 2, 1, 0, 2)),
                "role follower term 1 leader n2: heard the leader",
                "send n2 control AppendEntriesReply(term 1 of 1 match 2 prev 2)");
    }

    @Test
    void r18TheLeaderRemembersWhatAnIncarnationAcknowledgedOverItsBoots() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).leading();
        n1.receive("n2", match(2, 3, 3));
        n1.step(new Event.PeerDisconnected(id("n2")));
        assertEffects(n1.step(new Event.PeerConnected(n1.introduction(id("n2"), 2))),
                "send n2 data AppendEntries(n1 term 2 prev 4@2 entries none commit 0 acknowledged 3)");
        assertEquals("send n2 control AppendEntries(n1 term 2 prev 0@0 entries none commit 0 acknowledged 3)",
                n1.pass(50).tick().getFirst());
    }

    @Test
    void r18AStateMachineThatKnowsMoreThanTheLogTellsOfLostData() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1).applied(3).start();
        assertEffects(n1.start, "fail LOST_DATA: the state machine has applied entries up to 3, and the log ends at 2");
        assertEffects(n1.receive("n2", requestVote("n2", 2, 9, 1)));
    }

    @Test
    void anAcknowledgementBeyondTheLeadersLogIsABrokenInvariant() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        assertThrows(IllegalStateException.class, () -> n1.receive("n2", match(2, 9, 1)));
    }

    private static Optional<ClusterConfiguration> formedWithout(String wiped) {
        SortedMap<ServerId, UUID> incarnations = CoreHarness.incarnations(THREE);
        incarnations.put(id(wiped), new UUID(7, 7));
        return Optional.of(CoreHarness.list(THREE).formedWith(incarnations));
    }

    private static Event connected(String peer, long boot, Optional<ClusterConfiguration> formed) {
        return new Event.PeerConnected(CoreHarness.introduction(id(peer), boot, THREE, formed));
    }
}
