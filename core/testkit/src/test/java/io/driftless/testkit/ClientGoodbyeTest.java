package io.driftless.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.MemberClient;
import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Committed;
import io.driftless.machine.Outcome.Unknown;
import io.driftless.machine.Outcome.Why;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that closes says which request was the last that it read: what is above is sent elsewhere, and only that. */
@Timeout(180)
class ClientGoodbyeTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int COMMANDS = 20;

    private final ScriptedServers servers = new ScriptedServers();
    /** What arrived at the node that closes, in order. */
    private final ConcurrentLinkedQueue<ClientRequest.Execute> got = new ConcurrentLinkedQueue<>();

    @AfterEach
    void closeServers() {
        servers.close();
    }

    /** Answers none; at the last request it says that it read half of them, answers a quarter, and breaks. */
    private void closesAtTheLast(CountDownLatch mayGo) {
        servers.at("a:1").script((connection, request) -> {
            ClientRequest.Execute execute = (ClientRequest.Execute) request;
            got.add(execute);
            if (got.size() < COMMANDS) {
                return;
            }
            servers.at("z:9").follows("b:2");
            List<ClientRequest.Execute> all = List.copyOf(got);
            connection.reply(new ClientReply.Goodbye(all.get(COMMANDS / 2 - 1).id(), Why.CLOSED));
            all.subList(0, COMMANDS / 4).forEach(connection::commit);
            connection.then(() -> {
                await(mayGo);
                connection.close();
            });
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException nobodyDoesThis) {
            throw new AssertionError(nobodyDoesThis);
        }
    }

    @Test
    void whatIsAboveAGoodbyeGoesToAnotherServerAndWhatIsNotNeverDoes() {
        CountDownLatch mayGo = new CountDownLatch(1);
        closesAtTheLast(mayGo);
        servers.at("b:2").leads();
        try (RaftClient client = RaftClient.connect(servers.plainConfig("z:9").build())) {
            // A node that nobody named would be tried with one command alone.
            servers.at("z:9").follows("a:1");
            List<CompletableFuture<Outcome>> futures = submitAll(client);
            while (servers.at("b:2").executed().size() < COMMANDS / 2) {
                Thread.onSpinWait();
            }
            mayGo.countDown();
            List<String> arrived = got.stream().map(execute -> execute.command().utf8()).toList();
            for (int i = 0; i < COMMANDS; i++) {
                Outcome outcome = futures.get(Integer.parseInt(arrived.get(i).substring(1))).join();
                if (i >= COMMANDS / 4 && i < COMMANDS / 2) {
                    assertEquals(new Unknown(Why.CLOSED), outcome);
                } else {
                    assertInstanceOf(Committed.class, outcome);
                }
            }
            assertEquals(arrived.subList(0, COMMANDS / 4), servers.at("a:1").executed());
            assertEquals(Set.copyOf(arrived.subList(COMMANDS / 2, COMMANDS)),
                    Set.copyOf(servers.at("b:2").executed()));
        }
        assertEquals(COMMANDS / 2, servers.at("b:2").executed().size());
    }

    private static List<CompletableFuture<Outcome>> submitAll(RaftClient client) {
        List<CompletableFuture<Outcome>> futures = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            futures.add(client.submit(("c" + i).getBytes(UTF_8), LONG));
        }
        return futures;
    }

    @Test
    void aClientWhoseAnswersWereGivenUpIsToldWhy() {
        servers.at("a:1").script((connection, request) -> {
            if (request.id() == 2) {
                connection.reply(new ClientReply.Goodbye(1, Why.NOT_READ));
            }
        });
        servers.at("z:9").follows("a:1");
        try (RaftClient client = RaftClient.connect(servers.plainConfig("z:9").build())) {
            CompletableFuture<Outcome> taken = client.submit("c1".getBytes(UTF_8), LONG);
            while (servers.at("a:1").received() == 0) {
                Thread.onSpinWait();
            }
            CompletableFuture<Outcome> above = client.submit("c2".getBytes(UTF_8), LONG);
            assertEquals(new Unknown(Why.NOT_READ), taken.join());
            servers.at("a:1").leads();
            assertInstanceOf(Committed.class, above.join());
        }
    }

    @Test
    void aQuestionAboveAGoodbyeEndsAtOnceAndNoneIsAskedAfterIt() throws Exception {
        servers.at("a:1").script((connection, request) -> connection.reply(new ClientReply.Goodbye(0, Why.CLOSED)));
        try (MemberClient admin = MemberClient.connect(servers, "a:1", LONG)) {
            IOException told = assertThrows(IOException.class, () -> admin.statusJson(LONG));
            assertTrue(told.getMessage().contains("a:1: the node is closing"), told.getMessage());
            assertThrows(IOException.class, () -> admin.statusJson(LONG));
            servers.at("a:1").awaitArrival();
        }
    }
}
