package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.client.RaftClient;
import io.driftless.machine.Consistency;
import io.driftless.machine.Result;
import io.driftless.testkit.InMemoryCluster;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A query changes nothing, and so it ends nobody, whatever it throws. */
@Timeout(120)
class PoisonousQueryTest {

    /** As of an expression that is nested too deeply. */
    private static final class Deep extends Counter {
        @Override
        public Result query(ByteBuffer query, long appliedIndex) {
            throw new StackOverflowError();
        }
    }

    @Test
    void oneQueryDoesNotEndOneMemberAfterTheOther() {
        try (InMemoryCluster cluster = InMemoryCluster.of(3, Deep::new); RaftClient client = cluster.client()) {
            client.execute(new byte[] {1}, Duration.ofSeconds(30));
            var outcome = client.query(new byte[1], Consistency.LINEARIZABLE, Duration.ofSeconds(10));
            assertEquals(List.of(), cluster.names().stream().filter(name -> cluster.node(name).ended().isDone())
                    .toList(), () -> "ended, and the client was told: " + outcome);
        }
    }
}
