package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.machine.Outcome;
import io.driftless.node.NodeConfig;
import io.driftless.node.NodeRole;
import io.driftless.raft.Message;
import io.driftless.testkit.ClusterEvent;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.testkit.Pause;
import io.driftless.testkit.junit.InMemoryClusterExtension;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster of real threads stands still at an event, and goes on. */
@Timeout(180)
class PauseTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Nobody else is elected for a pause of the computer. */
    private static final NodeConfig CALM = NodeConfig.builder().electionTimeout(Duration.ofSeconds(2),
            Duration.ofSeconds(3)).build();

    @RegisterExtension
    final InMemoryClusterExtension clusters = InMemoryClusterExtension.of(() -> InMemoryCluster.of(3, Counter::new,
            CALM, UnrecoverableErrorHandler.STOP));

    private static CompletableFuture<Outcome> submit(RaftClient client) {
        return client.submit(new byte[] {1}, PATIENCE);
    }

    private static String committed(Outcome outcome) {
        return assertInstanceOf(Outcome.Committed.class, outcome).result().text();
    }

    private static boolean isReplication(Message message) {
        return message instanceof Message.AppendEntries append && !append.entries().isEmpty();
    }

    @Test
    void standsWhereANodeBecomesLeader(InMemoryCluster cluster, RaftClient client) {
        assertEquals("1", committed(submit(client).join()));
        String old = cluster.leader();
        try (Pause pause = cluster.pauseWhen(event -> event instanceof ClusterEvent.RoleChanged change
                && change.role().equals("leader"))) {
            cluster.kill(old);
            String leader = pause.await().node();
            assertEquals(NodeRole.LEADER, cluster.node(leader).status().role());
            String follower = cluster.names().stream().filter(name -> !name.equals(leader) && !name.equals(old))
                    .findFirst().orElseThrow();
            assertFalse(cluster.node(follower).status().leader().equals(Optional.of(leader)),
                    "nobody has heard of it yet");
            // Far longer than an election timeout, if it were not for the clock that stands.
            assertThrows(TimeoutException.class, () -> submit(client).get(6_000, TimeUnit.MILLISECONDS));
            assertEquals(NodeRole.LEADER, cluster.node(leader).status().role());
        }
        cluster.await("a command to commit", () -> submit(client).join() instanceof Outcome.Committed);
        cluster.restart(old);
        cluster.awaitAllApplied();
    }

    @Test
    void standsWhereAMessageIsAboutToBeReceived(InMemoryCluster cluster, RaftClient client) {
        String leader = cluster.leader();
        assertEquals("0", committed(client.execute(new byte[] {0}, Duration.ofSeconds(60))), "the session is open");
        String follower = cluster.followers().getFirst();
        cluster.awaitAllApplied();
        try (Pause pause = cluster.pauseWhen(event -> event instanceof ClusterEvent.Receiving receiving
                && receiving.node().equals(follower) && isReplication(receiving.message()))) {
            CompletableFuture<Outcome> outcome = submit(client);
            ClusterEvent.Receiving event = (ClusterEvent.Receiving) pause.await();
            assertEquals(leader, event.peer());
            long index = ((Message.AppendEntries) event.message()).lastIndex();
            assertTrue(cluster.network().underWay().stream().anyMatch(each -> each.message() == event.message()));
            assertTrue(cluster.disk(follower).entries().size() < index, "the entry is not there yet");
            pause.resume();
            assertEquals("1", committed(outcome.join()));
            cluster.awaitAllApplied();
            assertEquals(index, cluster.disk(follower).entries().size());
        }
    }

    @Test
    void noAcknowledgementLeavesBeforeAWriteIsComplete(InMemoryCluster cluster, RaftClient client) {
        cluster.leader();
        String follower = cluster.followers().getFirst();
        cluster.awaitAllApplied();
        long before = cluster.disk(follower).durableIndex();
        try (Pause pause = cluster.pauseWhen(event -> event instanceof ClusterEvent.LogSynced synced
                && synced.node().equals(follower) && synced.lastIndex() > before)) {
            CompletableFuture<Outcome> outcome = submit(client);
            long index = ((ClusterEvent.LogSynced) pause.await()).lastIndex();
            assertEquals(index, cluster.disk(follower).durableIndex(), "it is on the disk");
            assertTrue(cluster.network().underWay().stream().noneMatch(each -> each.node().equals(follower)
                    && each.message() instanceof Message.AppendEntriesReply reply && reply.matchIndex() >= index));
            assertTrue(cluster.node(follower).status().durableIndex() < index, "and the node has not been told");
            // It dies there, and has it when it comes back.
            cluster.kill(follower);
            pause.resume();
            assertEquals("1", committed(outcome.join()));
            cluster.restart(follower);
            cluster.awaitAllApplied();
        }
    }

    @Test
    void standsAtACrashAndAtAnAppliedCommand(InMemoryCluster cluster, RaftClient client) {
        String leader = cluster.leader();
        String follower = cluster.followers().getFirst();
        try (Pause pause = cluster.pauseWhen(event -> event instanceof ClusterEvent.Applied applied
                && applied.node().equals(leader))) {
            CompletableFuture<Outcome> outcome = submit(client);
            ClusterEvent.Applied applied = (ClusterEvent.Applied) pause.await();
            assertEquals(3, applied.index(), "after the no-op and the opening of the session");
            assertFalse(outcome.isDone(), "the result has not left");
            pause.resume();
            assertEquals("1", committed(outcome.join()));
        }
        try (Pause pause = cluster.pauseWhen(event -> event instanceof ClusterEvent.Ended)) {
            cluster.powerCut(follower);
            assertEquals(new ClusterEvent.Ended(follower, "power cut"), pause.await());
        }
        assertEquals("2", committed(submit(client).join()));
    }

    @Test
    void aPredicateThatThrowsIsTheTestsAndNotTheNodes(InMemoryCluster cluster, RaftClient client) {
        try (Pause pause = cluster.pauseWhen(event -> {
            throw new IllegalStateException("mine");
        })) {
            assertEquals("1", committed(submit(client).join()));
            assertEquals("mine", assertThrows(AssertionError.class, pause::await).getCause().getMessage());
        }
        assertEquals("2", committed(submit(client).join()));
    }

    @Test
    void onePauseAtATimeAndClosingEndsIt(InMemoryCluster cluster) {
        Pause pause = cluster.pauseWhen(event -> event instanceof ClusterEvent.Sending);
        assertThrows(IllegalStateException.class, () -> cluster.pauseWhen(event -> true));
        pause.await();
        assertTrue(pause.isReached());
    }
}
