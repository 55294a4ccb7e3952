package io.driftless.testkit.cluster;

import static io.driftless.machine.Consistency.LINEARIZABLE;
import static io.driftless.machine.Consistency.STALE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.machine.Command;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.QueryOutcome.Answered;
import io.driftless.machine.QueryOutcome.Failed;
import io.driftless.machine.Result;
import io.driftless.testkit.InMemoryCluster;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients see of a cluster of real nodes without the log. */
@Timeout(180)
class ClientQueriesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final byte[] NOTHING = {};
    private static final long FAR = 1_000_000;

    /** One that reads from this member. */
    private static RaftClient reader(InMemoryCluster cluster, String name) {
        return RaftClient.connect(ClientConfig.builder(cluster.names().stream().map(each -> cluster.node(each)
                .address()).toList(), cluster.network().clients()).readFrom(cluster.node(name).address()).build());
    }

    private static Answered answered(QueryOutcome outcome) {
        return assertInstanceOf(Answered.class, outcome, outcome::toString);
    }

    private static void assertFailed(QueryOutcome.Reason reason, QueryOutcome outcome) {
        assertEquals(reason, assertInstanceOf(Failed.class, outcome, outcome::toString).reason());
    }

    private static Outcome.Committed add(RaftClient client) {
        Outcome outcome = client.execute(new byte[] {1}, PATIENCE);
        return assertInstanceOf(Outcome.Committed.class, outcome, outcome::toString);
    }

    private static CompletableFuture<QueryOutcome> async(RaftClient client, Consistency consistency) {
        return CompletableFuture.supplyAsync(() -> client.query(NOTHING, consistency, PATIENCE),
                task -> Thread.ofVirtual().start(task));
    }

    @Test
    void aQueryAtAFollowerSeesWhatWasCommittedBefore() {
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Counter::new); RaftClient writer = cluster.client()) {
            for (String follower : cluster.followers()) {
                try (RaftClient reader = reader(cluster, follower)) {
                    for (int i = 0; i < 100; i++) {
                        Outcome.Committed committed = add(writer);
                        Answered answer = answered(reader.query(NOTHING, LINEARIZABLE, PATIENCE));
                        assertEquals(committed.result().text(), answer.result().text());
                        assertTrue(answer.index() >= committed.index());
                        assertTrue(answer.age().isPresent());
                    }
                }
            }
        }
    }

    @Test
    void aQueryWaitsForTheIndexThatItMustHaveSeen() {
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Counter::new); RaftClient writer = cluster.client()) {
            add(writer);
            String behind = cluster.followers().getFirst();
            try (RaftClient reader = reader(cluster, behind)) {
                cluster.await("the connection", () -> answered(reader.query(NOTHING, STALE, PATIENCE)).index() > 0);
                cluster.partition(behind);
                Outcome.Committed committed = add(writer);
                assertFailed(QueryOutcome.Reason.TIMEOUT, reader.query(NOTHING, Consistency.atLeast(committed.index()),
                        SHORT));
                CompletableFuture<QueryOutcome> waits = async(reader, Consistency.atLeast(committed.index()));
                cluster.heal();
                Answered answer = answered(waits.join());
                assertTrue(answer.index() >= committed.index(), answer::toString);
                assertEquals(committed.result().text(), answer.result().text());
            }
        }
    }

    @Test
    void aStaleAnswerSaysInTheEndHowOldItIs() {
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Counter::new); RaftClient writer = cluster.client()) {
            add(writer);
            String follower = cluster.followers().getFirst();
            try (RaftClient reader = reader(cluster, follower)) {
                cluster.await("an age", () -> answered(reader.query(NOTHING, STALE, PATIENCE)).age().isPresent());
                cluster.partition(follower);
                Duration old = Duration.ofSeconds(1);
                cluster.await("an old answer", () -> answered(reader.query(NOTHING, STALE, PATIENCE)).age()
                        .filter(age -> age.compareTo(old) > 0).isPresent());
                cluster.heal();
                cluster.await("a new answer", () -> answered(reader.query(NOTHING, STALE, PATIENCE)).age()
                        .filter(age -> age.compareTo(old) < 0).isPresent());
            }
        }
    }

    @Test
    void aMemberThatIsCutOffDoesNotKeepAQuery() {
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Counter::new); RaftClient writer = cluster.client()) {
            String leader = cluster.leader();
            try (RaftClient reader = reader(cluster, leader)) {
                answered(reader.query(NOTHING, LINEARIZABLE, PATIENCE));
                cluster.partition(leader);
                Outcome.Committed committed = add(writer);
                Answered answer = answered(reader.query(NOTHING, LINEARIZABLE, PATIENCE));
                assertEquals(committed.result().text(), answer.result().text());
            }
        }
    }

    @Test
    void queriesGoOnAfterTheLeaderIsKilled() {
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Counter::new); RaftClient client = cluster.client()) {
            answered(client.query(NOTHING, LINEARIZABLE, PATIENCE));
            cluster.kill(cluster.leader());
            answered(client.query(NOTHING, LINEARIZABLE, PATIENCE));
        }
    }

    @Test
    void aQueryFromInsideApplyIsRefused() {
        AtomicReference<RaftClient> inside = new AtomicReference<>();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (InMemoryCluster cluster = InMemoryCluster.of(1, () -> new Counter() {
            @Override
            public Result apply(Command command) {
                if (inside.get() != null) {
                    thrown.set(assertThrows(IllegalStateException.class, () -> inside.get().query(NOTHING, STALE,
                            PATIENCE)));
                }
                return super.apply(command);
            }
        }); RaftClient client = cluster.client(); RaftClient local = cluster.node("n1").newClient()) {
            answered(local.query(NOTHING, STALE, PATIENCE));
            inside.set(local);
            add(client);
            assertInstanceOf(IllegalStateException.class, thrown.get());
        }
    }

    @Test
    void queriesThatWaitFailWhenTheClientIsClosed() {
        try (InMemoryCluster cluster = InMemoryCluster.of(1, Counter::new)) {
            for (RaftClient client : new RaftClient[] {cluster.client(), cluster.node("n1").newClient()}) {
                CompletableFuture<QueryOutcome> waits = async(client, Consistency.atLeast(FAR));
                answered(client.query(NOTHING, LINEARIZABLE, PATIENCE));
                client.close();
                assertFailed(QueryOutcome.Reason.CLOSED, waits.join());
            }
        }
    }

    @Test
    void queriesThatWaitFailWhenTheNodeOfTheirClientIsClosed() {
        try (InMemoryCluster cluster = InMemoryCluster.of(1, Counter::new)) {
            RaftClient client = cluster.node("n1").newClient();
            CompletableFuture<QueryOutcome> waits = async(client, Consistency.atLeast(FAR));
            answered(client.query(NOTHING, LINEARIZABLE, PATIENCE));
            cluster.node("n1").close();
            assertFailed(QueryOutcome.Reason.CLOSED, waits.join());
        }
    }
}
