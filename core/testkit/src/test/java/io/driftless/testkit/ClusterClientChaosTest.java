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
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientRequest.Execute;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Servers that fail in every way at random: what the client says of each command is compared with what was executed.
 */
@Timeout(180)
class ClusterClientChaosTest {

    private static final List<String> ADDRESSES = List.of("a:1", "b:2", "c:3");
    private static final int THREADS = 8;
    private static final int COMMANDS = 150;

    private final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();

    @Test
    void neverLiesAndNeverRepeats() throws InterruptedException {
        long seed = System.nanoTime();
        ScriptedServers servers = new ScriptedServers();
        for (String address : ADDRESSES) {
            SplittableRandom random = new SplittableRandom(seed + address.hashCode());
            servers.at(address).script((connection, request) -> misbehave(connection, request, random));
        }
        try (RaftClient client = RaftClient.connect(servers.plainConfig(String.join(",", ADDRESSES)).build())) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int number = t;
                threads.add(Thread.ofVirtual().start(() -> send(client, number, new SplittableRandom(seed + number))));
            }
            SplittableRandom random = new SplittableRandom(seed);
            while (threads.stream().anyMatch(Thread::isAlive)) {
                ScriptedServers.Server server = servers.at(ADDRESSES.get(random.nextInt(ADDRESSES.size())));
                server.refusesToSend(true);
                threads.get(random.nextInt(THREADS)).join(Duration.ofMillis(3));
                server.refusesToSend(false);
                threads.get(random.nextInt(THREADS)).join(Duration.ofMillis(20));
            }
        }
        servers.close();
        List<String> executed = new ArrayList<>();
        ADDRESSES.forEach(address -> executed.addAll(servers.at(address).executed()));
        String about = "seed " + seed;
        assertEquals(THREADS * COMMANDS, outcomes.size(), about);
        outcomes.forEach((command, outcome) -> {
            int times = Collections.frequency(executed, command);
            switch (outcome) {
                case Committed committed -> {
                    assertEquals(1, times, () -> about + " " + command + " " + outcome);
                    assertEquals(command, committed.result().text(), about);
                }
                case Rejected rejected -> assertEquals(0, times, () -> about + " " + command + " " + outcome);
                case Unknown unknown -> assertTrue(times <= 1, () -> about + " " + command + " " + outcome);
            }
        });
        assertTrue(outcomes.values().stream().filter(Committed.class::isInstance).count() > THREADS * COMMANDS / 10,
                about);
        assertTrue(outcomes.values().stream().anyMatch(Unknown.class::isInstance), about);
    }

    private void send(RaftClient client, int number, SplittableRandom random) {
        for (int i = 0; i < COMMANDS; i++) {
            String command = number + "." + i;
            byte[] bytes = command.getBytes(StandardCharsets.UTF_8);
            Duration timeout = Duration.ofMillis(20 + random.nextInt(100));
            outcomes.put(command, random.nextBoolean() ? client.execute(bytes, timeout) : client.submit(bytes, timeout)
                    .join());
        }
    }

    private static void misbehave(Connection connection, ClientRequest request, SplittableRandom random) {
        if (!(request instanceof Execute execute)) {
            return;
        }
        switch (random.nextInt(20)) {
            case 0, 1 -> connection.reject(execute, Reason.NOT_LEADER, ADDRESSES.get(random.nextInt(ADDRESSES.size())));
            case 2 -> connection.reject(execute, Reason.NOT_LEADER, "");
            case 3 -> connection.reject(execute, Reason.CLOSED, "");
            case 4 -> connection.reject(execute, Reason.NOT_LEADER, "nowhere:1");
            case 5 -> connection.close();
            case 6 -> {
                connection.apply(execute);
                connection.close();
            }
            case 7 -> {
                connection.commit(execute);
                connection.close();
            }
            case 8 -> connection.apply(execute);
            case 9 -> {
                connection.apply(execute);
                connection.answer(execute, new Unknown(Why.LEADERSHIP_LOST), "");
            }
            case 10 -> {
                // A reply to something that was never asked, and one that comes twice.
                connection.reject(new Execute(execute.id() + 1_000_000, 1, execute.command()), Reason.NOT_LEADER, "");
                connection.commit(execute);
                connection.reject(execute, Reason.NOT_LEADER, "");
            }
            default -> connection.commit(execute);
        }
    }
}
