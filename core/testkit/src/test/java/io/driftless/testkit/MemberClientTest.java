package io.driftless.testkit;

import io.driftless.machine.Consistency;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.machine.QueryOutcome;
import io.driftless.client.MemberClient;
import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome.Reason;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class MemberClientTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(100);

    private final ScriptedServers servers = new ScriptedServers();

    @AfterEach
    void closeServers() {
        servers.close();
    }

    @Test
    void asksForStatusAndLocalState() throws IOException {
        servers.at("a:1").leads();
        try (MemberClient member = MemberClient.connect(servers, "a:1", LONG)) {
            assertEquals("{\"node\":\"a:1\"}", member.statusJson(LONG));
            assertEquals(new QueryOutcome.Answered(0, Result.ok(new byte[] {1, 2}), Optional.empty()),
                    member.query(new byte[] {1, 2}, Consistency.STALE, LONG));
            assertEquals(1, servers.at("a:1").connects());
        }
    }

    @Test
    void aClientLeadsToOneMemberOfItsCluster() throws IOException {
        servers.at("a:1").leads();
        try (RaftClient client = RaftClient.connect(servers.plainConfig("b:2").build());
                MemberClient member = client.member("a:1", LONG)) {
            assertEquals("{\"node\":\"a:1\"}", member.statusJson(LONG));
            assertThrows(IOException.class, () -> client.member("c:3", SHORT));
        }
    }

    @Test
    void aClientWithoutAWayToOneMemberSaysSo() throws Exception {
        try (RaftClient faked = new RaftClient() {
            @Override
            public Outcome execute(byte[] command, Duration timeout) {
                return new Outcome.Unknown(Outcome.Why.TIMEOUT);
            }

            @Override
            public CompletableFuture<Outcome> submit(byte[] command, Duration timeout) {
                return CompletableFuture.completedFuture(execute(command, timeout));
            }

            @Override
            public void close() { }
        }) {
            assertThrows(UnsupportedOperationException.class, () -> faked.member("a:1", LONG));
        }
    }

    @Test
    void saysWhyItCannotConnect() {
        servers.at("b:2").isNoDriftless();
        assertThrows(IOException.class, () -> MemberClient.connect(servers, "a:1", SHORT));
        assertThrows(ClientTransport.NotDriftlessException.class, () -> MemberClient.connect(servers, "b:2", SHORT));
    }

    @Test
    void saysThatNoAnswerCame() throws IOException {
        servers.at("a:1").swallows();
        try (MemberClient member = MemberClient.connect(servers, "a:1", LONG)) {
            assertEquals("a:1: no answer within 100 ms", assertThrows(IOException.class, () -> member.statusJson(SHORT))
                    .getMessage());
        }
    }

    @Test
    void saysThatTheConnectionBroke() throws IOException {
        servers.at("a:1").breaksOn();
        try (MemberClient member = MemberClient.connect(servers, "a:1", LONG)) {
            assertEquals("a:1: connection reset", assertThrows(IOException.class, () -> member.statusJson(LONG))
                    .getMessage());
            assertThrows(IOException.class, () -> member.query(new byte[0], Consistency.STALE, LONG));
        }
    }

    @Test
    void saysThatTheAnswerIsToAnotherQuestion() throws IOException {
        servers.at("a:1").script((connection, request) -> connection.answer(request,
                new Outcome.Committed(1, Result.ok(new byte[0])), ""));
        try (MemberClient member = MemberClient.connect(servers, "a:1", LONG)) {
            String message = assertThrows(IOException.class, () -> member.statusJson(LONG)).getMessage();
            assertTrue(message.contains("something else"), message);
        }
    }

    @Test
    void saysWhyTheNodeDoesNotAnswer() throws IOException {
        servers.at("a:1").script((connection, request) -> connection.answer(request, new Outcome.Rejected(
                Reason.OVERLOADED, "4096 questions are in flight", Duration.ofMillis(50)), ""));
        try (MemberClient member = MemberClient.connect(servers, "a:1", LONG)) {
            assertEquals("a:1: 4096 questions are in flight",
                    assertThrows(IOException.class, () -> member.statusJson(LONG)).getMessage());
            assertEquals("a:1: 4096 questions are in flight",
                    assertThrows(IOException.class, () -> member.query(new byte[0], Consistency.STALE, LONG))
                            .getMessage());
        }
    }

    @Test
    void leavesTheNodeTimeToSayWhyAQueryIsNotAnswered() throws IOException {
        servers.at("a:1").script((connection, request) -> connection.failQuery(request, QueryOutcome.Reason.TIMEOUT,
                ""));
        try (MemberClient member = MemberClient.connect(servers, "a:1", LONG)) {
            Duration minute = Duration.ofMinutes(1);
            assertEquals("a:1: scripted", assertThrows(IOException.class, () ->
                    member.query(new byte[0], Consistency.STALE, minute)).getMessage());
            assertThrows(IOException.class, () -> member.query(new byte[0], Consistency.STALE, Duration.ofNanos(1)));
        }
        List<Long> times = servers.at("a:1").requests(ClientRequest.Query.class).stream()
                .map(ClientRequest.Query::timeLeftMs).toList();
        assertEquals(54_000, times.getFirst());
        assertTrue(times.stream().allMatch(timeLeftMs -> timeLeftMs >= 1), times::toString);
    }

    @Test
    void aNullIsRefusedBeforeAnythingIsAsked() throws IOException {
        servers.at("a:1").leads();
        try (MemberClient member = MemberClient.connect(servers, "a:1", LONG)) {
            assertEquals("query", assertThrows(NullPointerException.class, () ->
                    member.query(null, Consistency.STALE, LONG)).getMessage());
            assertEquals("consistency", assertThrows(NullPointerException.class, () ->
                    member.query(new byte[0], null, LONG)).getMessage());
            assertEquals(0, servers.at("a:1").sends());
        }
    }

    @Test
    void closeEndsAQuestion() throws IOException, InterruptedException {
        servers.at("a:1").swallows();
        MemberClient member = MemberClient.connect(servers, "a:1", LONG);
        AtomicReference<String> message = new AtomicReference<>();
        Thread thread = Thread.ofVirtual()
                .start(() -> message.set(assertThrows(IOException.class, () -> member.statusJson(LONG)).getMessage()));
        servers.at("a:1").awaitArrival();
        member.close();
        member.close();
        thread.join();
        assertEquals("a:1: closed", message.get());
    }

    @Test
    void aTimeoutOfZeroOrLessIsRefusedBeforeAnythingIsAsked() throws IOException {
        servers.at("a:1").leads();
        try (MemberClient member = MemberClient.connect(servers, "n1=a:1", LONG)) {
            for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
                assertThrows(IllegalArgumentException.class, () -> MemberClient.connect(servers, "a:1", none));
                assertThrows(IllegalArgumentException.class, () -> member.statusJson(none));
                assertThrows(IllegalArgumentException.class, () -> member.query(new byte[0], Consistency.STALE, none));
            }
            assertEquals(1, servers.at("a:1").connects());
            assertEquals(0, servers.at("a:1").sends());
            assertEquals("{\"node\":\"a:1\"}", member.statusJson(Duration.ofSeconds(Long.MAX_VALUE)));
        }
    }

    @Test
    void anInterruptEndsAQuestion() throws IOException {
        servers.at("a:1").swallows();
        try (MemberClient member = MemberClient.connect(servers, "a:1", LONG)) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedIOException.class, () -> member.statusJson(LONG));
            assertTrue(Thread.interrupted());
        }
    }
}
