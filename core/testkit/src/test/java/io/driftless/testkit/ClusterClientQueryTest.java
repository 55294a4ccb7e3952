package io.driftless.testkit;

import static io.driftless.machine.Consistency.LINEARIZABLE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.QueryOutcome.Answered;
import io.driftless.machine.QueryOutcome.Failed;
import io.driftless.machine.QueryOutcome.Reason;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where queries of a client go, and what becomes of those that are not answered at once. */
@Timeout(180)
class ClusterClientQueryTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String ALL = "a:1,b:2,c:3";

    private final ScriptedServers servers = new ScriptedServers();

    @AfterEach
    void closeServers() {
        servers.close();
    }

    /** In sessions, unless a test says otherwise. */
    private RaftClient client(String addresses) {
        return client(servers.config(addresses));
    }

    private static RaftClient client(ClientConfig.Builder config) {
        return RaftClient.connect(config.build());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static void assertAnswered(String query, RaftClient client) {
        assertAnswered(query, client.query(bytes(query), LINEARIZABLE, LONG));
    }

    private static void assertAnswered(String query, QueryOutcome outcome) {
        assertEquals(query, assertInstanceOf(Answered.class, outcome, outcome::toString).result().text());
    }

    private static Failed assertFailed(Reason reason, QueryOutcome outcome) {
        Failed failed = assertInstanceOf(Failed.class, outcome, outcome::toString);
        assertEquals(reason, failed.reason(), failed::detail);
        return failed;
    }

    /** Until what is expected has happened on other threads. */
    private static void await(java.util.function.BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    /** A member that does not lead, and answers queries all the same. */
    private void follows(String address, String leaderAddress) {
        servers.at(address).script((connection, request) -> {
            if (request instanceof ClientRequest.Query) {
                connection.answerQuery(request, leaderAddress);
            } else {
                connection.reject(request, Outcome.Reason.NOT_LEADER, leaderAddress);
            }
        });
    }

    private void refuses(String address, Reason reason, String leaderAddress) {
        servers.at(address).script((connection, request) -> {
            if (request instanceof ClientRequest.Query) {
                connection.failQuery(request, reason, leaderAddress);
            } else {
                connection.reject(request, Outcome.Reason.NOT_LEADER, leaderAddress);
            }
        });
    }

    private int queries(String address) {
        return servers.at(address).requests(ClientRequest.Query.class).size();
    }

    @Test
    void asksOverOneConnectionAndOpensNoSession() {
        servers.at("a:1").leads();
        try (RaftClient client = client("a:1")) {
            assertEquals(0, servers.at("a:1").connects());
            for (int i = 0; i < 100; i++) {
                assertAnswered("q" + i, client);
            }
            assertEquals(1, servers.at("a:1").connects());
            assertEquals(100, servers.at("a:1").requests(ClientRequest.class).size());
            assertEquals(100, queries("a:1"));
        }
    }

    @Test
    void tellsWhatItAsksForAndHowLongItWaits() {
        servers.at("a:1").leads();
        try (RaftClient client = client("a:1")) {
            assertAnswered("", client.query(new byte[0], Consistency.atLeast(17), LONG));
            assertAnswered("x", client.query(bytes("x"), Consistency.STALE, LONG));
        }
        List<ClientRequest.Query> asked = servers.at("a:1").requests(ClientRequest.Query.class);
        assertEquals(List.of(Consistency.atLeast(17), Consistency.STALE),
                asked.stream().map(ClientRequest.Query::consistency).toList());
        assertTrue(asked.stream().allMatch(query -> query.timeLeftMs() > 0 && query.timeLeftMs() <= 60_000));
    }

    @Test
    void usesTheConnectionThatCommandsUse() {
        servers.at("a:1").follows("b:2");
        servers.at("b:2").leads();
        try (RaftClient client = client(ALL)) {
            assertInstanceOf(Outcome.Committed.class, client.execute(bytes("x"), LONG));
            assertAnswered("x", client);
            assertEquals(1, queries("b:2"));
            assertEquals(1, servers.at("b:2").connects());
        }
    }

    @Test
    void endsUpAtTheLeader() {
        follows("a:1", "z:9");
        servers.at("z:9").leads();
        try (RaftClient client = client("a:1")) {
            assertAnswered("first", client);
            await(() -> {
                assertAnswered("next", client);
                return queries("z:9") > 0;
            });
            int before = queries("a:1");
            for (int i = 0; i < 20; i++) {
                assertAnswered("later", client);
            }
            assertEquals(before, queries("a:1"));
        }
    }

    @Test
    void asksElsewhereWhenTheConnectionBreaks() {
        servers.at("a:1").breaksOn();
        servers.at("b:2").leads();
        try (RaftClient client = client("a:1,b:2")) {
            assertAnswered("x", client);
            assertEquals(1, queries("b:2"));
        }
    }

    @Test
    void asksElsewhereWhenNothingIsSent() {
        servers.at("a:1").leads().refusesToSend(true);
        servers.at("b:2").leads();
        try (RaftClient client = client("a:1,b:2")) {
            assertAnswered("x", client);
            assertEquals(0, queries("a:1"));
        }
    }

    @Test
    void asksElsewhereWhoeverKnowsNoLeaderOrCloses() {
        refuses("a:1", Reason.NO_LEADER, "");
        refuses("b:2", Reason.CLOSED, "");
        servers.at("c:3").leads();
        try (RaftClient client = client(ALL)) {
            assertAnswered("x", client);
            assertAnswered("y", client);
            assertEquals(2, queries("a:1") + queries("b:2"));
        }
    }
}
