package io.driftless.testkit;

import static io.driftless.machine.Consistency.LINEARIZABLE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
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
    private static void await(BooleanSupplier done) {
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

    @Test
    void asksElsewhereWhatAClosingMemberHasNotRead() {
        servers.at("a:1").script((connection, request) ->
                connection.reply(new ClientReply.Goodbye(request.id() - 1, Outcome.Why.CLOSED)));
        servers.at("b:2").leads();
        try (RaftClient client = client("a:1,b:2")) {
            assertAnswered("x", client);
            assertEquals(1, queries("a:1"));
        }
    }

    /** Nobody waits for answers that a closing member may still give. */
    @Test
    void asksElsewhereWhatAClosingMemberHasRead() {
        servers.at("a:1").script((connection, request) ->
                connection.reply(new ClientReply.Goodbye(request.id(), Outcome.Why.CLOSED)));
        servers.at("b:2").leads();
        try (RaftClient client = client("a:1,b:2")) {
            assertAnswered("x", client);
            assertEquals(1, queries("a:1"));
        }
    }

    /** It was the leader, and does not even answer to a question for a sign of life. */
    @Test
    void asksElsewhereLongBeforeTheDeadlineWhenTheMemberIsSilent() {
        servers.at("a:1").leads();
        servers.at("b:2").leads();
        try (RaftClient client = client("a:1,b:2")) {
            assertAnswered("before", client);
            servers.at("a:1").swallows();
            assertAnswered("x", client.query(bytes("x"), LINEARIZABLE, Duration.ofHours(1)));
            assertEquals(1, queries("b:2"));
            assertEquals(1, servers.at("a:1").requests(ClientRequest.Status.class).size());
        }
    }

    /** The hung one is to be found out by many that have not the patience for a sign of life. */
    @Test
    void shortQueriesFindAnotherMemberToo() {
        servers.at("a:1").leads();
        servers.at("b:2").leads();
        try (RaftClient client = client("a:1,b:2")) {
            assertAnswered("before", client);
            servers.at("a:1").swallows();
            await(() -> client.query(bytes("x"), LINEARIZABLE, Duration.ofMillis(20)) instanceof Answered);
            assertTrue(queries("b:2") > 0);
        }
    }

    @Test
    void tellsAtOnceWhatAskingElsewhereWouldNotHelp() {
        servers.at("b:2").leads();
        for (Reason reason : List.of(Reason.OVERLOADED, Reason.MACHINE_FAILED, Reason.TOO_LARGE)) {
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

    /** Whoever is answered by a member that knows no leader must not make the others ask it without a pause. */
    @Test
    void backsOffWhileStaleQueriesAreAnswered() throws Exception {
        for (String address : List.of("a:1", "b:2")) {
            servers.at(address).script((connection, request) -> {
                if (((ClientRequest.Query) request).consistency().equals(Consistency.STALE)) {
                    connection.answerQuery(request, "");
                } else {
                    connection.failQuery(request, Reason.NO_LEADER, "");
                }
            });
        }
        try (RaftClient client = client(servers.config("a:1,b:2").readFrom("a:1"))) {
            Thread asking = Thread.ofVirtual().start(() ->
                    client.query(bytes("x"), LINEARIZABLE, Duration.ofSeconds(2)));
            while (asking.isAlive()) {
                assertAnswered("s", client.query(bytes("s"), Consistency.STALE, LONG));
            }
            asking.join();
        }
        long refused = List.of("a:1", "b:2").stream().flatMap(address -> servers.at(address)
                .requests(ClientRequest.Query.class).stream())
                .filter(query -> query.consistency().equals(LINEARIZABLE)).count();
        assertTrue(refused > 1 && refused < 100, "asked " + refused + " times");
    }

    /** The leader is searched for by questions, too: they must not wait for a moment in which no query is under way. */
    @Test
    void aSessionIsOpenedWhileOneQueryOrAnotherIsAlwaysUnderWay() throws Exception {
        servers.at("a:1").leads();
        AtomicReference<ClientRequest> held = new AtomicReference<>();
        ScriptedServers.Script leader = servers.at("a:1").script();
        servers.at("a:1").script((connection, request) -> {
            if (request instanceof ClientRequest.Query) {
                ClientRequest before = held.getAndSet(request);
                if (before != null) {
                    connection.answerQuery(before, "");
                }
            } else {
                leader.received(connection, request);
            }
        });
        List<Thread> asking = new ArrayList<>();
        try (RaftClient client = client("a:1")) {
            for (int i = 0; i < 2; i++) {
                asking.add(Thread.ofVirtual().start(() -> {
                    while (client.query(bytes("q"), LINEARIZABLE, Duration.ofHours(1)) instanceof Answered) {
                        Thread.onSpinWait();
                    }
                }));
            }
            await(() -> queries("a:1") > 10);
            Outcome outcome = client.execute(bytes("x"), Duration.ofSeconds(20));
            assertInstanceOf(Outcome.Committed.class, outcome, outcome::toString);
        }
        for (Thread thread : asking) {
            thread.join();
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

    @Test
    void readsFromTheMemberThatItIsTold() {
        servers.at("a:1").leads();
        follows("b:2", "a:1");
        try (RaftClient client = client(servers.config("a:1").readFrom("n2=b:2"))) {
            assertInstanceOf(Outcome.Committed.class, client.execute(bytes("x"), LONG));
            await(() -> {
                assertAnswered("x", client);
                return queries("b:2") > 0;
            });
            int before = queries("a:1");
            for (int i = 0; i < 20; i++) {
                assertAnswered("x", client);
            }
            assertEquals(before, queries("a:1"));
        }
    }

    @Test
    void readsElsewhereUntilThatMemberCanBeReachedAgain() {
        servers.at("a:1").leads();
        follows("b:2", "a:1");
        try (RaftClient client = client(servers.config("a:1").readFrom("b:2"))) {
            await(() -> {
                assertAnswered("x", client);
                return queries("b:2") > 0;
            });
            servers.at("b:2").dies();
            int before = queries("b:2");
            for (int i = 0; i < 20; i++) {
                assertAnswered("x", client);
            }
            assertEquals(before, queries("b:2"));
            follows("b:2", "a:1");
            await(() -> {
                assertAnswered("x", client);
                return queries("b:2") > before;
            });
        }
    }

    @Test
    void readsElsewhereWhatThatMemberCannotAnswer() {
        servers.at("a:1").leads();
        refuses("b:2", Reason.NO_LEADER, "");
        try (RaftClient client = client(servers.config("a:1").readFrom("b:2"))) {
            for (int i = 0; i < 20; i++) {
                assertAnswered("x", client);
            }
        }
        assertEquals(20, queries("a:1"));
    }
}
