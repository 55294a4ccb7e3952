package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import io.driftless.client.ClientConfig;
import io.driftless.client.MemberClient;
import io.driftless.client.RaftClient;
import io.driftless.machine.Consistency;
import io.driftless.testkit.InMemoryCluster;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Operators look at a member that many clients wait for. */
@Timeout(120)
class StatusBesideQueriesTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void theStatusIsToldAlthoughManyQueriesWaitForAnIndex() throws Exception {
        try (InMemoryCluster cluster = InMemoryCluster.of(1, Counter::new)) {
            String address = cluster.node(cluster.names().getFirst()).address();
            RaftClient reader = RaftClient.connect(ClientConfig.builder(List.of(address), cluster.network().clients())
                    .inFlightMax(5_000).build());
            for (int i = 0; i < 4_096; i++) {
                Thread.ofVirtual().start(() -> reader.query(new byte[1], Consistency.atLeast(1_000_000), LONG));
            }
            cluster.await("all wait", () -> cluster.node(cluster.names().getFirst()).status().queriesWaiting()
                    >= 4_096);
            try (MemberClient member = reader.member(address, LONG)) {
                assertDoesNotThrow(() -> member.statusJson(Duration.ofSeconds(5)));
            }
            reader.close();
        }
    }
}
