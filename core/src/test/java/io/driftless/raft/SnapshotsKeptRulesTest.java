package io.driftless.raft;

import static io.driftless.raft.CoreHarness.append;
import static io.driftless.raft.CoreHarness.assertEffects;
import static io.driftless.raft.CoreHarness.has;
import static io.driftless.raft.CoreHarness.id;
import static io.driftless.raft.CoreHarness.match;
import static io.driftless.raft.CoreHarness.n1OfThree;
import static io.driftless.raft.CoreHarness.refusal;
import static io.driftless.raft.CoreHarness.snapshot;
import static io.driftless.raft.CoreHarness.wants;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Rule R31 at the leader: for how long a snapshot and the log stay for a peer, and when a shortcut is given up. */
class SnapshotsKeptRulesTest {

    private static final SnapshotId S5 = snapshot(5, 1);
    private static final SnapshotId S14 = snapshot(14, 1);
    private static final String LET_GO = "let go of snapshot";

    /** Leads in term 2; its log begins behind 5@1 and ends at 8@2, which n3 has; n2 was offered S5. */
    private static CoreHarness offering() {
        CoreHarness n1 = n1OfThree().term(1).logBehind(5, 1, 1, 1).snapshot(S5).applied(5).leading();
        n1.written(Long.MAX_VALUE);
        n1.receive("n3", match(2, 8, 8));
        n1.receive("n2", refusal(2, 7, 3, 0));
        return n1;
    }

    private static void cut(CoreHarness n1) {
        n1.step(new Event.PeerDisconnected(id("n2")));
    }

    /** n3 answers heartbeats, and n2 does what is said whenever it is offered a snapshot. */
    private static List<String> effects(CoreHarness n1, int seconds, Supplier<Message> answer) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 20 * seconds; i++) {
            n1.receive("n3", Lane.CONTROL, match(2, 0, 0));
            List<String> effects = n1.pass(50).tick();
            all.addAll(effects);
            if (effects.stream().anyMatch(effect -> effect.contains("offer of"))) {
                all.addAll(n1.receive("n2", answer.get()));
            }
        }
        return all;
    }

    private static List<String> whileCut(CoreHarness n1, int seconds) {
        return effects(n1, seconds, () -> {
            throw new AssertionError("offered to nobody");
        });
    }

    private static List<String> toN2(List<String> effects) {
        return effects.stream().filter(effect -> effect.startsWith("send n2 data")).toList();
    }

    @Test
    void r31ASnapshotStaysForAMinuteForAPeerThatIsCutOff() {
        CoreHarness n1 = offering();
        n1.receive("n2", wants(2, S5, 0, 25, true));
        cut(n1);
        assertFalse(whileCut(n1, 59).contains(LET_GO));
        assertTrue(whileCut(n1, 1).contains(LET_GO));
    }

    @Test
    void r31ASnapshotStaysForAPeerThatGetsOnHoweverOftenItIsCutOff() {
        CoreHarness n1 = offering();
        for (int offset = 0; offset < 5; offset++) {
            n1.receive("n2", wants(2, S5, offset, 25, true));
            cut(n1);
            assertFalse(whileCut(n1, 40).contains(LET_GO), "after " + offset);
            n1.connect(id("n2"));
            n1.receive("n2", refusal(2, 8, 3, 0));
        }
        // It has no more than before.
        n1.receive("n2", wants(2, S5, 4, 25, true));
        cut(n1);
        assertTrue(whileCut(n1, 20).contains(LET_GO));
    }

    @Test
    void r31APeerThatHasRestartedGetsOnWhereItBeginsAnew() {
        CoreHarness n1 = offering();
        n1.receive("n2", wants(2, S5, 20, 25, true));
        cut(n1);
        whileCut(n1, 50);
        n1.step(new Event.PeerConnected(n1.introduction(id("n2"), CoreHarness.BOOT + 1)));
        fromN2(n1, CoreHarness.BOOT + 1, Lane.DATA, refusal(2, 8, 3, 0));
        fromN2(n1, CoreHarness.BOOT + 1, Lane.CONTROL, wants(2, S5, 0, 25, true));
        fromN2(n1, CoreHarness.BOOT + 1, Lane.CONTROL, wants(2, S5, 20, 6, false));
        cut(n1);
        assertFalse(whileCut(n1, 50).contains(LET_GO));
    }

    private static List<String> fromN2(CoreHarness n1, long boot, Lane lane, Message message) {
        return n1.step(new Event.Received(id("n2"), CoreHarness.incarnation(id("n2")), CoreHarness.run(id("n2"), boot),
                lane, message, 0));
    }

    /** n2 is restarted every 50 s; each start lets the offer in before its disk has said that there is no room. */
    private static List<String> restartedAgainAndAgain(CoreHarness n1, Message ofItsLog) {
        List<String> all = new ArrayList<>();
        for (long boot = CoreHarness.BOOT + 1; boot <= CoreHarness.BOOT + 3; boot++) {
            cut(n1);
            n1.step(new Event.PeerConnected(n1.introduction(id("n2"), boot)));
            all.addAll(fromN2(n1, boot, Lane.DATA, ofItsLog));
            all.addAll(fromN2(n1, boot, Lane.CONTROL, wants(2, S5, 0, 25, true)));
            long itsBoot = boot;
            for (int i = 0; i < 20 * 50; i++) {
                n1.receive("n3", Lane.CONTROL, match(2, 0, 0));
                List<String> effects = n1.pass(50).tick();
                all.addAll(effects);
                if (effects.stream().anyMatch(effect -> effect.contains("offer of"))) {
                    all.addAll(fromN2(n1, itsBoot, Lane.CONTROL, wants(2, S5, 0, 0, true)));
                }
            }
        }
        return all;
    }

    @Test
    void r31APeerThatIsRestartedAgainAndAgainAndWritesNothingHoldsNoSnapshot() {
        assertTrue(restartedAgainAndAgain(offering(), refusal(2, 8, 3, 0)).contains(LET_GO));
    }

    @Test
    void r32NorDoesOneWhoseLogIsFoundToMatchEachTime() {
        Message needing = new Message.AppendEntriesReply(2, 2, true, 8, 8, 0, 0, false, 5, 0);
        assertTrue(restartedAgainAndAgain(offering(), needing).contains(LET_GO));
    }

    @Test
    void r32NorDoesOneWhoseLogGrowsMeanwhile() {
        CoreHarness n1 = offering();
        n1.receive("n2", new Message.AppendEntriesReply(2, 2, true, 8, 8, 0, 0, false, 5, 0));
        assertFalse(effects(n1, 30, () -> wants(2, S5, 0, 0, true)).contains(LET_GO));
        n1.propose("a");
        n1.written(Long.MAX_VALUE);
        n1.receive("n3", match(2, 9, 9));
        n1.receive("n2", new Message.AppendEntriesReply(2, 2, true, 9, 9, 0, 0, false, 5, 0));
        assertFalse(effects(n1, 29, () -> wants(2, S5, 0, 0, true)).contains(LET_GO));
        assertTrue(effects(n1, 1, () -> wants(2, S5, 0, 0, true)).contains(LET_GO));
    }

    @Test
    void r31ASnapshotThatAPeerHadBeforeItsLinkBrokeIsNotKept() {
        CoreHarness n1 = offering();
        n1.receive("n2", wants(2, S5, 0, 25, true));
        cut(n1);
        n1.connect(id("n2"));
        assertTrue(n1.receive("n2", match(2, 8, 8)).contains(LET_GO));
        // Nor where the answer to what was sent comes over the next connection.
        CoreHarness other = offering();
        cut(other);
        other.connect(id("n2"));
        assertTrue(other.receive("n2", has(2, S5)).contains(LET_GO));
    }

    @Test
    void r32ASnapshotStaysForOneThatHasLostItsStateAlthoughItsLogMatches() {
        CoreHarness n1 = offering();
        Message needing = new Message.AppendEntriesReply(2, 2, true, 8, 8, 0, 0, false, 5, 0);
        n1.receive("n2", needing);
        cut(n1);
        n1.connect(id("n2"));
        assertFalse(n1.receive("n2", needing).contains(LET_GO));
        assertFalse(n1.pass(50).tick().contains(LET_GO));
    }

    /** n2 has the snapshot, and its link breaks before it has the three entries that follow. */
    private static CoreHarness catchingUp() {
        CoreHarness n1 = offering();
        n1.receive("n2", has(2, S5));
        cut(n1);
        return n1;
    }

    @Test
    void r31TheLogBehindASnapshotThatWasSentStaysUntilThePeerHasCaughtUp() {
        CoreHarness n1 = catchingUp();
        n1.step(new Event.SnapshotTaken(snapshot(8, 2), 30));
        assertEquals(6, n1.status().first());
        n1.connect(id("n2"));
        n1.receive("n2", match(2, 5, 5));
        n1.receive("n2", match(2, 8, 8));
        whileCut(n1, 1);
        // All but the margin of one entry.
        assertEquals(8, n1.status().first());
    }

    @Test
    void r31TheLogBehindASnapshotThatWasSentGoesAfterAMinute() {
        CoreHarness n1 = catchingUp();
        n1.step(new Event.SnapshotTaken(snapshot(8, 2), 30));
        whileCut(n1, 59);
        assertEquals(6, n1.status().first());
        whileCut(n1, 1);
        assertEquals(8, n1.status().first());
    }

    /** However long that takes: without it, it would need another snapshot. */
    @Test
    void r31ForAPeerThatIsConnectedTheLogStaysUntilItHasCaughtUp() {
        CoreHarness n1 = offering();
        n1.receive("n2", has(2, S5));
        n1.step(new Event.SnapshotTaken(snapshot(8, 2), 30));
        for (int second = 0; second < 120; second++) {
            n1.receive("n2", Lane.CONTROL, match(2, 5, 5));
            whileCut(n1, 1);
        }
        assertEquals(6, n1.status().first());
        n1.propose("a", "b", "c", "d");
        n1.written(Long.MAX_VALUE);
        n1.receive("n3", match(2, 12, 12));
        n1.step(new Event.SnapshotTaken(snapshot(12, 2), 30));
        assertEquals(9, n1.status().first(), "no more than may be kept");
    }

    @Test
    void r31WhoHasCaughtUpKeepsNoLogWhenItIsCutOff() {
        CoreHarness n1 = catchingUp();
        n1.connect(id("n2"));
        n1.receive("n2", match(2, 5, 5));
        n1.receive("n2", match(2, 8, 8));
        n1.propose("a", "b");
        n1.written(Long.MAX_VALUE);
        n1.receive("n3", match(2, 10, 10));
        cut(n1);
        n1.step(new Event.SnapshotTaken(snapshot(10, 2), 30));
        assertEquals(10, n1.status().first());
    }

    /** n2's disk is full for good; n3 has lost its state and needs a newer snapshot than the one that is held. */
    @Test
    void r32WhoHasNoStateGetsASnapshotAlthoughAnotherPeerTakesNothing() {
        CoreHarness n1 = offering();
        List<String> all = effects(n1, 61, () -> {
            n1.receive("n3", Lane.CONTROL, new Message.AppendEntriesReply(2, 2, true, 8, 8, 0, 0, false, 7, 0));
            return wants(2, S5, 0, 0, true);
        });
        assertTrue(all.contains(LET_GO));
    }

    /** Leads in term 2 with a log from 6@1 to 16@2; n2, whose log ends at 6, was offered a snapshot of 14. */
    private static CoreHarness onAShortcut() {
        CoreHarness n1 = n1OfThree().term(1).logBehind(5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1).snapshot(S14).applied(14)
                .leading();
        n1.receive("n2", refusal(2, 15, 7, 0));
        n1.receive("n2", match(2, 6, 6));
        n1.written(Long.MAX_VALUE);
        return n1;
    }

    /** n2 has all of the snapshot in memory, and its disk, or its state machine, hangs: it writes none of it. */
    @Test
    void r31WhoDoesNotGetOnWithAShortcutGetsTheLog() {
        CoreHarness n1 = onAShortcut();
        n1.receive("n2", wants(2, S14, 0, 25, true));
        List<String> all = effects(n1, 3, () -> wants(2, S14, 20, 5, true));
        assertFalse(toN2(all).isEmpty());
        assertTrue(all.contains(LET_GO));
    }

    @Test
    void r31WhoGetsOnWithAShortcutIsLeftInPeace() {
        CoreHarness n1 = onAShortcut();
        n1.receive("n2", wants(2, S14, 0, 25, true));
        List<String> all = new ArrayList<>();
        for (int written = 1; written <= 20; written++) {
            all.addAll(effects(n1, 1, () -> wants(2, S14, 0, 25, true)));
            all.addAll(n1.receive("n2", wants(2, S14, 20, 5 + written, false)));
        }
        assertEffects(toN2(all));
    }

    @Test
    void r31WhereALinkBreaksAShortcutIsNotKept() {
        CoreHarness n1 = onAShortcut();
        n1.receive("n2", wants(2, S14, 0, 25, true));
        assertEffects(n1.step(new Event.PeerDisconnected(id("n2"))), LET_GO);
    }

    @Test
    void r31ASnapshotThatProvesBadIsReplacedWhateverItWasSentFor() {
        CoreHarness n1 = onAShortcut();
        assertEffects(n1.step(new Event.SnapshotLost(S14)), "take snapshot", LET_GO);
    }

    @Test
    void r31ASnapshotThatProvesBadAfterItsLeaderHasSteppedDownIsReplaced() {
        CoreHarness n1 = onAShortcut();
        n1.receive("n3", append("n3", 3, 0, 0, 0));
        assertEffects(n1.step(new Event.SnapshotLost(S14)), "take snapshot");
    }

    @Test
    void whoseLogHasEverythingNeedsNoSnapshotInPlaceOfABadOne() {
        CoreHarness n1 = n1OfThree().term(1).log(1, 1, 1).snapshot(snapshot(3, 1)).applied(3).start();
        assertEffects(n1.step(new Event.SnapshotLost(snapshot(3, 1))));
    }
}
