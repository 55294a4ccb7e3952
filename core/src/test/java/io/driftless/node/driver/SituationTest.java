package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.node.NodeListener;
import io.driftless.node.NodeStatus;
import io.driftless.raft.Configuration;
import io.driftless.raft.CoreStatus;
import io.driftless.raft.Effect;
import io.driftless.raft.ServerId;
import io.driftless.transport.Unreachable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The words for how things stand, and when they are said, on a clock that the test moves. */
class SituationTest {

    private static final long SECOND = 1_000_000_000L;
    private static final ServerId N1 = new ServerId("n1");
    private static final ServerId N2 = new ServerId("n2");
    private static final ServerId N3 = new ServerId("n3");
    private static final SortedMap<ServerId, String> MEMBERS = new TreeMap<>(java.util.Map.of(N1, "a:1", N2, "b:1", N3,
            "c:1"));

    private final List<String> lines = new ArrayList<>();
    private final SortedMap<ServerId, Unreachable> unreachable = new TreeMap<>();
    private final TreeSet<ServerId> connected = new TreeSet<>();
    private final TreeSet<ServerId> notCounted = new TreeSet<>();
    private final TreeMap<ServerId, String> problems = new TreeMap<>();
    private final Situation situation = new Situation(N1, MEMBERS, () -> unreachable, SECOND, 0, new NodeListener() {
        @Override
        public void info(String message) {
            lines.add(message);
        }

        @Override
        public void warning(String message) {
            lines.add("warning: " + message);
        }
    });

    private String role = "pre_candidate";
    private ServerId leader = ServerId.NONE;
    private boolean formed = true;
    private String blocked = "";
    private List<ServerId> waitingFor = List.of();
    private List<ServerId> strangerTo = List.of();

    @Test
    @Timeout(60)
    void whoTellsOfARoleDoesNotWaitForWhoLooks() throws Exception {
        CountDownLatch looks = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        Situation slow = new Situation(N1, MEMBERS, () -> {
            looks.countDown();
            try {
                told.await();
            } catch (InterruptedException interrupt) {
                Thread.currentThread().interrupt();
            }
            return unreachable;
        }, SECOND, 0, new NodeListener() { });
        Thread looker = Thread.ofPlatform().daemon(true).start(() -> slow.look(core(), 0));
        looks.await();
        Thread owner = Thread.ofPlatform().daemon(true).start(() -> slow.roleChanged(
                new Effect.RoleChanged("follower", 1, N2, "heard the leader"), 0));
        owner.join();
        told.countDown();
        looker.join();
    }

    @Test
    void aLostQuorumIsToldOnceWithItsReasonsAndThenWithGrowingPauses() {
        connected.add(N3);
        unreachable.put(N2, new Unreachable(Unreachable.Kind.REFUSED));
        for (long s = 0; s <= 40; s++) {
            situation.look(core(), s * SECOND);
        }
        assertEquals(List.of(
                "warning: no quorum: 1 of 3 reachable for 2 s, missing n2 (refused), n3 (silent)",
                "warning: no quorum: 1 of 3 reachable for 7 s, missing n2 (refused), n3 (silent)",
                "warning: no quorum: 1 of 3 reachable for 17 s, missing n2 (refused), n3 (silent)",
                "warning: no quorum: 1 of 3 reachable for 37 s, missing n2 (refused), n3 (silent)"), lines);
        lines.clear();
        unreachable.put(N2, new Unreachable(Unreachable.Kind.HOST_NOT_FOUND));
        situation.look(core(), 41 * SECOND);
        situation.look(core(), 42 * SECOND);
        assertEquals(List.of("warning: no quorum: 1 of 3 reachable for 42 s, missing n2 (host not found), n3 (silent)"),
                lines);
        lines.clear();
        leader = N3;
        role = "follower";
        situation.look(core(), 43 * SECOND);
        situation.look(core(), 44 * SECOND);
        assertEquals(List.of("there is a leader again: n3"), lines);
    }

    @Test
    void statusSaysTheSameAndNamesEveryMember() {
        connected.add(N2);
        situation.heard(N2, 11 * SECOND);
        unreachable.put(N3, new Unreachable(Unreachable.Kind.TURNED_AWAY, "other cluster id: ..."));
        NodeStatus.Builder status = NodeStatus.builder("n1");
        String matter = situation.describe(core(), 12 * SECOND, status);
        assertEquals("knows no leader for 12 s, although 2 of 3 are reachable, missing n3 (other cluster id: ...)",
                matter);
        assertEquals(Optional.of(Duration.ofSeconds(12)), status.build().leaderless());
        assertEquals(List.of(new NodeStatus.Member("n2", "b:1", true, "", true),
                new NodeStatus.Member("n3", "c:1", false, "other cluster id: ...", true)), status.build().members());
        blocked = "in doubt";
        connected.clear();
        matter = situation.describe(core(), 12 * SECOND, status);
        assertEquals("in doubt; no quorum: 1 of 3 reachable for 12 s, missing n2 (not connected), "
                + "n3 (other cluster id: ...)", matter);
        leader = N2;
        assertEquals("in doubt", situation.describe(core(), 12 * SECOND, status));
        assertEquals(Optional.empty(), status.build().leaderless());
    }

    @Test
    void aFormingClusterSaysWhyItWaits() {
        formed = false;
        role = "follower";
        waitingFor = List.of(N2, N3);
        connected.add(N3);
        problems.put(N3, "member lists differ: it has voters [n3, n4]");
        unreachable.put(N2, new Unreachable(Unreachable.Kind.HOST_NOT_FOUND));
        situation.look(core(), SECOND);
        situation.look(core(), 2 * SECOND);
        String line = "forming: waiting for n2 (host not found), n3 (member lists differ: it has voters [n3, n4])";
        assertEquals(List.of(line), lines);
        NodeStatus.Builder status = NodeStatus.builder("n1");
        assertEquals(line, situation.describe(core(), SECOND, status));
    }

    @Test
    void aServerWhoseDataAreNotTheClustersSaysSo() {
        formed = false;
        role = "follower";
        waitingFor = List.of(N2, N3);
        strangerTo = List.of(N2, N3);
        situation.look(core(), SECOND);
        assertEquals(1, lines.size());
        assertTrue(lines.getFirst().startsWith("warning: not a member by its data: the cluster of n2, n3 formed with "
                + "another incarnation of n1"), lines::toString);
    }

    /** One server with the data of another time is not believed by one that belongs to a cluster. */
    @Test
    void aSingleStrangerIsTheStranger() {
        connected.addAll(List.of(N2, N3));
        situation.heard(N2, 3 * SECOND);
        problems.put(N3, "formed apart from this server");
        strangerTo = List.of(N3);
        situation.look(core(), 3 * SECOND);
        assertEquals(List.of(), lines);
        strangerTo = List.of(N2, N3);
        situation.look(core(), 4 * SECOND);
        assertTrue(lines.getFirst().contains("not a member by its data: the cluster of n2, n3"), lines::toString);
    }

    @Test
    void whatFollowsALeaderIsWellWhoeverIsGone() {
        leader = N2;
        role = "follower";
        connected.add(N2);
        for (long s = 0; s < 10; s++) {
            situation.look(core(), s * SECOND);
        }
        assertEquals(List.of(), lines);
        NodeStatus.Builder status = NodeStatus.builder("n1");
        situation.describe(core(), 10 * SECOND, status);
        assertEquals(List.of("", "not connected"),
                status.build().members().stream().map(NodeStatus.Member::problem).toList());
    }

    @Test
    void aLeaderNamesAFollowerThatStandsStill() {
        leader = N1;
        role = "leader";
        connected.addAll(List.of(N2, N3));
        situation.heard(N2, 10 * SECOND);
        situation.heard(N3, 2 * SECOND);
        NodeStatus.Builder status = NodeStatus.builder("n1");
        situation.describe(core(), 10 * SECOND, status);
        assertEquals(List.of("", "silent"), status.build().members().stream().map(NodeStatus.Member::problem).toList());
    }

    /** Three rounds a second for a minute were 180 lines; every leader is told of. */
    @Test
    void electionsWithoutEndAreToldWithGrowingPauses() {
        for (long ms = 0; ms < 60_000; ms += 333) {
            situation.roleChanged(new Effect.RoleChanged("pre_candidate", 7, ServerId.NONE, "election timeout"),
                    ms * 1_000_000);
        }
        assertEquals(List.of("term 7: pre_candidate (election timeout)",
                "term 7: pre_candidate (election timeout), and 15 more like it since the last one told",
                "term 7: pre_candidate (election timeout), and 30 more like it since the last one told",
                "term 7: pre_candidate (election timeout), and 60 more like it since the last one told"), lines);
        lines.clear();
        for (int term = 8; term < 11; term++) {
            situation.roleChanged(new Effect.RoleChanged("follower", term, ServerId.NONE, "RequestVote from n2 of term "
                    + term), 60 * SECOND + term);
            situation.roleChanged(new Effect.RoleChanged("follower", term, N2, "AppendEntries"), 60 * SECOND + term);
            situation.roleChanged(new Effect.RoleChanged("leader", term, N1, "won the election"), 60 * SECOND + term);
        }
        assertEquals(List.of("term 8: follower (RequestVote from n2 of term 8)",
                "term 8: follower of n2 (AppendEntries)", "term 8: leader (won the election)",
                "term 9: follower of n2 (AppendEntries)", "term 9: leader (won the election)",
                "term 10: follower of n2 (AppendEntries)", "term 10: leader (won the election)"), lines);
    }

    @Test
    void aConnectionThatIsBackIsTold() {
        situation.connected(N2, SECOND / 2);
        assertEquals(List.of(), lines, "at the start it is no news");
        situation.connected(N3, 12 * SECOND);
        situation.disconnected(N2, 20 * SECOND);
        situation.connected(N2, 150 * SECOND);
        situation.disconnected(N2, 150 * SECOND);
        situation.connected(N2, 150 * SECOND + 250_000_000);
        situation.disconnected(N2, 161 * SECOND);
        situation.connected(N2, 161 * SECOND + 250_000_000);
        assertEquals(List.of("connected with n3, after 12 s", "connected with n2 again, after 2 min",
                "connected with n2 again, after 250 ms"), lines);
    }

    @Test
    void asksForALookOnceASecondAndWakesOnlyForWhatIsTheMatter() {
        assertFalse(situation.takeLook(SECOND / 2));
        assertEquals(SECOND, situation.wakeNs());
        assertTrue(situation.takeLook(SECOND));
        assertEquals(2 * SECOND, situation.wakeNs(), "the clock is set before the look");
        assertFalse(situation.takeLook(3 * SECOND), "one is under way");
        assertEquals(4 * SECOND, situation.wakeNs());
        situation.look(core(), 3 * SECOND);
        assertTrue(situation.takeLook(4 * SECOND));
        leader = N2;
        role = "follower";
        situation.look(core(), 4 * SECOND);
        assertEquals(Long.MAX_VALUE, situation.wakeNs());
        assertTrue(situation.takeLook(5 * SECOND));
    }

    private CoreStatus core() {
        return new CoreStatus(role, 7, leader, 0, 0, 0, 1, false, waitingFor, List.of(), false, blocked,
                new CoreStatus.Neighbours(Configuration.of(MEMBERS.keySet()), formed, connected, problems, notCounted,
                        strangerTo, 0, 0), Optional.empty(), ServerId.NONE);
    }
}
