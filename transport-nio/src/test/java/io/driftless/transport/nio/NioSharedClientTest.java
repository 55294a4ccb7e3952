package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.client.ClientConfig;
import io.driftless.client.MemberClient;
import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads share one client over one connection: what happens to one of them is nothing to the others. */
@Timeout(120)
final class NioSharedClientTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    /** With a fifth of them one run in three did not meet a write of a caller that writes. */
    private static final int INTERRUPTS = 20_000;

    private final Set<Object> sessions = ConcurrentHashMap.newKeySet();
    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start("n1", "n1=" + FreePorts.address());
        server.receiver.serve((session, requests) -> {
            sessions.add(session);
            for (ClientRequest request : requests) {
                session.reply(switch (request) {
                    case ClientRequest.Execute execute -> new ClientReply.CommandAnswered(execute.id(),
                            new Outcome.Committed(1, Result.ok(new byte[0])), "");
                    case ClientRequest.ExecuteInSession execute -> new ClientReply.CommandAnswered(execute.id(),
                            new Outcome.Committed(1, Result.ok(new byte[0])), "");
                    case ClientRequest.CloseSession close -> new ClientReply.CommandAnswered(close.id(),
                            new Outcome.Committed(1, Result.ok(new byte[0])), "");
                    case ClientRequest.OpenSession open -> new ClientReply.SessionNamed(open.id(), 1);
                    case ClientRequest.NameSession name -> new ClientReply.SessionNamed(name.id(), name.session());
                    case ClientRequest.Query query -> new ClientReply.QueryAnswered(query.id(),
                            new QueryOutcome.Answered(1, Result.ok(new byte[0]), Optional.empty()), "");
                    case ClientRequest.Status status -> new ClientReply.StatusAnswered(status.id(), "{}");
                    case ClientRequest.TransferLeadership transfer ->
                            throw new AssertionError("nobody asks " + transfer);
                    case ClientRequest.TakeSnapshot take -> throw new AssertionError("nobody asks " + take);
                });
            }
            session.flush();
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aCallerThatIsInterruptedHarmsNobodyElse() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        Map<Class<?>, Long> outcomes = new HashMap<>();
        try (RaftClient client = RaftClient.connect(ClientConfig.builder(server.transport.address(),
                NioTransport.clients()).build())) {
            Thread unlucky = Thread.ofPlatform().start(() -> {
                while (!isOver.get()) {
                    client.execute(new byte[100], LONG);
                    Thread.interrupted();
                }
            });
            List<Thread> others = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                others.add(Thread.ofPlatform().start(() -> {
                    // At least once: a slow machine may come to it only when all interrupts are over.
                    do {
                        Outcome outcome = client.execute(new byte[100], LONG);
                        synchronized (outcomes) {
                            outcomes.merge(outcome.getClass(), 1L, Long::sum);
                        }
                    } while (!isOver.get());
                }));
            }
            for (int i = 0; i < INTERRUPTS; i++) {
                unlucky.interrupt();
                // A moment that differs each time: it may be in the middle of a write.
                for (int spin = 0; spin < i % 500 * 50; spin++) {
                    Thread.onSpinWait();
                }
            }
            isOver.set(true);
            unlucky.join();
            for (Thread other : others) {
                other.join();
            }
        }
        assertEquals(Set.of(Outcome.Committed.class), outcomes.keySet(), outcomes::toString);
        assertEquals(1, sessions.size(), "connections");
    }

    @Test
    void aQuestionThatIsInterruptedHarmsNoOther() throws Exception {
        try (MemberClient admin = MemberClient.connect(NioTransport.clients(), server.transport.address(), LONG)) {
            AtomicBoolean isOver = new AtomicBoolean();
            Thread unlucky = Thread.ofPlatform().start(() -> {
                while (!isOver.get()) {
                    try {
                        admin.statusJson(LONG);
                    } catch (InterruptedIOException meant) {
                        assertTrue(Thread.interrupted());
                    } catch (IOException broken) {
                        return;
                    }
                }
            });
            for (int i = 0; i < INTERRUPTS / 3; i++) {
                unlucky.interrupt();
                assertEquals("{}", admin.statusJson(LONG));
            }
            assertTrue(unlucky.isAlive());
            isOver.set(true);
            unlucky.join();
        }
        assertFalse(sessions.isEmpty());
    }
}
