package io.driftless.testkit;

import io.driftless.client.RaftClient;
import io.driftless.tck.RaftClientContract;
import org.junit.jupiter.api.AfterEach;

/** A client without a session. */
class PlainClientContractTest extends RaftClientContract {

    private final ScriptedServers servers = new ScriptedServers();

    @Override
    protected RaftClient client() {
        servers.at("a:1").follows("b:2");
        servers.at("b:2").leads();
        return RaftClient.connect(servers.plainConfig("a:1,b:2,c:3").build());
    }

    @AfterEach
    void closeServers() {
        servers.close();
    }
}
