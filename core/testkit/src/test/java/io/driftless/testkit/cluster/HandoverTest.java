package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.machine.Outcome;
import io.driftless.machine.TransferOutcome;
import io.driftless.node.NodeConfig;
import io.driftless.testkit.ClusterEvent;
import io.driftless.testkit.InMemoryCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** R26 with real nodes: leadership is handed over under load, on request and when a leader is closed. */
@Timeout(180)
class HandoverTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** So long that a machine that is short of time lets no election timeout pass. */
    private static final NodeConfig CONFIG = NodeConfig.builder()
            .electionTimeout(Duration.ofSeconds(3), Duration.ofSeconds(6)).build();

    /** Who became a pre-candidate, a candidate or a leader, since somebody last looked. */
    private final List<String> elections = Collections.synchronizedList(new ArrayList<>());

    private InMemoryCluster start() {
        InMemoryCluster cluster = InMemoryCluster.of(3, Counter::new, CONFIG, UnrecoverableErrorHandler.STOP);
        cluster.pauseWhen(event -> {
            if (event instanceof ClusterEvent.RoleChanged change && !change.role().equals("follower")) {
                elections.add(change.node() + " " + change.role() + " " + change.term());
            }
            return false;
        });
        return cluster;
    }

    /** The target has campaigned, and nobody asked before whether it would be elected: no election timeout was over. */
    private void assertHandedOver(String next, long term) {
        assertEquals(List.of(next + " candidate " + term, next + " leader " + term), List.copyOf(elections));
        elections.clear();
    }

    /** One session that executes one command after the other until it is told to stop. */
    private static final class Load implements AutoCloseable {
        private final AtomicBoolean goesOn = new AtomicBoolean(true);
        private final AtomicInteger done = new AtomicInteger();
        private final CompletableFuture<List<Outcome>> outcomes;

        Load(InMemoryCluster cluster) {
            outcomes = CompletableFuture.supplyAsync(() -> run(cluster), task -> Thread.ofPlatform().name("load")
                    .start(task));
        }

        private List<Outcome> run(InMemoryCluster cluster) {
            List<Outcome> all = new ArrayList<>();
            try (RaftClient client = cluster.client()) {
                while (goesOn.get()) {
                    all.add(client.execute(new byte[] {1}, PATIENCE));
                    done.incrementAndGet();
                }
            }
            return all;
        }

        void awaitMore(InMemoryCluster cluster) {
            int before = done.get();
            cluster.await("commands", () -> done.get() > before + 20 || outcomes.isDone());
        }

        List<Outcome> end() {
            goesOn.set(false);
            return outcomes.join();
        }

        @Override
        public void close() {
            goesOn.set(false);
        }
    }

    @Test
    void r26ALeaderThatIsClosedHandsOverAndNoOutcomeIsUnknown() {
        try (InMemoryCluster cluster = start()) {
            String leader = cluster.leader();
            long term = cluster.node(leader).status().term();
            try (Load load = new Load(cluster)) {
                load.awaitMore(cluster);
                elections.clear();
                cluster.stop(leader);
                String next = cluster.leader();
                load.awaitMore(cluster);
                assertEquals(term + 1, cluster.node(next).status().term());
                assertHandedOver(next, term + 1);
                load.end().forEach(outcome -> assertInstanceOf(Outcome.Committed.class, outcome));
            }
        }
    }

    @Test
    void r26LeadershipGoesRoundUnderLoadAndNoOutcomeIsUnknown() throws InterruptedException {
        try (InMemoryCluster cluster = start()) {
            String leader = cluster.leader();
            long term = cluster.node(leader).status().term();
            elections.clear();
            try (Load load = new Load(cluster)) {
                for (String next : List.of("n1", "n2", "n3", "n1")) {
                    if (!next.equals(leader)) {
                        load.awaitMore(cluster);
                        assertEquals(new TransferOutcome.Transferred(next),
                                cluster.node(leader).transferLeadership(next, PATIENCE));
                        term++;
                        leader = cluster.leader();
                        assertEquals(next + " in term " + term, leader + " in term "
                                + cluster.node(leader).status().term());
                        assertHandedOver(next, term);
                    }
                }
                load.awaitMore(cluster);
                load.end().forEach(outcome -> assertInstanceOf(Outcome.Committed.class, outcome));
            }
        }
    }

    @Test
    void r26WhoDoesNotLeadSaysWhoDoes() throws InterruptedException {
        try (InMemoryCluster cluster = start()) {
            String leader = cluster.leader();
            String other = cluster.followers().getFirst();
            assertEquals(new TransferOutcome.NotTransferred(TransferOutcome.Reason.NOT_LEADER,
                    "the leader is " + leader), cluster.node(other).transferLeadership(PATIENCE));
            assertEquals(new TransferOutcome.NotTransferred(TransferOutcome.Reason.NO_TARGET, "n9 is no member"),
                    cluster.node(leader).transferLeadership("n9", PATIENCE));
        }
    }

    @Test
    void r26TheLastThatRunsIsClosedWithoutAnybodyToHandOverTo() {
        try (InMemoryCluster cluster = start()) {
            String leader = cluster.leader();
            cluster.followers().forEach(cluster::kill);
            cluster.stop(leader);
            assertTrue(cluster.notes().stream().noneMatch(note -> note.contains("hands over")));
        }
    }
}
