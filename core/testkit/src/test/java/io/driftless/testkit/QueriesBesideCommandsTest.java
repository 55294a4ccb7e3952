package io.driftless.testkit;

import static io.driftless.machine.Consistency.LINEARIZABLE;
import static io.driftless.machine.Consistency.STALE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.driftless.client.RaftClient;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome.Reason;
import io.driftless.transport.ClientRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queries of a client take nothing from its commands, nor from each other. */
@Timeout(180)
class QueriesBesideCommandsTest extends QueryClientSetting {

    private static void assertCommitted(RaftClient client) {
        Outcome outcome = client.execute(bytes("x"), LONG);
        assertInstanceOf(Outcome.Committed.class, outcome, outcome::toString);
    }

    /** A leader whose queries take too long: it is well otherwise. */
    private void leadsAndScans(String address) {
        ScriptedServers.Script leader = servers.at(address).leads().script();
        servers.at(address).script((connection, request) -> {
            if (!(request instanceof ClientRequest.Query)) {
                leader.received(connection, request);
            }
        });
    }

    private void assertKeepsItsConnection(boolean hasSessions, Consistency consistency) {
        leadsAndScans("a:1");
        try (RaftClient client = client(servers.config("a:1").sessions(hasSessions))) {
            assertCommitted(client);
            for (int i = 0; i < 3; i++) {
                assertFailed(Reason.TIMEOUT, client.query(bytes("q"), consistency, SHORT));
                assertCommitted(client);
            }
        }
        assertEquals(1, servers.at("a:1").connects());
        assertEquals(hasSessions ? 1 : 0, servers.at("a:1").requests(ClientRequest.OpenSession.class).size());
    }

    @Test
    void aQueryThatWaitsForAnIndexTakesNoConnectionFromCommands() {
        assertKeepsItsConnection(true, Consistency.atLeast(1000));
    }

    @Test
    void slowQueriesTakeNoConnectionInASession() {
        assertKeepsItsConnection(true, LINEARIZABLE);
    }

    @Test
    void slowQueriesTakeNoConnectionWithoutASession() {
        assertKeepsItsConnection(false, LINEARIZABLE);
    }

    /** The nearest one is well; it only has not applied that index yet. */
    @Test
    void aQueryThatWaitsForAnIndexDoesNotSendTheNextOnesElsewhere() {
        servers.at("a:1").leads();
        servers.at("b:2").script((connection, request) -> {
            if (!(request instanceof ClientRequest.Query query)) {
                connection.reject(request, Outcome.Reason.NOT_LEADER, "a:1");
            } else if (query.consistency().equals(STALE)) {
                connection.answerQuery(request, "a:1");
            }
        });
        try (RaftClient client = client(servers.config("a:1").readFrom("b:2"))) {
            assertCommitted(client);
            await(() -> {
                assertAnswered("s", client.query(bytes("s"), STALE, LONG));
                return queries("b:2") > 0;
            });
            int before = queries("a:1");
            assertFailed(Reason.TIMEOUT, client.query(bytes("i"), Consistency.atLeast(1000), SHORT));
            for (int i = 0; i < 20; i++) {
                assertAnswered("s", client.query(bytes("s"), STALE, LONG));
            }
            assertEquals(before, queries("a:1"));
            assertEquals(1, servers.at("b:2").connects());
        }
    }

    /** A client that only writes has no business there, least of all first. */
    @Test
    void commandsDoNotWaitForTheOneToReadFrom() {
        servers.at("a:1").leads();
        servers.at("h:7").hangs();
        try (RaftClient client = client(servers.config("a:1").readFrom("h:7"))) {
            assertCommitted(client);
        }
        assertEquals(0, servers.at("h:7").connects());
    }

    @Test
    void commandsAreNotSentToAnAddressThatIsOnlyToBeReadFrom() {
        servers.at("a:1").leads();
        servers.at("x:9").leads();
        try (RaftClient client = client(servers.plainConfig("a:1").readFrom("x:9"))) {
            await(() -> {
                assertAnswered("q", client);
                return queries("x:9") > 0;
            });
            assertCommitted(client);
        }
        assertEquals(List.of("x"), servers.at("a:1").executed());
        assertEquals(List.of(), servers.at("x:9").executed());
    }

    /** What one reads from is no consolation. */
    @Test
    void commandsAreToldAtOnceThatNoneOfTheirAddressesIsAMember() {
        servers.at("a:1").isNoDriftless();
        servers.at("x:9").leads();
        try (RaftClient client = client(servers.config("a:1").readFrom("x:9"))) {
            Outcome outcome = client.execute(bytes("x"), Duration.ofHours(1));
            assertEquals(Outcome.Reason.NOT_DRIFTLESS,
                    assertInstanceOf(Outcome.Rejected.class, outcome, outcome::toString).reason());
        }
    }
}
