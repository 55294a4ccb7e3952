package io.driftless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.AdminClient;
import io.driftless.client.LocalAnswer;
import io.driftless.machine.Outcome;
import io.driftless.machine.Outcome.Reason;
import io.driftless.machine.Result;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdminClientTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(100);

    private final ScriptedServers servers = new ScriptedServers();

    @AfterEach
    void closeServers() {
        servers.close();
    }

    @Test
    void asksForStatusAndLocalState() throws IOException {
        servers.at("a:1").leads();
        try (AdminClient admin = AdminClient.connect(servers, "a:1", LONG)) {
            assertEquals("{\"node\":\"a:1\"}", admin.statusJson(LONG));
            assertEquals(new LocalAnswer(42, Result.ok(new byte[] {1, 2})), admin.queryLocal(new byte[] {1, 2}, LONG));
            assertEquals(1, servers.at("a:1").connects());
        }
    }

    @Test
    void saysWhyItCannotConnect() {
        servers.at("b:2").isNoDriftless();
        assertThrows(IOException.class, () -> AdminClient.connect(servers, "a:1", SHORT));
        assertThrows(ClientTransport.NotDriftlessException.class, () -> AdminClient.connect(servers, "b:2", SHORT));
    }

    @Test
    void saysThatNoAnswerCame() throws IOException {
        servers.at("a:1").swallows();
        try (AdminClient admin = AdminClient.connect(servers, "a:1", LONG)) {
            assertEquals("a:1: no answer within 100 ms", assertThrows(IOException.class, () -> admin.statusJson(SHORT))
                    .getMessage());
        }
    }

    @Test
    void saysThatTheConnectionBroke() throws IOException {
        servers.at("a:1").breaksOn();
        try (AdminClient admin = AdminClient.connect(servers, "a:1", LONG)) {
            assertEquals("a:1: connection reset", assertThrows(IOException.class, () -> admin.statusJson(LONG))
                    .getMessage());
            assertThrows(IOException.class, () -> admin.queryLocal(new byte[0], LONG));
        }
    }

    @Test
    void saysThatTheAnswerIsToAnotherQuestion() throws IOException {
        servers.at("a:1").script((connection, request) -> connection.answer(request,
                new Outcome.Committed(1, Result.ok(new byte[0])), ""));
        try (AdminClient admin = AdminClient.connect(servers, "a:1", LONG)) {
            String message = assertThrows(IOException.class, () -> admin.statusJson(LONG)).getMessage();
            assertTrue(message.contains("something else"), message);
        }
    }

    @Test
    void saysWhyTheNodeDoesNotAnswer() throws IOException {
        servers.at("a:1").script((connection, request) -> connection.answer(request, new Outcome.Rejected(
                Reason.OVERLOADED, "4096 questions are in flight", Duration.ofMillis(50)), ""));
        try (AdminClient admin = AdminClient.connect(servers, "a:1", LONG)) {
            assertEquals("a:1: 4096 questions are in flight",
                    assertThrows(IOException.class, () -> admin.statusJson(LONG)).getMessage());
            assertEquals("a:1: 4096 questions are in flight",
                    assertThrows(IOException.class, () -> admin.queryLocal(new byte[0], LONG)).getMessage());
        }
    }

    @Test
    void closeEndsAQuestion() throws IOException, InterruptedException {
        servers.at("a:1").swallows();
        AdminClient admin = AdminClient.connect(servers, "a:1", LONG);
        AtomicReference<String> message = new AtomicReference<>();
        Thread thread = Thread.ofVirtual()
                .start(() -> message.set(assertThrows(IOException.class, () -> admin.statusJson(LONG)).getMessage()));
        servers.at("a:1").awaitArrival();
        admin.close();
        admin.close();
        thread.join();
        assertEquals("a:1: closed", message.get());
    }

    @Test
    void aTimeoutOfZeroOrLessIsRefusedBeforeAnythingIsAsked() throws IOException {
        servers.at("a:1").leads();
        try (AdminClient admin = AdminClient.connect(servers, "n1=a:1", LONG)) {
            for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
                assertThrows(IllegalArgumentException.class, () -> AdminClient.connect(servers, "a:1", none));
                assertThrows(IllegalArgumentException.class, () -> admin.statusJson(none));
                assertThrows(IllegalArgumentException.class, () -> admin.queryLocal(new byte[0], none));
            }
            assertEquals(1, servers.at("a:1").connects());
            assertEquals(0, servers.at("a:1").sends());
            assertEquals("{\"node\":\"a:1\"}", admin.statusJson(Duration.ofSeconds(Long.MAX_VALUE)));
        }
    }

    @Test
    void anInterruptEndsAQuestion() throws IOException {
        servers.at("a:1").swallows();
        try (AdminClient admin = AdminClient.connect(servers, "a:1", LONG)) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedIOException.class, () -> admin.statusJson(LONG));
            assertTrue(Thread.interrupted());
        }
    }
}
