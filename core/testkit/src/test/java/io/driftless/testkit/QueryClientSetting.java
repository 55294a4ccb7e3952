package io.driftless.testkit;

import static io.driftless.machine.Consistency.LINEARIZABLE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.QueryOutcome.Answered;
import io.driftless.machine.QueryOutcome.Failed;
import io.driftless.machine.QueryOutcome.Reason;
import io.driftless.transport.ClientRequest;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** A client that asks scripted servers. */
abstract class QueryClientSetting {

    static final Duration LONG = Duration.ofSeconds(60);
    static final Duration SHORT = Duration.ofMillis(300);
    static final String ALL = "a:1,b:2,c:3";

    final ScriptedServers servers = new ScriptedServers();

    @AfterEach
    void closeServers() {
        servers.close();
    }

    /** In sessions, unless a test says otherwise. */
    RaftClient client(String addresses) {
        return client(servers.config(addresses));
    }

    static RaftClient client(ClientConfig.Builder config) {
        return RaftClient.connect(config.build());
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static void assertAnswered(String query, RaftClient client) {
        assertAnswered(query, client.query(bytes(query), LINEARIZABLE, LONG));
    }

    static void assertAnswered(String query, QueryOutcome outcome) {
        assertEquals(query, assertInstanceOf(Answered.class, outcome, outcome::toString).result().text());
    }

    static Failed assertFailed(Reason reason, QueryOutcome outcome) {
        Failed failed = assertInstanceOf(Failed.class, outcome, outcome::toString);
        assertEquals(reason, failed.reason(), failed::detail);
        return failed;
    }

    /** Until what is expected has happened on other threads. */
    static void await(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    /** A member that does not lead, and answers queries all the same. */
    void follows(String address, String leaderAddress) {
        servers.at(address).script((connection, request) -> {
            if (request instanceof ClientRequest.Query) {
                connection.answerQuery(request, leaderAddress);
            } else {
                connection.reject(request, Outcome.Reason.NOT_LEADER, leaderAddress);
            }
        });
    }

    void refuses(String address, Reason reason, String leaderAddress) {
        servers.at(address).script((connection, request) -> {
            if (request instanceof ClientRequest.Query) {
                connection.failQuery(request, reason, leaderAddress);
            } else {
                connection.reject(request, Outcome.Reason.NOT_LEADER, leaderAddress);
            }
        });
    }

    int queries(String address) {
        return servers.at(address).requests(ClientRequest.Query.class).size();
    }
}
