package io.driftless.testkit;

import static io.driftless.machine.Consistency.LINEARIZABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.machine.Consistency;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome.Answered;
import io.driftless.machine.QueryOutcome.Reason;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where queries of a client go, and go next when they come to nothing. */
@Timeout(180)
class ClusterClientQueryTest extends QueryClientSetting {

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
        assertTrue(asked.stream().allMatch(query -> query.timeLeftMs() > 0 && query.timeLeftMs() <= 54_000),
                "a tenth is left for the answer");
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
