package io.driftless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Committed;
import io.driftless.machine.Outcome.Reason;
import io.driftless.machine.Outcome.Rejected;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who submits more than a client may have under way waits for room, instead of being rejected. */
@Timeout(180)
class PacedClientTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final ScriptedServers servers = new ScriptedServers();

    @AfterEach
    void closeServers() {
        servers.close();
    }

    @Test
    void noneOfManyLargeCommandsIsRejected() {
        servers.at("a:1").leads();
        byte[] large = new byte[1_000_000];
        try (RaftClient client = RaftClient.connect(servers.plainConfig("a:1").build())) {
            List<CompletableFuture<Outcome>> futures = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                futures.add(client.submitWhenRoom(large, LONG));
            }
            futures.forEach(future -> assertInstanceOf(Committed.class, future.join()));
        }
    }

    @Test
    void severalThreadsShareTheRoom() throws Exception {
        servers.at("a:1").leads();
        try (RaftClient client = RaftClient.connect(servers.plainConfig("a:1").inFlightMax(2).build())) {
            AtomicReference<Outcome> wrong = new AtomicReference<>();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 200; i++) {
                        client.submitWhenRoom(new byte[10], LONG).thenAccept(outcome -> {
                            if (!(outcome instanceof Committed)) {
                                wrong.set(outcome);
                            }
                        });
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(null, wrong.get());
        }
    }

    @Test
    void theWaitEndsWithTheTimeoutAnInterruptAndTheClose() throws Exception {
        servers.at("a:1").swallows();
        RaftClient client = RaftClient.connect(servers.plainConfig("a:1").inFlightMax(1).build());
        CompletableFuture<Outcome> first = client.submitWhenRoom(new byte[1], LONG);
        Rejected late = assertInstanceOf(Rejected.class, client.submitWhenRoom(new byte[1], Duration.ofMillis(50))
                .join());
        assertEquals(Reason.OVERLOADED, late.reason());
        assertEquals("this client has 1 command in flight", late.detail());
        Thread.currentThread().interrupt();
        Outcome interrupted = client.submitWhenRoom(new byte[1], LONG).join();
        assertTrue(Thread.interrupted());
        assertEquals(Reason.INTERRUPTED, assertInstanceOf(Rejected.class, interrupted).reason());
        AtomicReference<Outcome> closed = new AtomicReference<>();
        Thread waiting = Thread.ofPlatform().start(() -> closed.set(client.submitWhenRoom(new byte[1], LONG).join()));
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertFalse(first.isDone());
        client.close();
        waiting.join();
        // The close ends the first command too, which may make room just before the other sees that it is closed.
        assertEquals(Reason.CLOSED, assertInstanceOf(Rejected.class, closed.get()).reason());
    }
}
