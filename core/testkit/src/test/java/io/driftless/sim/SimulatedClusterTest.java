package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.raft.CoreStatus;
import io.driftless.raft.Message;
import io.driftless.testkit.ClusterEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** A simulated cluster stands still at an event, and goes on. */
class SimulatedClusterTest {

    private static final Predicate<ClusterEvent> LEADS = event -> event instanceof ClusterEvent.RoleChanged change
            && change.role().equals("leader");

    private static CoreStatus status(SimulatedCluster cluster, String name) {
        return cluster.status(name).orElseThrow();
    }

    private static String followerOf(SimulatedCluster cluster, String leader) {
        return cluster.names().stream().filter(name -> !name.equals(leader)).findFirst().orElseThrow();
    }

    @Test
    void standsWhereANodeBecomesLeader() {
        try (SimulatedCluster cluster = SimulatedCluster.of(Quiet.plan(1, 3))) {
            assertTrue(cluster.status("n1").isEmpty(), "before the first moment");
            String leader = cluster.pauseWhen(LEADS).node();
            assertEquals("leader", status(cluster, leader).role());
            assertTrue(cluster.names().stream().noneMatch(name -> !name.equals(leader) && status(cluster, name)
                    .leaderId().value().equals(leader)), "nobody has heard of it yet");
            Duration then = cluster.elapsed();
            cluster.run(Duration.ofSeconds(1));
            assertEquals(then.plusSeconds(1), cluster.elapsed());
            assertTrue(cluster.names().stream().allMatch(name -> status(cluster, name).leaderId().value().equals(
                    leader)));
            assertTrue(status(cluster, leader).commit() > 1, "commands are committed");
        }
    }

    @Test
    void standsWhereAMessageIsAboutToBeSentAndToBeReceived() {
        try (SimulatedCluster cluster = SimulatedCluster.of(Quiet.plan(1, 3))) {
            String leader = cluster.pauseWhen(LEADS).node();
            ClusterEvent.Sending sending = (ClusterEvent.Sending) cluster.pauseWhen(event ->
                    event instanceof ClusterEvent.Sending it && it.message() instanceof Message.AppendEntries append
                            && !append.entries().isEmpty());
            assertEquals(leader, sending.node());
            assertTrue(cluster.underWay().contains(sending));
            ClusterEvent.Receiving receiving = (ClusterEvent.Receiving) cluster.pauseWhen(event ->
                    event instanceof ClusterEvent.Receiving it && it.message() == sending.message());
            assertEquals(sending.peer(), receiving.node());
            Message.AppendEntries append = (Message.AppendEntries) sending.message();
            assertEquals(append.prevLogIndex(), status(cluster, receiving.node()).last(), "it has not been received");
            cluster.run(Duration.ofMillis(10));
            assertTrue(cluster.underWay().stream().noneMatch(each -> each.message() == sending.message()));
            assertEquals(append.lastIndex(), status(cluster, receiving.node()).last());
        }
    }

    @Test
    void noAcknowledgementLeavesBeforeAWriteIsComplete() {
        try (SimulatedCluster cluster = SimulatedCluster.of(Quiet.plan(1, 3))) {
            String follower = followerOf(cluster, cluster.pauseWhen(LEADS).node());
            Predicate<ClusterEvent> acknowledges = event -> event instanceof ClusterEvent.Sending it
                    && it.node().equals(follower) && it.message() instanceof Message.AppendEntriesReply reply
                    && reply.matchIndex() >= 1;
            List<ClusterEvent> sent = new ArrayList<>();
            cluster.pauseWhen(event -> {
                if (acknowledges.test(event)) {
                    sent.add(event);
                }
                return event instanceof ClusterEvent.LogSynced it && it.node().equals(follower) && it.lastIndex() >= 1;
            });
            assertEquals(1, cluster.durableIndex(follower));
            assertEquals(1, cluster.entries(follower).size());
            assertEquals(List.of(), sent);
            assertTrue(cluster.underWay().stream().noneMatch(acknowledges));
            assertInstanceOf(ClusterEvent.Sending.class, cluster.pauseWhen(acknowledges));
        }
    }

    @Test
    void standsAtACrashAndAtAnAppliedCommand() {
        Fault kill = new Fault(2_000_000, Fault.Kind.KILL, 1, 1, 500, 0);
        try (SimulatedCluster cluster = SimulatedCluster.of(Quiet.plan(1, 3, kill))) {
            ClusterEvent.Applied applied = (ClusterEvent.Applied) cluster.pauseWhen(event ->
                    event instanceof ClusterEvent.Applied);
            assertTrue(cluster.durableIndex(applied.node()) >= applied.index());
            assertEquals(new ClusterEvent.Ended("n2", "killed"), cluster.pauseWhen(event ->
                    event instanceof ClusterEvent.Ended));
            assertEquals(Duration.ofSeconds(2), cluster.elapsed());
            assertTrue(cluster.status("n2").isEmpty() && !cluster.entries("n2").isEmpty());
            assertEquals(new ClusterEvent.Started("n2", 4), cluster.pauseWhen(event ->
                    event instanceof ClusterEvent.Started));
        }
    }

    @Test
    void theSamePlanStandsAtTheSamePoints() {
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            try (SimulatedCluster cluster = SimulatedCluster.of(Plan.of(7))) {
                runs.add(cluster.pauseWhen(LEADS) + " at " + cluster.elapsed() + ", then " + cluster.pauseWhen(event ->
                        event instanceof ClusterEvent.Receiving) + " at " + cluster.elapsed());
            }
        }
        assertEquals(runs.getFirst(), runs.getLast());
    }

    @Test
    void saysWhatDoesNotComeAndWhatThePredicateThrows() {
        try (SimulatedCluster cluster = SimulatedCluster.of(Quiet.plan(1, 1))) {
            AssertionError none = assertThrows(AssertionError.class, () -> cluster.pauseWhen(event ->
                    event instanceof ClusterEvent.Ended));
            assertEquals("waited 60 simulated seconds for an event to pause at", none.getMessage());
            assertEquals("mine", assertThrows(AssertionError.class, () -> cluster.pauseWhen(event -> {
                throw new IllegalStateException("mine");
            })).getCause().getMessage());
        }
    }
}
