package io.driftless.testkit.cluster;

import io.driftless.client.RaftClient;
import io.driftless.tck.RaftClientContract;
import io.driftless.testkit.InMemoryCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A client of three nodes, over the network in memory. */
@Timeout(180)
class InMemoryClusterClientContractTest extends RaftClientContract {

    private final InMemoryCluster cluster = InMemoryCluster.of(3, Echo::new);

    @Override
    protected RaftClient client() {
        return cluster.client();
    }

    @AfterEach
    void closeCluster() {
        cluster.close();
    }
}
