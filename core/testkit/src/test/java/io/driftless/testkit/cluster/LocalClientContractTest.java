package io.driftless.testkit.cluster;

import io.driftless.client.RaftClient;
import io.driftless.tck.RaftClientContract;
import io.driftless.testkit.InMemoryCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A client that enters by a node in the same process, which does not lead. */
@Timeout(180)
class LocalClientContractTest extends RaftClientContract {

    private final InMemoryCluster cluster = InMemoryCluster.of(3, Echo::new);

    @Override
    protected RaftClient client() {
        return cluster.node(cluster.followers().getFirst()).newClient();
    }

    @AfterEach
    void closeCluster() {
        cluster.close();
    }
}
