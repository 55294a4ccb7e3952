package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.driftless.client.RaftClient;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.machine.Command;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import io.driftless.node.NodeConfig;
import io.driftless.raft.Message;
import io.driftless.testkit.ClusterEvent;
import io.driftless.testkit.InMemoryCluster;
import io.driftless.testkit.Pause;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A command that hangs in every state machine of a cluster: consensus goes on, and callers are told. */
@Timeout(180)
class HungEverywhereTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ELECTION_MIN = Duration.ofMillis(400);
    private static final NodeConfig QUICK = NodeConfig.builder().electionTimeout(ELECTION_MIN, Duration.ofMillis(500))
            .heartbeatInterval(Duration.ofMillis(20)).build();
    private static final byte[] ONE = {1};
    private static final byte[] HANGING = {13};

    private volatile CountDownLatch release = new CountDownLatch(1);

    /** Hangs in the command 13, or at the end of its batch. */
    private final class Hanging extends Counter {

        private final String where;
        private boolean isDue;

        Hanging(String where) {
            this.where = where;
        }

        @Override
        public Result apply(Command command) {
            isDue |= command.payload().get(command.payload().position()) == HANGING[0];
            hang("apply");
            return super.apply(command);
        }

        @Override
        public void batchApplied(long index, SessionRows changed) {
            hang("batchApplied");
        }

        private void hang(String here) {
            if (isDue && here.equals(where)) {
                isDue = false;
                try {
                    release.await();
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private InMemoryCluster cluster(int size, String where) {
        return InMemoryCluster.of(size, () -> new Hanging(where), QUICK, UnrecoverableErrorHandler.STOP);
    }

    private static boolean isReported(InMemoryCluster cluster, String node, String where) {
        return cluster.node(node).errors().stream().anyMatch(error -> error.message()
                .contains("the state machine hangs: " + where + " at index "));
    }

    @Test
    void aHangAtTheEndOfABatchIsReportedAndNewCommandsAreRefused() {
        try (InMemoryCluster cluster = cluster(1, "batchApplied"); RaftClient client = cluster.client()) {
            assertInstanceOf(Outcome.Committed.class, client.execute(ONE, PATIENCE));
            client.submit(HANGING, PATIENCE);
            try {
                cluster.await("the report", () -> isReported(cluster, "n1", "batchApplied"));
                // The computer may stand still until the deadline.
                cluster.await("the refusal", () -> client.execute(ONE, Duration.ofSeconds(1))
                        instanceof Outcome.Rejected rejected && rejected.reason() == Outcome.Reason.OVERLOADED
                        && rejected.detail().contains("the state machine hangs: batchApplied at index "));
            } finally {
                release.countDown();
            }
            assertInstanceOf(Outcome.Committed.class, client.execute(ONE, PATIENCE));
        }
    }

    @Test
    void heartbeatsDoNotSufferWhileACommandHangs() {
        heartbeatsDoNotSuffer("apply");
    }

    @Test
    void heartbeatsDoNotSufferWhileABatchHangs() {
        heartbeatsDoNotSuffer("batchApplied");
    }

    /** Where a pause of the computer costs the lead, or comes near it, it is tried again. */
    private void heartbeatsDoNotSuffer(String where) {
        try (InMemoryCluster cluster = cluster(3, where); RaftClient client = cluster.client()) {
            cluster.await("a leader that leads all the time", () -> {
                cluster.awaitAllApplied();
                return leadsOn(cluster, client, where);
            });
        }
    }

    private boolean leadsOn(InMemoryCluster cluster, RaftClient client, String where) {
        String leader = cluster.leader();
        List<String> followers = cluster.followers();
        cluster.names().forEach(name -> cluster.node(name).clearErrors());
        AtomicInteger elections = new AtomicInteger();
        Map<String, Integer> heard = new ConcurrentHashMap<>();
        release = new CountDownLatch(1);
        Pause watching = cluster.pauseWhen(event -> {
            if (event instanceof ClusterEvent.RoleChanged) {
                elections.incrementAndGet();
            } else if (event instanceof ClusterEvent.Receiving receiving
                    && receiving.message() instanceof Message.AppendEntries && receiving.peer().equals(leader)) {
                heard.merge(receiving.node(), 1, Integer::sum);
            }
            return false;
        });
        try {
            client.submit(HANGING, Duration.ofSeconds(30));
            cluster.await("all to hang, or another leader", () -> elections.get() > 0
                    || cluster.names().stream().allMatch(name -> isReported(cluster, name, where)));
            heard.clear();
            cluster.await("messages of the leader behind that", () -> elections.get() > 0
                    || followers.stream().allMatch(name -> heard.getOrDefault(name, 0) >= 100));
            boolean isCalm = followers.stream().allMatch(name -> cluster.node(name).status().leaderSilenceMax()
                    .filter(silence -> silence.compareTo(ELECTION_MIN) < 0).isPresent());
            return elections.get() == 0 && isCalm;
        } finally {
            watching.resume();
            release.countDown();
        }
    }

    @Test
    void aCommandThatHangsIsUnknownToItsCallerAndExecutedOnce() throws Exception {
        try (InMemoryCluster cluster = cluster(1, "batchApplied"); RaftClient client = cluster.client()) {
            assertInstanceOf(Outcome.Committed.class, client.execute(ONE, PATIENCE));
            assertEquals(new Outcome.Unknown(Outcome.Why.TIMEOUT), client.execute(HANGING, Duration.ofSeconds(1)));
            release.countDown();
            cluster.await("that it goes on", () -> client.execute(ONE, PATIENCE) instanceof Outcome.Committed committed
                    && committed.result().text().equals("15"));
        }
    }
}
