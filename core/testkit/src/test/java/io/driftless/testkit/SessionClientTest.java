package io.driftless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Committed;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client in a session: every command is executed once, in order, whatever happens to leaders and connections. */
@Timeout(180)
class SessionClientTest extends SessionClientSetting {

    /** So long the answer to the closing of a session is waited for. */
    private static final long LEAVING_NS = TimeUnit.MILLISECONDS.toNanos(100);

    @Test
    void opensOneSessionForManyCommands() {
        servers.at("a:1").script(this::lead);
        try (RaftClient client = client("a:1")) {
            assertEquals(0, servers.at("a:1").connects());
            for (int i = 1; i <= 100; i++) {
                assertCommitted("c" + i, client.execute(bytes("c" + i), LONG));
            }
            assertEquals(1, table.sessions());
        }
        assertEquals(1, servers.at("a:1").requests(OpenSession.class).size());
        List<ExecuteInSession> sent = servers.at("a:1").requests(ExecuteInSession.class);
        for (int i = 0; i < 100; i++) {
            assertEquals(i + 1, sent.get(i).serial());
            assertEquals(i + 1, sent.get(i).lowestWanted());
        }
        assertTrue(servers.at("a:1").requests(CloseSession.class).size() <= 1);
    }

    @Test
    void closesItsSession() {
        servers.at("a:1").script(this::lead);
        // The answer is waited for only for a moment, in which the computer may stand still: then nothing is sent. But
        // whoever is not told that it is closed waits for that moment.
        for (int i = 0; i < 20; i++) {
            useAndClose("c" + i);
        }
        assertTrue(servers.at("a:1").requests(CloseSession.class).size() > 0, "no session is closed");
        // One that came late may still be under way.
        while (table.sessions() != servers.at("a:1").requests(OpenSession.class).stream().map(OpenSession::nonce)
                .distinct().count() - servers.at("a:1").requests(CloseSession.class).size()) {
            Thread.onSpinWait();
        }
    }

    /** Uses a session and closes it: unless it is gone by then, its end was waited for. */
    private void useAndClose(String command) {
        int before = table.sessions();
        RaftClient client = client("a:1");
        long beganNs;
        try {
            assertCommitted(command, client.execute(bytes(command), LONG));
            assertTrue(table.sessions() > 0);
        } finally {
            beganNs = System.nanoTime();
            client.close();
        }
        long tookNs = System.nanoTime() - beganNs;
        assertTrue(table.sessions() <= before || tookNs >= LEAVING_NS, "neither closed nor waited for");
    }

    @Test
    void theOpeningSaysWhatTheClientWasConfiguredWith() {
        servers.at("a:1").script(this::lead);
        try (RaftClient client = RaftClient.connect(servers.config("a:1").inFlightMax(77)
                .sessionTimeout(Duration.ofSeconds(7)).resultBytesMax(777).build())) {
            assertCommitted("x", client.execute(bytes("x"), LONG));
        }
        OpenSession open = servers.at("a:1").requests(OpenSession.class).getFirst();
        assertEquals(List.of(7_000L, 77L, 777L), List.of(open.timeoutMs(), (long) open.window(),
                open.resultBytesMax()));
    }

    @Test
    void anOpeningWhoseOutcomeIsUnknownIsRepeatedWithItsNonce() {
        servers.at("a:1").script((connection, request) -> {
            table.answer(connection, request);
            connection.close();
        });
        servers.at("b:2").script((connection, request) -> {
            if (request instanceof OpenSession && servers.at("b:2").requests(OpenSession.class).size() == 1) {
                connection.answer(request, new Unknown(Why.LEADERSHIP_LOST), "");
            } else {
                table.received(connection, request);
            }
        });
        try (RaftClient client = client("a:1,b:2")) {
            assertCommitted("x", client.execute(bytes("x"), LONG));
            assertEquals(1, table.sessions());
        }
        List<OpenSession> openings = new ArrayList<>(servers.at("a:1").requests(OpenSession.class));
        openings.addAll(servers.at("b:2").requests(OpenSession.class));
        assertTrue(openings.size() >= 3, openings::toString);
        assertEquals(1, openings.stream().map(OpenSession::nonce).distinct().count());
    }

    @Test
    void whatWasSentOnAConnectionThatBreaksIsSentAgainAndExecutedOnce() {
        servers.at("a:1").script(once(serial(1), (connection, request) -> {
            table.answer(connection, request);
            connection.close();
        }));
        try (RaftClient client = client("a:1")) {
            Committed committed = assertCommitted("x", client.execute(bytes("x"), LONG));
            assertEquals(2, committed.index(), "the first execution's");
        }
        assertEquals(List.of("x"), table.executed());
        assertEquals(List.of(1L, 1L), serialsAt("a:1"));
        assertEquals(1, servers.at("a:1").requests(NameSession.class).size());
    }

    @Test
    void theLowestWantedSerialIsThatOfTheFirstCallThatIsNotFinished() {
        AtomicReference<ScriptedServers.Connection> first = new AtomicReference<>();
        servers.at("a:1").script(once(serial(1), (connection, request) -> {
            first.set(connection);
            table.answer(connection, request);
        }));
        try (RaftClient client = client("a:1")) {
            CompletableFuture<Outcome> held = client.submit(bytes("c1"), LONG);
            assertAllCommitted(submit(client, 2, 3), 2);
            assertCommitted("c4", client.execute(bytes("c4"), LONG));
            first.get().close();
            assertCommitted("c1", held.join());
            assertCommitted("c5", client.execute(bytes("c5"), LONG));
        }
        List<ExecuteInSession> sent = servers.at("a:1").requests(ExecuteInSession.class);
        assertEquals(List.of(1L, 2L, 3L, 4L, 1L, 5L), serialsAt("a:1"));
        assertEquals(List.of(1L, 1L, 1L, 1L, 1L, 5L), sent.stream().map(ExecuteInSession::lowestWanted).toList());
        assertEquals(commands(1, 5), table.executed());
    }

    /** When the leader changes, commands that have no serial yet may change places; then each keeps its own. */
    private void assertExecutedBySerial(int count, String... addresses) {
        TreeMap<Long, String> bySerial = new TreeMap<>();
        for (String address : addresses) {
            for (ExecuteInSession execute : servers.at(address).requests(ExecuteInSession.class)) {
                String command = execute.command().utf8();
                String before = bySerial.putIfAbsent(execute.serial(), command);
                assertTrue(before == null || before.equals(command), () -> before + " and " + execute);
            }
        }
        assertEquals(List.copyOf(bySerial.values()), table.executed());
        assertEquals(Set.copyOf(commands(1, count)), Set.copyOf(table.executed()));
        assertEquals(count, table.executed().size());
    }

    @Test
    void goesOnInOrderAtTheNextLeader() {
        servers.at("a:1").script(always(execute -> execute.serial() > 10, (connection, request) ->
                connection.reject(request, Reason.NOT_LEADER, "b:2")));
        servers.at("b:2").script(this::lead);
        try (RaftClient client = client("a:1")) {
            assertAllCommitted(submitAtOnce(client, 1, 500), 1);
        }
        assertEquals(commands(1, 10), table.executed().subList(0, 10));
        assertExecutedBySerial(500, "a:1", "b:2");
        assertEquals(0, servers.at("b:2").requests(OpenSession.class).size());
    }

    @Test
    void aLostLeadershipIsNotTold() {
        servers.at("a:1").script(once(serial(2), (connection, request) -> {
            table.answer(connection, request);
            connection.answer(request, new Unknown(Why.LEADERSHIP_LOST), "");
        }));
        try (RaftClient client = client("a:1")) {
            assertAllCommitted(submitAtOnce(client, 1, 5), 1);
        }
        assertExecutedBySerial(5, "a:1");
    }

    @Test
    void aServerThatSwallowsMakesNoOutcomeUnknown() {
        servers.at("a:1").swallows();
        servers.at("b:2").script(this::lead);
        try (RaftClient client = client("a:1,b:2")) {
            assertAllCommitted(submitAtOnce(client, 1, 1_000), 1);
        }
        assertEquals(commands(1, 1_000), table.executed());
        assertEquals(List.of(), serialsAt("a:1"));
    }

    @Test
    void aLeaderThatFallsSilentIsLeftAndItsCommandsGoOn() {
        servers.at("a:1").script(this::lead);
        servers.at("b:2").follows("a:1");
        try (RaftClient client = client("a:1,b:2")) {
            assertCommitted("c1", client.execute(bytes("c1"), LONG));
            servers.at("a:1").swallows();
            CompletableFuture<Outcome> stranded = client.submit(bytes("c2"), LONG);
            servers.at("b:2").script(this::lead);
            assertCommitted("c2", stranded.join());
        }
        assertEquals(commands(1, 2), table.executed());
    }

    @Test
    void whatIsTooMuchForTheServerIsSentAgainAndEverythingStaysInOrder() {
        AtomicInteger refused = new AtomicInteger();
        servers.at("a:1").script(always(execute -> execute.serial() == 300 && refused.incrementAndGet() <= 3,
                (connection, request) -> connection.answer(request, new Rejected(Reason.OVERLOADED, "busy",
                        Duration.ofMillis(30)), "")));
        try (RaftClient client = client("a:1")) {
            assertAllCommitted(submitAtOnce(client, 1, 1_000), 1);
        }
        assertEquals(commands(1, 1_000), table.executed());
        assertTrue(serialsAt("a:1").size() < 8_000, "sent " + serialsAt("a:1").size() + " times");
    }

    @Test
    void aCommandThatIsTooLargeLeavesAHoleThatTheOthersPass() {
        servers.at("a:1").script(always(execute -> execute.command().utf8().equals("c3"), (connection, request) ->
                connection.reject(request, Reason.TOO_LARGE, "")));
        try (RaftClient client = client("a:1")) {
            List<CompletableFuture<Outcome>> futures = submitAtOnce(client, 1, 50);
            for (int i = 1; i <= 50; i++) {
                Outcome outcome = futures.get(i - 1).join();
                if (i == 3) {
                    assertRejected(Reason.TOO_LARGE, outcome);
                } else {
                    assertCommitted("c" + i, outcome);
                }
            }
        }
        assertEquals(49, table.executed().size());
        assertEquals(1, serialsAt("a:1").stream().filter(serial -> serial == 3).count());
    }

    @Test
    void aServerThatIsNeverContentIsNotBesieged() {
        servers.at("a:1").script(always(any(), (connection, request) ->
                connection.reply(new ClientReply.OutOfOrder(request.id(), 1))));
        try (RaftClient client = client("a:1")) {
            int[] sent = {0};
            Outcome outcome = Deadlines.until(told -> told instanceof Rejected && sent[0] > 1, () -> {
                int before = serialsAt("a:1").size();
                Outcome told = client.execute(bytes("x"), SHORT);
                sent[0] = serialsAt("a:1").size() - before;
                return told;
            });
            assertRejected(Reason.OVERLOADED, outcome);
            assertTrue(sent[0] > 1 && sent[0] < 60, "sent " + sent[0] + " times");
        }
    }

    @Test
    void noMoreThanTheWindowIsSentAboveACallThatHangs() {
        servers.at("a:1").script(once(serial(1), table::answer));
        try (RaftClient client = RaftClient.connect(servers.config("a:1").inFlightMax(4).build())) {
            CompletableFuture<Outcome> hanging = client.submit(bytes("c1"), Duration.ofSeconds(3));
            for (int i = 2; i <= 4; i++) {
                assertCommitted("c" + i, client.execute(bytes("c" + i), LONG));
            }
            CompletableFuture<Outcome> beyond = client.submit(bytes("c5"), LONG);
            assertEquals(new Unknown(Why.TIMEOUT), hanging.join());
            assertCommitted("c5", beyond.join());
        }
        servers.at("a:1").requests(ExecuteInSession.class).forEach(execute ->
                assertTrue(execute.serial() - execute.lowestWanted() < 4, execute::toString));
    }
}
