package io.driftless.raft;

import static io.driftless.raft.CoreHarness.MS;
import static io.driftless.raft.CoreHarness.append;
import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.id;
import static io.driftless.raft.CoreHarness.ids;
import static io.driftless.raft.CoreHarness.match;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static io.driftless.raft.CoreHarness.requestVote;
import static io.driftless.raft.CoreHarness.server;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** R26: leadership is handed over to a voter that has all of the log (thesis §3.10). */
class TransferRulesTest {

    private static final long LATER = 100_000 * MS;

    private static Event transferTo(String target) {
        return new Event.TransferLeadership(7, target.isEmpty() ? ServerId.NONE : id(target), LATER);
    }

    /** Leads in term 2 with the entries 1 and 2, which n2 has all and n3 has not. */
    private static CoreHarness leaderWithN2() {
        CoreHarness n1 = n1OfThree().term(1).log(1).leading();
        n1.written(2);
        n1.receive("n2", match(2, 2, 2));
        return n1;
    }

    @Test
    void r26WhoHasAllOfTheLogIsToldAtOnceAndCommandsWait() {
        CoreHarness n1 = leaderWithN2();
        assertEffects(n1.step(transferTo("n2")), "hold proposals", "send n2 control TimeoutNow(n1 term 2)");
    }

    @Test
    void r26WithoutANameItIsWhoeverHasMostOfTheLog() {
        CoreHarness n1 = leaderWithN2();
        assertEffects(n1.step(transferTo("")), "hold proposals", "send n2 control TimeoutNow(n1 term 2)");
    }

    @Test
    void r26TheTargetIsCaughtUpFirstAndNothingWaitsMeanwhile() {
        CoreHarness n1 = leaderWithN2();
        // A batch has two entries, and n3 lacks five.
        for (int i = 0; i < 3; i++) {
            n1.propose("x");
        }
        n1.written(5);
        assertEffects(n1.step(transferTo("n3")));
        n1.receive("n3", match(2, 0, 2));
        assertEquals(List.of("hold proposals"), n1.receive("n3", match(2, 3, 2)).stream()
                .filter(effect -> effect.contains("hold")).toList());
        assertEquals(List.of(), n1.receive("n3", match(2, 4, 3)).stream().filter(effect -> effect.contains("Timeout"))
                .toList());
        assertEquals(List.of("send n3 control TimeoutNow(n1 term 2)"), n1.receive("n3", match(2, 5, 4)).stream()
                .filter(effect -> effect.contains("Timeout")).toList());
    }

    @Test
    void r26WhatTheLeaderAppendsMeanwhileMustBeThereToo() {
        CoreHarness n1 = leaderWithN2();
        n1.propose("x");
        assertEffects(n1.step(transferTo("n2")), "hold proposals");
        n1.propose("y");
        assertEquals(0, n1.receive("n2", match(2, 3, 2)).stream().filter(effect -> effect.contains("Timeout")).count());
        assertEquals(1, n1.receive("n2", match(2, 4, 3)).stream().filter(effect -> effect.contains("Timeout")).count());
    }

    @Test
    void r26OnlyAVoterThatIsConnectedAndSureCanTakeOver() {
        CoreHarness n1 = server("n1", new Configuration(ids("n1", "n2", "n3"), ids(), ids("n4"))).term(1).log(1)
                .leading();
        assertEffects(n1.step(transferTo("n1")), "transfer 7 to n1: NO_TARGET, n1 leads already");
        assertEffects(n1.step(transferTo("n4")), "transfer 7 to n4: NO_TARGET, n4 has no vote");
        assertEffects(n1.step(transferTo("n9")), "transfer 7 to n9: NO_TARGET, n9 is no member");
        n1.step(new Event.PeerDisconnected(id("n2")));
        assertEffects(n1.step(transferTo("n2")), "transfer 7 to n2: NO_TARGET, n2 is not connected");
        n1.step(new Event.PeerConnected(n1.introduction(id("n2"), 2).withDoubt(true)));
        assertEffects(n1.step(transferTo("n2")), "transfer 7 to n2: NO_TARGET, n2 is in doubt");
        n1.step(new Event.PeerDisconnected(id("n3")));
        assertEffects(n1.step(transferTo("")), "transfer 7 to none: NO_TARGET, no other voter can take over");
    }

    @Test
    void r26WhoDoesNotLeadHandsNothingOver() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        assertEffects(n1.step(transferTo("n2")), "transfer 7 to n2: NOT_LEADER, no leader is known");
        n1.receive("n3", append("n3", 1, 1, 1, 0));
        assertEffects(n1.step(transferTo("n2")), "transfer 7 to n2: NOT_LEADER, the leader is n3");
    }

    @Test
    void r26OneAtATimeAndTheStatusNamesTheSuccessor() {
        CoreHarness n1 = leaderWithN2();
        assertEquals(ServerId.NONE, n1.status().successor());
        n1.step(transferTo("n2"));
        assertEquals(id("n2"), n1.status().successor());
        assertEffects(n1.step(new Event.TransferLeadership(8, id("n3"), LATER)),
                "transfer 8 to n3: BUSY, leadership is being handed over to n2 already");
    }

    @Test
    void r26CommandsWaitNoLongerThanElectionTimeoutMin() {
        CoreHarness n1 = leaderWithN2();
        n1.step(transferTo("n2"));
        n1.pass(299).receive("n3", match(2, 0, 0));
        n1.tick();
        assertEquals(1, n1.wakesInMs());
        assertEffects(n1.pass(1).tick(), "let go of proposals",
                "transfer 7 to n2: NOT_IN_TIME, n2 was told, and has not taken over");
        assertEquals("leader", n1.status().role());
    }

    @Test
    void r26WhoDoesNotCatchUpInTimeIsNotWaitedFor() {
        CoreHarness n1 = leaderWithN2();
        for (int i = 0; i < 3; i++) {
            n1.propose("x");
        }
        n1.written(5);
        assertEffects(n1.step(new Event.TransferLeadership(7, id("n3"), 1)),
                "transfer 7 to n3: NOT_IN_TIME, n3 has not caught up");
        assertEquals("leader", n1.status().role());
    }

    @Test
    void r26ItEndsWithTheConnection() {
        CoreHarness n1 = leaderWithN2();
        n1.step(transferTo("n2"));
        assertEffects(n1.step(new Event.PeerDisconnected(id("n2"))), "let go of proposals",
                "transfer 7 to n2: NO_TARGET, n2 is not connected");
    }

    @Test
    void r26ItEndsWithTheRoleAndTheLeaderVotesForItsSuccessor() {
        CoreHarness n1 = leaderWithN2();
        n1.step(transferTo("n2"));
        List<String> effects = n1.receive("n2", new Message.RequestVote(3, id("n2"), 2, 2, true));
        assertEquals("role follower term 3 leader none: RequestVote from n2 of term 3", effects.get(1));
        assertEquals(List.of("let go of proposals", "transfer 7 to n2: DONE"), effects.subList(2, 4));
        assertEquals(List.of("send n2 control RequestVoteReply(term 3 of 3 granted)"), n1.persisted(Long.MAX_VALUE));
    }

    @Test
    void r26WhoLosesLeadershipBeforeTheTargetWasToldHasHandedNothingOver() {
        CoreHarness n1 = leaderWithN2();
        for (int i = 0; i < 3; i++) {
            n1.propose("x");
        }
        n1.step(transferTo("n3"));
        List<String> effects = n1.receive("n2", new Message.AppendEntriesReply(9, 2, false, 0, 5, 0, 0, false, 0, 0));
        assertEquals("follower", n1.status().role());
        assertEquals(List.of("transfer 7 to n3: NOT_LEADER, AppendEntries reply from n2 of term 9, before n3 was told"),
                effects.stream().filter(effect -> effect.startsWith("transfer")).toList());
    }

    @Test
    void r26WhoIsToBeFoundIsOneThatAnswers() {
        CoreHarness n1 = leaderWithN2();
        n1.receive("n3", match(2, 2, 2));
        n1.pass(299).receive("n3", match(2, 2, 2));
        n1.pass(1);
        assertEffects(n1.step(transferTo("n2")), "transfer 7 to n2: NO_TARGET, n2 does not answer");
        assertEffects(n1.step(transferTo("")), "hold proposals", "send n3 control TimeoutNow(n1 term 2)");
    }

    @Test
    void r26OneEntryThatIsMoreThanABatchIsOneBatch() {
        CoreHarness n1 = leaderWithN2();
        n1.step(new Event.Propose(new Heavy()));
        assertEffects(n1.step(transferTo("n2")), "hold proposals");
        assertEquals(1, n1.receive("n2", match(2, 3, 2)).stream().filter(effect -> effect.contains("Timeout")).count());
    }

    /** One entry that weighs more than a batch. */
    private record Heavy() implements Content {

        @Override
        public int count() {
            return 1;
        }

        @Override
        public long weight(int position) {
            return CoreHarness.SETTINGS.batchBytesMax() + 1;
        }
    }

    @Test
    void r26TheTargetCampaignsAtOnceAndItsRequestsSaySo() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n3", append("n3", 1, 1, 1, 1));
        n1.receive("n3", new Message.TimeoutNow(1, id("n3")));
        assertEquals("candidate", n1.status().role());
        assertEquals(List.of("send n2 control RequestVote(n1 term 2 last 1@1 transfer)",
                "send n3 control RequestVote(n1 term 2 last 1@1 transfer)"), n1.persisted(Long.MAX_VALUE));
    }

    @Test
    void r26TimeoutNowIsObeyedOnlyFromTheLeaderOfTheTerm() {
        CoreHarness n1 = n1OfThree().term(2).log(1).start();
        n1.receive("n3", append("n3", 2, 1, 1, 1));
        assertEffects(n1.receive("n3", new Message.TimeoutNow(1, id("n3"))));
        assertEffects(n1.receive("n2", new Message.TimeoutNow(2, id("n2"))));
        // A term that nobody is known to lead in.
        n1.receive("n2", new Message.TimeoutNow(3, id("n2")));
        assertEquals("follower", n1.status().role());
        assertEquals(3, n1.status().term());
    }

    @Test
    void r26WhoMayNotCampaignDoesNotObey() {
        CoreHarness n1 = n1OfThree().term(1).log(1).inDoubtSince(1).start();
        n1.receive("n3", append("n3", 1, 1, 1, 1));
        assertEffects(n1.receive("n3", new Message.TimeoutNow(1, id("n3"))));
        assertEquals("follower", n1.status().role());
    }

    @Test
    void r26AVoterThatHearsTheLeaderVotesForItsSuccessorAllTheSame() {
        CoreHarness n1 = n1OfThree().term(1).log(1).start();
        n1.receive("n3", append("n3", 1, 1, 1, 1));
        assertEffects(n1.receive("n2", requestVote("n2", 2, 1, 1)),
                "send n2 control RequestVoteReply(term 1 of 2 refused)");
        n1.receive("n2", new Message.RequestVote(2, id("n2"), 1, 1, true));
        assertEquals(List.of("send n2 control RequestVoteReply(term 2 of 2 granted)"), n1.persisted(Long.MAX_VALUE));
    }
}
