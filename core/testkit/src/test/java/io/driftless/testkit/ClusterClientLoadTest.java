package io.driftless.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Committed;
import io.driftless.machine.Outcome.Unknown;
import io.driftless.machine.Outcome.Why;
import io.driftless.transport.ClientRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class ClusterClientLoadTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String ALL = "a:1,b:2,c:3";

    private final ScriptedServers servers = new ScriptedServers();

    @AfterEach
    void closeServers() {
        servers.close();
    }

    @Test
    void thousandsAreInFlightAtOnce() throws InterruptedException {
        List<Runnable> held = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(4_000);
        servers.at("a:1").leads();
        try (RaftClient client = client("a:1")) {
            assertCommitted("first", client.execute(bytes("first"), LONG));
            servers.at("a:1").script((connection, request) -> {
                held.add(() -> connection.commit((ClientRequest.Execute) request));
                all.countDown();
            });
            List<CompletableFuture<Outcome>> futures = new ArrayList<>();
            for (int i = 0; i < 4_000; i++) {
                futures.add(client.submit(bytes("c" + i), LONG));
            }
            assertTrue(all.await(60, TimeUnit.SECONDS));
            assertTrue(futures.stream().noneMatch(CompletableFuture::isDone));
            held.reversed().forEach(Runnable::run);
            for (int i = 0; i < 4_000; i++) {
                assertCommitted("c" + i, futures.get(i).join());
            }
        }
        assertEquals(4_001, new HashSet<>(servers.at("a:1").executed()).size());
        assertEquals(4_001, servers.at("a:1").executed().size());
    }

    @Test
    void aServerThatSwallowsIsTriedWithOneCommandOnly() {
        servers.at("a:1").swallows();
        servers.at("b:2").leads();
        List<CompletableFuture<Outcome>> futures = new ArrayList<>();
        try (RaftClient client = client("a:1,b:2")) {
            for (int i = 0; i < 1_000; i++) {
                futures.add(client.submit(bytes("c" + i), LONG));
            }
            while (servers.at("b:2").executed().size() < 999 || futures.stream().filter(CompletableFuture::isDone)
                    .count() < 999) {
                Thread.onSpinWait();
            }
            assertEquals(1, servers.at("a:1").received());
        }
        long unknown = futures.stream().map(CompletableFuture::join).filter(Unknown.class::isInstance).count();
        assertEquals(1, unknown);
        assertEquals(999, servers.at("b:2").executed().size());
    }

    @Test
    void aLeaderThatStallsDoesNotStrandTheNextCommand() {
        servers.at("a:1").leads();
        servers.at("b:2").follows("a:1");
        try (RaftClient client = client("a:1,b:2")) {
            assertCommitted("x", client.execute(bytes("x"), LONG));
            servers.at("a:1").swallows();
            Deadlines.assertUnknownOnceSent(servers.at("a:1"), command -> client.execute(command, SHORT));
            servers.at("b:2").leads();
            assertCommitted("z", client.execute(bytes("z"), LONG));
        }
    }

    @Test
    void aLeaderThatIsSilentIsLeftBeforeAnyDeadline() {
        servers.at("a:1").leads();
        servers.at("b:2").follows("a:1");
        try (RaftClient client = client("a:1,b:2")) {
            assertCommitted("x", client.execute(bytes("x"), LONG));
            servers.at("a:1").swallows();
            CompletableFuture<Outcome> stranded = client.submit(bytes("y"), LONG);
            servers.at("b:2").leads();
            Outcome none = new Unknown(Why.TIMEOUT);
            Outcome next = none;
            for (int i = 0; next == none && i < 40; i++) {
                next = client.submit(bytes("z"), LONG).completeOnTimeout(none, 500, TimeUnit.MILLISECONDS).join();
            }
            assertCommitted("z", next);
            assertFalse(stranded.isDone());
        }
    }

    @Test
    void aSlowLeaderKeepsItsCommands() {
        servers.at("a:1").script((connection, request) -> {
            if (request instanceof ClientRequest.Execute execute) {
                CompletableFuture.delayedExecutor(3, TimeUnit.SECONDS).execute(() -> connection.commit(execute));
            } else {
                connection.reply(new io.driftless.transport.ClientReply.StatusAnswered(request.id(), "{}"));
            }
        });
        try (RaftClient client = client("a:1")) {
            assertCommitted("x", client.execute(bytes("x"), LONG));
            assertEquals(1, servers.at("a:1").connects());
        }
    }

    @Test
    void submitDoesNotWaitForRoomInASocket() {
        CountDownLatch room = new CountDownLatch(1);
        servers.at("a:1").leads().sendsBlockOn(room);
        try (RaftClient client = client("a:1")) {
            Deadlines.assertUnknownOnceSent(servers.at("a:1"), command -> client.submit(command, SHORT).join());
        } finally {
            room.countDown();
        }
    }

    @Test
    void whatHangsOnAFutureMayBlockOnThisClient() {
        servers.at("a:1").leads();
        try (RaftClient client = client("a:1")) {
            CompletableFuture<Outcome> second = client.submit(bytes("x"), LONG)
                    .thenApply(first -> client.execute(bytes("y"), LONG));
            assertCommitted("y", second.join());
        }
    }

    @Test
    void cancellingRecallsNothing() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        servers.at("a:1").leads().sendsBlockOn(go);
        try (RaftClient client = client("a:1")) {
            CompletableFuture<Outcome> future = client.submit(bytes("x"), LONG);
            assertTrue(future.cancel(true));
            go.countDown();
            servers.at("a:1").awaitArrival();
            assertEquals(List.of("x"), servers.at("a:1").executed());
        }
    }

    private RaftClient client(String addresses) {
        return RaftClient.connect(servers.plainConfig(addresses).build());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static void assertCommitted(String command, Outcome outcome) {
        assertEquals(command, assertInstanceOf(Committed.class, outcome, outcome::toString).result().text());
    }

    /** A call on a thread of its own that is interrupted. */
}
