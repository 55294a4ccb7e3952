package io.driftless.testkit;

import static io.driftless.machine.Consistency.LINEARIZABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.QueryOutcome.Answered;
import io.driftless.machine.QueryOutcome.Failed;
import io.driftless.machine.QueryOutcome.Reason;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told of queries that are not answered, and how many there may be. */
@Timeout(180)
class ClusterClientQueryOutcomesTest extends QueryClientSetting {

    @Test
    void tellsAtOnceWhatAskingElsewhereWouldNotHelp() {
        servers.at("b:2").leads();
        for (Reason reason : List.of(Reason.OVERLOADED, Reason.MACHINE_FAILED, Reason.TOO_LARGE, Reason.TIMEOUT)) {
            refuses("a:1", reason, "");
            try (RaftClient client = client("a:1,b:2")) {
                assertEquals("scripted", assertFailed(reason, client.query(bytes("x"), LINEARIZABLE, LONG)).detail());
            }
        }
        assertEquals(0, queries("b:2"));
    }

    /** So a node refuses what it does not even read. */
    @Test
    void understandsARefusalAsOfACommand() {
        servers.at("a:1").script((connection, request) -> connection.reject(request, Outcome.Reason.TOO_LARGE, ""));
        try (RaftClient client = client("a:1")) {
            assertFailed(Reason.TOO_LARGE, client.query(bytes("x"), LINEARIZABLE, LONG));
            servers.at("a:1").script((connection, request) ->
                    connection.reject(request, Outcome.Reason.OVERLOADED, ""));
            assertFailed(Reason.OVERLOADED, client.query(bytes("x"), LINEARIZABLE, LONG));
        }
    }

    @Test
    void sendsNothingWithoutTime() {
        servers.at("a:1").leads();
        try (RaftClient client = client("a:1")) {
            for (Duration none : List.of(Duration.ZERO, Duration.ofMillis(-1))) {
                assertFailed(Reason.NO_TIME, client.query(bytes("x"), LINEARIZABLE, none));
            }
            assertEquals(0, servers.at("a:1").connects());
            assertAnswered("x", client.query(bytes("x"), LINEARIZABLE, Duration.ofSeconds(Long.MAX_VALUE)));
        }
    }

    @Test
    void anInterruptEndsItAndIsKept() throws Exception {
        servers.at("a:1").swallows();
        try (RaftClient client = client("a:1")) {
            AtomicReference<QueryOutcome> outcome = new AtomicReference<>();
            boolean[] isKept = new boolean[1];
            Thread asking = Thread.ofVirtual().start(() -> {
                outcome.set(client.query(bytes("x"), LINEARIZABLE, Duration.ofHours(1)));
                isKept[0] = Thread.currentThread().isInterrupted();
            });
            servers.at("a:1").awaitArrival();
            asking.interrupt();
            asking.join();
            assertFailed(Reason.INTERRUPTED, outcome.get());
            assertTrue(isKept[0]);
            servers.at("a:1").leads();
            assertAnswered("y", client);
        }
    }

    @Test
    void closeEndsWhatWaits() throws Exception {
        servers.at("a:1").swallows();
        // Nobody can be reached: so one waits for a connection, the other for an answer.
        for (String address : List.of("a:1", "b:2")) {
            RaftClient client = client(address);
            AtomicReference<QueryOutcome> outcome = new AtomicReference<>();
            Thread asking = Thread.ofVirtual().start(() ->
                    outcome.set(client.query(bytes("x"), LINEARIZABLE, Duration.ofHours(1))));
            await(() -> servers.at(address).connects() > 0);
            client.close();
            asking.join();
            assertFailed(Reason.CLOSED, outcome.get());
            assertFailed(Reason.CLOSED, client.query(bytes("x"), LINEARIZABLE, LONG));
        }
    }

    /** The last of some tries: a computer that stands still may end one before anything was found out. */
    private static void assertFailedAtLast(Reason reason, String words, RaftClient client) {
        QueryOutcome last = client.query(bytes("x"), LINEARIZABLE, SHORT);
        for (int i = 0; i < 60 && !(last instanceof Failed failed && failed.reason() == reason
                && failed.detail().contains(words)); i++) {
            last = client.query(bytes("x"), LINEARIZABLE, SHORT);
        }
        assertTrue(assertFailed(reason, last).detail().contains(words), last::toString);
    }

    @Test
    void saysAtTheDeadlineWhatItFound() {
        servers.at("a:1").swallows();
        refuses("c:3", Reason.NO_LEADER, "");
        try (RaftClient client = client("a:1")) {
            assertFailedAtLast(Reason.TIMEOUT, "a:1 has not answered", client);
        }
        try (RaftClient client = client("b:2")) {
            assertFailedAtLast(Reason.UNREACHABLE, "b:2: connection refused", client);
        }
        try (RaftClient client = client("b:2,c:3")) {
            assertFailedAtLast(Reason.NO_LEADER, "b:2: connection refused; c:3: scripted", client);
        }
    }

    @Test
    void strangersAreToldAtOnce() {
        servers.at("a:1").isNoDriftless();
        servers.at("b:2").isOfAnotherCluster();
        try (RaftClient client = client("a:1,b:2")) {
            Failed failed = assertFailed(Reason.OTHER_CLUSTER, client.query(bytes("x"), LINEARIZABLE,
                    Duration.ofHours(1)));
            assertEquals("a:1: not a Driftless node; b:2: another cluster", failed.detail());
        }
        try (RaftClient client = client("a:1")) {
            assertFailed(Reason.NOT_DRIFTLESS, client.query(bytes("x"), LINEARIZABLE, Duration.ofHours(1)));
        }
    }

    @Test
    void backsOffWhileNobodyKnowsALeader() {
        refuses("a:1", Reason.NO_LEADER, "b:2");
        refuses("b:2", Reason.NO_LEADER, "a:1");
        try (RaftClient client = client("a:1,b:2")) {
            assertFailedAtLast(Reason.NO_LEADER, "scripted", client);
            int before = queries("a:1") + queries("b:2");
            assertInstanceOf(Failed.class, client.query(bytes("x"), LINEARIZABLE, Duration.ofSeconds(1)));
            int asked = queries("a:1") + queries("b:2") - before;
            assertTrue(asked < 50, "asked " + asked + " times");
        }
        assertEquals(List.of(), servers.at("a:1").requests(ClientRequest.OpenSession.class));
        assertEquals(List.of(), servers.at("b:2").requests(ClientRequest.OpenSession.class));
    }

    /** As members that are closing do. */
    private ClientTransport endingEachConnection() {
        return (clusterId, address, timeout, listener) -> {
            ClientChannel channel = servers.connect(clusterId, address, timeout, listener);
            channel.close();
            return channel;
        };
    }

    @Test
    void aMemberThatEndsEachConnectionAtOnceIsNotConnectedToWithoutAPause() {
        servers.at("a:1").leads();
        try (RaftClient client = client(ClientConfig.builder("a:1", endingEachConnection()))) {
            assertInstanceOf(Failed.class, client.query(bytes("x"), LINEARIZABLE, Duration.ofSeconds(1)));
        }
        long connects = servers.at("a:1").connects();
        assertTrue(connects > 1 && connects < 50, "connected " + connects + " times");
    }

    @Test
    void membersThatEndEachConnectionAtOnceAreNotConnectedToWithoutAPauseForManyQueries() throws Exception {
        for (String address : ALL.split(",")) {
            servers.at(address).leads();
        }
        try (RaftClient client = client(ClientConfig.builder(ALL, endingEachConnection()))) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                threads.add(Thread.ofVirtual().start(() -> client.query(bytes("x"), LINEARIZABLE,
                        Duration.ofSeconds(1))));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        long connects = 0;
        for (String address : ALL.split(",")) {
            connects += servers.at(address).connects();
        }
        assertTrue(connects < 100, "connected " + connects + " times");
    }

    @Test
    void aNullIsRefusedBeforeAnythingIsAsked() {
        servers.at("a:1").leads();
        try (RaftClient client = client("a:1")) {
            assertEquals("query", assertThrows(NullPointerException.class, () ->
                    client.query(null, LINEARIZABLE, LONG)).getMessage());
            assertEquals("consistency", assertThrows(NullPointerException.class, () ->
                    client.query(bytes("x"), null, LONG)).getMessage());
            assertThrows(NullPointerException.class, () -> client.query(bytes("x"), LINEARIZABLE, null));
            assertEquals(0, servers.at("a:1").connects());
        }
    }

    @Test
    void isSharedByManyThreads() throws Exception {
        servers.at("a:1").leads();
        ConcurrentLinkedQueue<QueryOutcome> wrong = new ConcurrentLinkedQueue<>();
        try (RaftClient client = client("a:1")) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 1_000; t++) {
                String name = "t" + t;
                threads.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 10; i++) {
                        QueryOutcome outcome = client.query(bytes(name + i), LINEARIZABLE, LONG);
                        if (!(outcome instanceof Answered answer && answer.result().text().equals(name + i))) {
                            wrong.add(outcome);
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(1, servers.at("a:1").connects());
        }
        assertEquals(List.of(), List.copyOf(wrong));
    }

    @Test
    void isBoundedInNumberAndBytes() throws Exception {
        servers.at("a:1").swallows();
        try (RaftClient client = client(servers.config("a:1").inFlightMax(2))) {
            List<Thread> waiting = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                waiting.add(Thread.ofVirtual().start(() ->
                        client.query(bytes("x"), LINEARIZABLE, Duration.ofHours(1))));
                servers.at("a:1").awaitArrival();
            }
            assertEquals("this client has 2 queries in flight",
                    assertFailed(Reason.OVERLOADED, client.query(bytes("x"), LINEARIZABLE, LONG)).detail());
            servers.at("a:1").leads();
            assertInstanceOf(Outcome.Committed.class, client.execute(bytes("x"), LONG), "commands have their own room");
            waiting.getFirst().interrupt();
            waiting.getFirst().join();
            assertAnswered("x", client);
        }
        try (RaftClient client = client("a:1")) {
            Failed tooLarge = assertFailed(Reason.TOO_LARGE, client.query(new byte[(16 << 20) + 1], LINEARIZABLE,
                    LONG));
            assertEquals("the query has 16777217 bytes, 16777216 are sent at most", tooLarge.detail());
            servers.at("a:1").swallows();
            Thread waiting = Thread.ofVirtual().start(() ->
                    client.query(new byte[16 << 20], LINEARIZABLE, Duration.ofHours(1)));
            await(() -> servers.at("a:1").requests(ClientRequest.Query.class).stream()
                    .anyMatch(query -> query.query().length() == 16 << 20));
            assertFailed(Reason.OVERLOADED, client.query(bytes("x"), LINEARIZABLE, LONG));
            waiting.interrupt();
            waiting.join();
        }
    }
}
