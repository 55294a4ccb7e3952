package io.driftless.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Committed;
import io.driftless.machine.Outcome.Unknown;
import io.driftless.testkit.ScriptedServers.Connection;
import io.driftless.transport.ClientRequest.Execute;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is told that a command got no answer in its time, does not send the next one to where that one went. */
@Timeout(120)
class SilentLeaderTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(20);
    /** Who is told and who thinks ill of the connection are two threads: either may be first. */
    private static final int ROUNDS = 100;

    @Test
    void theNextCommandDoesNotFollowOneThatGotNoAnswer() {
        for (int round = 0; round < ROUNDS; round++) {
            try (ScriptedServers servers = new ScriptedServers()) {
                sendTwo(servers);
            }
        }
    }

    private static void sendTwo(ScriptedServers servers) {
        AtomicReference<Connection> silent = new AtomicReference<>();
        servers.at("a:1").script((connection, request) -> {
            if (request instanceof Execute execute && (silent.compareAndSet(null, connection)
                    || silent.get() != connection)) {
                connection.commit(execute);
            }
        });
        servers.at("b:2").leads();
        try (RaftClient client = RaftClient.connect(servers.plainConfig("a:1,b:2").build())) {
            assertInstanceOf(Committed.class, client.execute(bytes("before"), LONG));
            Outcome outcome = client.submit(bytes("lost"), SHORT).join();
            // Otherwise its time was over before it was sent.
            if (outcome instanceof Unknown) {
                assertInstanceOf(Committed.class, client.execute(bytes("next"), LONG));
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
