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
import io.driftless.testkit.ScriptedServers.Connection;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientRequest.ExecuteInSession;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Servers that fail in every way at random, before one table of sessions: each command is executed once, and its caller
 * is told its own result. Copies of what a server has appended are applied again, later.
 */
@Timeout(180)
class SessionClientChaosTest {

    private static final List<String> ADDRESSES = List.of("a:1", "b:2", "c:3");
    private static final int THREADS = 64;
    private static final int COMMANDS = Integer.getInteger("driftless.test.chaosCommands", 150);
    private static final int BATCH = 8;
    private static final int COPIES_MAX = 64;
    private static final Duration LONG = Duration.ofSeconds(90);

    private final long seed = Long.getLong("driftless.test.chaosSeed", System.nanoTime());
    private final String about = "seed " + seed;
    /** Guarded by itself. */
    private final SplittableRandom random = new SplittableRandom(seed);
    private final ScriptedServers servers = new ScriptedServers();
    private final SessionTable table = new SessionTable();
    private final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();
    /** What servers have appended and may apply later. Guarded by itself. */
    private final List<Runnable> copies = new ArrayList<>();
    /** Nothing more is taken from these. */
    private final Set<Connection> left = ConcurrentHashMap.newKeySet();
    private volatile String leader = ADDRESSES.getFirst();

    @AfterEach
    void closeServers() {
        servers.close();
    }

    private int draw(int bound) {
        synchronized (random) {
            return random.nextInt(bound);
        }
    }

    @Test
    void everyCommandIsExecutedOnceAndEveryCallerIsToldSo() throws InterruptedException {
        run(false);
        Map<String, Integer> times = timesExecuted();
        outcomes.forEach((command, outcome) -> {
            assertTrue(outcome instanceof Committed committed && committed.result().text().equals(command),
                    () -> about + " " + command + " " + outcome);
            assertEquals(1, times.get(command), () -> about + " " + command);
        });
    }

    @Test
    void aSessionThatExpiresMakesSomeOutcomesUnknownAndNothingIsExecutedTwice() throws InterruptedException {
        run(true);
        Map<String, Integer> times = timesExecuted();
        outcomes.forEach((command, outcome) -> {
            int executed = times.getOrDefault(command, 0);
            switch (outcome) {
                case Committed committed -> {
                    assertEquals(command, committed.result().text(), about);
                    assertEquals(1, executed, () -> about + " " + command);
                }
                case Unknown unknown -> assertTrue(unknown.why() == Why.EXPIRED && executed <= 1,
                        () -> about + " " + command + " " + outcome + " executed " + executed);
                case Rejected rejected -> throw new AssertionError(about + " " + command + " " + outcome);
            }
        });
        assertTrue(outcomes.values().stream().filter(Committed.class::isInstance).count() > THREADS * COMMANDS / 2,
                about);
    }

    private Map<String, Integer> timesExecuted() {
        assertEquals(THREADS * COMMANDS, outcomes.size(), about);
        Map<String, Integer> times = new HashMap<>();
        table.executed().forEach(command -> times.merge(command, 1, Integer::sum));
        return times;
    }

    private void run(boolean expires) throws InterruptedException {
        ADDRESSES.forEach(address -> servers.at(address).script((connection, request) ->
                received(address, connection, request)));
        try (RaftClient client = RaftClient.connect(servers.config(String.join(",", ADDRESSES)).build())) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int number = t;
                threads.add(Thread.ofVirtual().start(() -> send(client, number)));
            }
            for (int i = 0; threads.stream().anyMatch(Thread::isAlive); i++) {
                ScriptedServers.Server server = servers.at(ADDRESSES.get(draw(3)));
                switch (draw(4)) {
                    case 0 -> server.refusesToSend(true);
                    case 1 -> server.breaks();
                    default -> leader = ADDRESSES.get(draw(3));
                }
                threads.get(draw(THREADS)).join(Duration.ofMillis(1 + draw(4)));
                server.refusesToSend(false);
                if (expires && i % 16 == 0) {
                    table.expireAll();
                }
                threads.get(draw(THREADS)).join(Duration.ofMillis(1 + draw(30)));
            }
        }
    }

    private void send(RaftClient client, int number) {
        Map<String, CompletableFuture<Outcome>> batch = new HashMap<>();
        for (int i = 0; i < COMMANDS; i++) {
            String command = number + "." + i;
            byte[] bytes = command.getBytes(StandardCharsets.UTF_8);
            if (number % 2 == 0) {
                outcomes.put(command, client.execute(bytes, LONG));
            } else {
                batch.put(command, client.submit(bytes, LONG));
            }
            if (batch.size() == BATCH || i == COMMANDS - 1) {
                batch.forEach((sent, future) -> outcomes.put(sent, future.join()));
                batch.clear();
            }
        }
    }

    private void received(String address, Connection connection, ClientRequest request) {
        if (left.contains(connection)) {
            return;
        }
        switch (request) {
            case ClientRequest.CloseSession close -> table.received(connection, close);
            case ClientRequest.Status status -> table.received(connection, status);
            case ClientRequest.OpenSession open -> named(address, connection, open);
            case ClientRequest.NameSession name -> named(address, connection, name);
            case ExecuteInSession execute -> execute(address, connection, execute);
            case ClientRequest.Execute plain -> throw new AssertionError(plain);
            case ClientRequest.TransferLeadership transfer -> throw new AssertionError(transfer);
            case ClientRequest.TakeSnapshot take -> throw new AssertionError(take);
            case ClientRequest.Query query -> throw new AssertionError(query);
        }
    }

    private void named(String address, Connection connection, ClientRequest request) {
        if (!leader.equals(address)) {
            refuse(connection, request);
            return;
        }
        switch (draw(12)) {
            case 0 -> connection.answer(request, busy(), "");
            case 1 -> {
                table.answer(connection, request);
                connection.close();
            }
            case 2 -> {
                table.answer(connection, request);
                connection.answer(request, new Unknown(Why.LEADERSHIP_LOST), "");
            }
            case 3 -> connection.close();
            default -> table.received(connection, request);
        }
    }

    private void execute(String address, Connection connection, ExecuteInSession execute) {
        if (!leader.equals(address)) {
            refuse(connection, execute);
            return;
        }
        applyACopy();
        switch (draw(400)) {
            case 0, 1, 2 -> connection.answer(execute, busy(), "");
            case 3 -> connection.close();
            case 4 -> {
                append(connection, execute);
                connection.close();
            }
            case 5 -> {
                append(connection, execute);
                connection.answer(execute, new Unknown(Why.LEADERSHIP_LOST), "");
            }
            case 6 -> {
                table.answer(connection, execute);
                connection.answer(execute, new Unknown(Why.LEADERSHIP_LOST), "");
            }
            case 7 -> {
                table.received(connection, execute);
                connection.close();
            }
            case 8 -> {
                table.received(connection, execute);
                left.add(connection);
                connection.reply(new ClientReply.Goodbye(execute.id(), Why.CLOSED));
                connection.then(connection::close);
            }
            case 9 -> {
                append(connection, execute);
                connection.reply(new ClientReply.Goodbye(execute.id(), Why.NOT_READ));
                connection.close();
            }
            case 10 -> {
                // Twice, and one that nobody asked for.
                table.received(connection, execute);
                connection.reject(execute, Reason.NOT_LEADER, "");
                connection.reply(new ClientReply.OutOfOrder(execute.id() + 1_000_000, 1));
            }
            default -> {
                ClientReply reply = table.answer(connection, execute);
                connection.reply(reply);
                // Nothing of what a server refused may be in its log.
                if (draw(50) == 0 && reply instanceof ClientReply.CommandAnswered(long id, Committed committed,
                        String none)) {
                    append(connection, execute);
                }
            }
        }
    }

    private void refuse(Connection connection, ClientRequest request) {
        String hint = switch (draw(4)) {
            case 0 -> "";
            case 1 -> ADDRESSES.get(draw(3));
            default -> leader;
        };
        connection.reject(request, Reason.NOT_LEADER, hint);
    }

    private static Outcome busy() {
        return new Rejected(Reason.OVERLOADED, "scripted", Duration.ofMillis(2));
    }

    /** It is in some log, and applied some time or never. */
    private void append(Connection connection, ExecuteInSession execute) {
        synchronized (copies) {
            copies.add(table.copy(connection, execute));
        }
    }

    private void applyACopy() {
        synchronized (copies) {
            if (copies.size() >= COPIES_MAX || !copies.isEmpty() && draw(20) == 0) {
                copies.remove(draw(copies.size())).run();
            }
        }
    }
}
