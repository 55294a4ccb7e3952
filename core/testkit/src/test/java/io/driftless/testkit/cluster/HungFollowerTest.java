package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.driftless.client.RaftClient;
import io.driftless.errors.ErrorEntry;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.node.NodeConfig;
import io.driftless.testkit.InMemoryCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A command that hangs on a follower, whose clock has nothing else to do while it hears its leader. */
@Timeout(180)
class HungFollowerTest {

    private volatile String hanging = "";
    private final CountDownLatch release = new CountDownLatch(1);

    /** Hangs on one server. */
    private final class Hanging extends Counter {

        private String node = "";

        @Override
        public long open(MachineContext context) {
            node = context.nodeId();
            return super.open(context);
        }

        @Override
        public Result apply(Command command) {
            if (node.equals(hanging)) {
                try {
                    release.await();
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                }
            }
            return super.apply(command);
        }
    }

    @Test
    void aCommandThatHangsOnAFollowerIsReportedOnceAndShownUntilItIsDone() {
        NodeConfig config = NodeConfig.builder().electionTimeout(Duration.ofMillis(200), Duration.ofMillis(300))
                .heartbeatInterval(Duration.ofMillis(20)).build();
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Hanging::new, config, UnrecoverableErrorHandler.STOP);
                RaftClient client = cluster.client()) {
            cluster.leader();
            String follower = cluster.followers().getFirst();
            hanging = follower;
            assertInstanceOf(Outcome.Committed.class, client.execute(new byte[] {1},
                    Duration.ofSeconds(60)));
            try {
                cluster.await("the report", () -> !reports(cluster, follower).isEmpty());
                // While an election goes on, it says that first.
                cluster.await("what it says", () -> cluster.node(follower).status().blocked().matches("the state "
                        + "machine hangs: apply at index \\d+ has been under way for \\d+ s"));
            } finally {
                release.countDown();
            }
            assertEquals(1, reports(cluster, follower).size());
            cluster.await("that it goes on", () -> cluster.node(follower).status().blocked().isEmpty());
        }
    }

    private static List<ErrorEntry> reports(InMemoryCluster cluster, String node) {
        return cluster.node(node).errors().stream()
                .filter(error -> error.message().contains("the state machine hangs: ")).toList();
    }
}
