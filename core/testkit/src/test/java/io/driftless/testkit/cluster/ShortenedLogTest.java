package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.machine.Outcome;
import io.driftless.node.LogRetention;
import io.driftless.node.NodeConfig;
import io.driftless.node.SnapshotTriggers;
import io.driftless.testkit.InMemoryCluster;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cluster whose logs are shortened, and members that are brought up to date by a snapshot (Raft §7). */
@Timeout(180)
class ShortenedLogTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final NodeConfig OFTEN = NodeConfig.builder().snapshotTriggers(new SnapshotTriggers(0, 20,
            Duration.ZERO)).logRetention(new LogRetention(0, 0, 1 << 20)).build();

    /** Snapshots are large, so that they travel in many parts. */
    private static final int PADDING = 3 << 20;

    private final InMemoryCluster cluster = InMemoryCluster.of(3, () -> new PaddedCounter(PADDING), OFTEN,
            UnrecoverableErrorHandler.STOP);

    @AfterEach
    void close() {
        cluster.close();
    }

    /** What the state machines have been given. */
    private int sum;

    private void add(int count) {
        sum += count;
        try (RaftClient client = cluster.client()) {
            for (int i = 0; i < count; i++) {
                assertInstanceOf(Outcome.Committed.class, client.execute(new byte[]{1}, PATIENCE));
            }
        }
    }

    private long first(String name) {
        return cluster.node(name).status().firstIndex();
    }

    private String sum(String name) {
        try (RaftClient client = cluster.node(name).newClient()) {
            return client.execute(new byte[]{0}, PATIENCE) instanceof Outcome.Committed committed
                    ? committed.result().text() : "";
        }
    }

    /** A snapshot is looked for with each command. */
    private void shortenLogs() {
        add(200);
        for (String name : cluster.names()) {
            cluster.await("a shorter log of " + name, () -> {
                add(1);
                return first(name) > 100;
            });
        }
    }

    @Test
    void theLogIsShortenedOnEveryServer() {
        shortenLogs();
    }

    @Test
    void aFollowerThatWasAwayIsBroughtUpToDateByASnapshot() {
        String away = cluster.followers().getFirst();
        add(10);
        cluster.kill(away);
        long last = cluster.disk(away).entries().getLast().index();
        add(200);
        // Else whoever leads may still send the entries.
        for (String name : cluster.names().stream().filter(name -> !name.equals(away)).toList()) {
            cluster.await("a log of " + name + " without what is needed", () -> {
                add(1);
                return first(name) > last + 1;
            });
        }
        cluster.restart(away);
        cluster.awaitAllApplied();
        assertTrue(first(away) > last + 1, "its log begins behind the snapshot");
        add(50);
        cluster.awaitAllApplied();
        // Of the other two only one goes on, and whoever leads then answers with what it was given.
        String gone = cluster.names().stream().filter(name -> !name.equals(away)).findFirst().orElseThrow();
        cluster.kill(gone);
        assertEquals(Integer.toString(sum), sum(cluster.leader()));
    }

    @Test
    void everyServerStartsFromAShortenedLog() {
        shortenLogs();
        for (String name : cluster.names()) {
            cluster.kill(name);
        }
        for (String name : cluster.names()) {
            cluster.restart(name);
        }
        assertEquals(Integer.toString(sum), sum(cluster.leader()));
    }
}
