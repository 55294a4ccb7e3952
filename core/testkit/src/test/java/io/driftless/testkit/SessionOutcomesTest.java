package io.driftless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Reason;
import io.driftless.machine.Outcome.Rejected;
import io.driftless.machine.Outcome.Unknown;
import io.driftless.machine.Outcome.Why;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest.CloseSession;
import io.driftless.transport.ClientRequest.ExecuteInSession;
import io.driftless.transport.ClientRequest.NameSession;
import io.driftless.transport.ClientRequest.OpenSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client in a session tells every caller the truth. */
@Timeout(180)
class SessionOutcomesTest extends SessionClientSetting {

    @Test
    void aDeadlineIsUnknownIfAnAttemptMayHaveBeenExecutedAndElseRejected() {
        servers.at("a:1").script(always(any(), (connection, request) -> { }));
        servers.at("b:2").script(always(any(), (connection, request) ->
                connection.reject(request, Reason.OVERLOADED, "")));
        servers.at("c:3").swallows();
        try (RaftClient swallowing = client("a:1"); RaftClient busy = client("b:2"); RaftClient mute = client("c:3")) {
            Deadlines.assertUnknownOnceSent(servers.at("a:1"), command -> swallowing.execute(command, SHORT));
            Deadlines.assertRejected(Reason.OVERLOADED, List.of(), () -> busy.execute(bytes("x"), SHORT));
            Deadlines.assertNeverSent(servers.at("c:3"), Reason.NO_LEADER, List.of(), command ->
                    mute.execute(command, SHORT));
        }
    }

    @Test
    void aRejectionAfterAnAttemptThatMayHaveBeenExecutedSettlesNothing() {
        for (Reason reason : List.of(Reason.TOO_LARGE, Reason.OVERLOADED, Reason.NOT_LEADER, Reason.NO_TIME)) {
            String address = "a:" + (reason.ordinal() + 1);
            Map<String, Integer> attempts = new ConcurrentHashMap<>();
            servers.at(address).script(always(any(), (connection, request) -> {
                String command = ((ExecuteInSession) request).command().utf8();
                if (attempts.merge(command, 1, Integer::sum) == 1) {
                    connection.close();
                } else {
                    connection.reject(request, reason, "");
                }
            }));
            try (RaftClient client = client(address)) {
                String command;
                int number = 0;
                do {
                    command = "x" + number++;
                    Outcome outcome = client.execute(bytes(command), SHORT);
                    if (attempts.containsKey(command)) {
                        assertEquals(new Unknown(Why.TIMEOUT), outcome, reason + " after " + attempts);
                    }
                    assertTrue(number < 60, reason + " after " + attempts);
                    // The computer may stand still until the deadline.
                } while (attempts.getOrDefault(command, 0) < 2);
            }
        }
    }

    @Test
    void whoHasNotSaidThatItDoesNotLeadIsSaidToOweTheSession() {
        servers.at("a:1").script((connection, request) -> { });
        try (RaftClient client = RaftClient.connect(servers.config("a:1").build())) {
            Outcome outcome;
            do {
                // The computer may stand still before the question is sent.
                outcome = client.execute(bytes("x"), SHORT);
            } while (!(outcome instanceof Rejected rejected && rejected.reason() == Reason.NO_LEADER
                    && rejected.detail().contains("a:1: connected, and has not answered yet if it leads")));
        }
    }

    @Test
    void aResultThatIsNotKeptIsFinal() {
        servers.at("a:1").script(once(any(), (connection, request) -> connection.answer(request,
                new Unknown(Why.RESULT_NOT_KEPT), "")));
        try (RaftClient client = client("a:1")) {
            assertEquals(new Unknown(Why.RESULT_NOT_KEPT), client.execute(bytes("x"), LONG));
            assertCommitted("y", client.execute(bytes("y"), LONG));
        }
    }

    @Test
    void whatWasNotExecutedWhenTheSessionExpiredGoesOnInANewOne() {
        servers.at("a:1").script(this::lead);
        try (RaftClient client = client("a:1")) {
            assertCommitted("c1", client.execute(bytes("c1"), LONG));
            table.expireAll();
            assertAllCommitted(submit(client, 2, 100), 2);
        }
        assertEquals(2, servers.at("a:1").requests(OpenSession.class).stream().map(OpenSession::nonce).distinct()
                .count());
        assertEquals(100, table.executed().stream().distinct().count());
        assertEquals(100, table.executed().size());
    }

    @Test
    void whatMayHaveBeenExecutedWhenTheSessionExpiredIsNeverSentInTheNewOne() {
        servers.at("a:1").script(once(serial(1), (connection, request) -> {
            table.answer(connection, request);
            table.expireAll();
            connection.close();
        }));
        try (RaftClient client = client("a:1")) {
            assertEquals(new Unknown(Why.EXPIRED), client.execute(bytes("x"), LONG));
            assertCommitted("y", client.execute(bytes("y"), LONG));
        }
        assertEquals(List.of("x", "y"), table.executed());
        assertEquals(1, servers.at("a:1").requests(NameSession.class).size());
        assertEquals(2, servers.at("a:1").requests(OpenSession.class).size());
    }

    @Test
    void anOpeningThatGivesAnotherSessionTellsThatTheFirstIsOver() throws InterruptedException {
        List<Runnable> late = new ArrayList<>();
        CountDownLatch isHeard = new CountDownLatch(1);
        servers.at("a:1").script((connection, request) -> {
            if (late.isEmpty()) {
                late.add(() -> {
                    connection.reply(table.answer(connection, request));
                    connection.then(isHeard::countDown);
                });
            } else {
                lead(connection, request);
            }
        });
        servers.at("b:2").script(this::lead);
        try (RaftClient client = client("a:1,b:2")) {
            assertCommitted("x", client.execute(bytes("x"), LONG));
            table.expireAll();
            late.forEach(Runnable::run);
            assertTrue(isHeard.await(60, TimeUnit.SECONDS));
            assertCommitted("y", client.execute(bytes("y"), LONG));
        }
        assertEquals(2, serialsAt("a:1").size() + serialsAt("b:2").size(), "y was not sent in the first one");
    }

    @Test
    void aLateAnswerOfTheOldLeaderStillSettlesACall() throws InterruptedException {
        List<Runnable> late = new ArrayList<>();
        servers.at("a:1").script(always(any(), (connection, request) -> {
            if (late.isEmpty()) {
                ClientReply reply = table.answer(connection, request);
                late.add(() -> connection.reply(reply));
            } else {
                connection.reject(request, Reason.NOT_LEADER, "b:2");
            }
        }));
        servers.at("b:2").script(always(any(), (connection, request) -> { }));
        try (RaftClient client = client("a:1")) {
            CompletableFuture<Outcome> first = client.submit(bytes("c1"), LONG);
            CompletableFuture<Outcome> second = client.submit(bytes("c2"), LONG);
            while (serialsAt("b:2").size() < 2) {
                servers.at("b:2").awaitArrival();
            }
            late.forEach(Runnable::run);
            assertCommitted("c1", first.join());
            assertTrue(!second.isDone(), "nobody answered it");
            servers.at("b:2").script(this::lead);
        }
    }

    @Test
    void anInterruptTellsIfTheCommandMayHaveBeenExecuted() throws InterruptedException {
        CountDownLatch isHeard = new CountDownLatch(1);
        servers.at("a:1").script(always(any(), (connection, request) -> isHeard.countDown()));
        assertEquals(new Unknown(Why.INTERRUPTED), interrupted("a:1", isHeard));
        CountDownLatch isRefused = new CountDownLatch(1);
        servers.at("b:2").script(always(any(), (connection, request) -> {
            connection.answer(request, new Rejected(Reason.OVERLOADED, "busy", LONG), "");
            connection.then(isRefused::countDown);
        }));
        assertRejected(Reason.INTERRUPTED, interrupted("b:2", isRefused));
    }

    private Outcome interrupted(String address, CountDownLatch mayInterrupt) throws InterruptedException {
        AtomicReference<Outcome> outcome = new AtomicReference<>();
        try (RaftClient client = client(address)) {
            Thread thread = Thread.ofPlatform().start(() -> outcome.set(client.execute(bytes("x"), LONG)));
            assertTrue(mayInterrupt.await(60, TimeUnit.SECONDS));
            thread.interrupt();
            assertTrue(thread.join(Duration.ofSeconds(60)));
        }
        return outcome.get();
    }

    @Test
    void closeTellsTheTruthAndDoesNotWaitForASilentLeader() {
        Map<ScriptedServers.Connection, Integer> closings = new ConcurrentHashMap<>();
        servers.at("a:1").script((connection, request) -> {
            if (request instanceof CloseSession) {
                closings.merge(connection, 1, Integer::sum);
            }
            if (!(request instanceof ExecuteInSession || request instanceof CloseSession)) {
                table.received(connection, request);
            }
        });
        // The leader is waited for only for a moment, in which the computer may stand still: then it is not told, or
        // the closing takes longer.
        boolean isQuick = false;
        for (int rounds = 0; !isQuick || closings.isEmpty(); rounds++) {
            assertTrue(rounds < 20, isQuick ? "no session is closed" : "waits too long each time");
            isQuick |= closeWhileOneIsOutstanding().compareTo(Duration.ofSeconds(2)) < 0;
        }
        assertTrue(closings.values().stream().allMatch(count -> count == 1), "once on a connection");
    }

    /** How long it took. */
    private Duration closeWhileOneIsOutstanding() {
        RaftClient client = client("a:1");
        int before = serialsAt("a:1").size();
        CompletableFuture<Outcome> outstanding = client.submit(bytes("x"), LONG);
        while (serialsAt("a:1").size() == before) {
            Thread.onSpinWait();
        }
        long start = System.nanoTime();
        client.close();
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        assertEquals(new Unknown(Why.CLOSED), outstanding.join());
        assertRejected(Reason.CLOSED, client.execute(bytes("y"), LONG));
        return taken;
    }

    @Test
    void aSessionThatIsRefusedIsAskedForAgainUntilTheDeadline() {
        AtomicInteger asked = new AtomicInteger();
        servers.at("a:1").script((connection, request) -> {
            if (request instanceof OpenSession && asked.incrementAndGet() < 3) {
                connection.answer(request, new Rejected(Reason.OVERLOADED, "not yet", Duration.ofMillis(20)), "");
            } else {
                table.received(connection, request);
            }
        });
        servers.at("b:2").script((connection, request) ->
                connection.answer(request, new Rejected(Reason.OVERLOADED, "full", Duration.ofMillis(20)), ""));
        try (RaftClient client = client("a:1"); RaftClient refused = client("b:2")) {
            assertCommitted("x", client.execute(bytes("x"), LONG));
            int[] before = {0};
            Deadlines.assertNeverSent(servers.at("b:2"), Reason.OVERLOADED, List.of(), command -> {
                before[0] = servers.at("b:2").requests(OpenSession.class).size();
                return refused.execute(command, SHORT);
            });
            assertTrue(servers.at("b:2").requests(OpenSession.class).size() - before[0] < 20);
        }
    }
}
