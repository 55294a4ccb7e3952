package io.driftless.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Committed;
import io.driftless.machine.Outcome.Reason;
import io.driftless.machine.Outcome.Rejected;
import io.driftless.testkit.ScriptedServers.Script;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientRequest.ExecuteInSession;
import io.driftless.transport.ClientRequest.OpenSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;

/** A client in a session, and scripted servers before one table of sessions. */
abstract class SessionClientSetting {

    static final Duration LONG = Duration.ofSeconds(60);
    static final Duration SHORT = Duration.ofMillis(300);

    final ScriptedServers servers = new ScriptedServers();
    final SessionTable table = new SessionTable();
    /** No session is opened before. */
    volatile CountDownLatch mayOpen = new CountDownLatch(0);

    @AfterEach
    void closeServers() {
        servers.close();
    }

    RaftClient client(String addresses) {
        return RaftClient.connect(servers.config(addresses).build());
    }

    /** A script: a leader that commits everything at once. */
    void lead(ScriptedServers.Connection connection, ClientRequest request) {
        if (request instanceof OpenSession) {
            try {
                assertTrue(mayOpen.await(60, TimeUnit.SECONDS));
            } catch (InterruptedException nobodyDoesThis) {
                throw new AssertionError(nobodyDoesThis);
            }
        }
        table.received(connection, request);
    }

    /** Submits all before any is sent, so that they go in this order. */
    List<CompletableFuture<Outcome>> submitAtOnce(RaftClient client, int from, int to) {
        mayOpen = new CountDownLatch(1);
        List<CompletableFuture<Outcome>> futures = submit(client, from, to);
        mayOpen.countDown();
        return futures;
    }

    /** Does something else with the first command that fits. */
    Script once(Predicate<ExecuteInSession> which, Script instead) {
        AtomicBoolean isDone = new AtomicBoolean();
        return always(execute -> which.test(execute) && isDone.compareAndSet(false, true), instead);
    }

    /** Does something else with every command that fits. */
    Script always(Predicate<ExecuteInSession> which, Script instead) {
        return (connection, request) -> {
            if (request instanceof ExecuteInSession execute && which.test(execute)) {
                instead.received(connection, request);
            } else {
                lead(connection, request);
            }
        };
    }

    static Predicate<ExecuteInSession> serial(long serial) {
        return execute -> execute.serial() == serial;
    }

    static Predicate<ExecuteInSession> any() {
        return execute -> true;
    }

    List<Long> serialsAt(String address) {
        return servers.at(address).requests(ExecuteInSession.class).stream().map(ExecuteInSession::serial).toList();
    }

    static List<CompletableFuture<Outcome>> submit(RaftClient client, int from, int to) {
        List<CompletableFuture<Outcome>> futures = new ArrayList<>();
        for (int i = from; i <= to; i++) {
            futures.add(client.submit(bytes("c" + i), LONG));
        }
        return futures;
    }

    static void assertAllCommitted(List<CompletableFuture<Outcome>> futures, int from) {
        for (int i = 0; i < futures.size(); i++) {
            assertCommitted("c" + (from + i), futures.get(i).join());
        }
    }

    static List<String> commands(int from, int to) {
        List<String> commands = new ArrayList<>();
        for (int i = from; i <= to; i++) {
            commands.add("c" + i);
        }
        return commands;
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static Committed assertCommitted(String command, Outcome outcome) {
        Committed committed = assertInstanceOf(Committed.class, outcome, outcome::toString);
        assertEquals(command, committed.result().text());
        return committed;
    }

    static void assertRejected(Reason reason, Outcome outcome) {
        assertEquals(reason, assertInstanceOf(Rejected.class, outcome, outcome::toString).reason());
    }
}
