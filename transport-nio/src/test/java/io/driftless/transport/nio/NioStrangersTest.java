package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.raft.Lane;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.TransportContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What others do to a node by connecting, and what becomes of a node whose threads fail. */
class NioStrangersTest {

    private static final ClientTransport.Listener NOBODY = new ClientTransport.Listener() {
        @Override
        public void replied(List<ClientReply> replies) { }

        @Override
        public void closed(String why) { }
    };

    @Test
    void silentConnectionsMakeRoomForTheNext() throws Exception {
        String address = FreePorts.address();
        List<SocketChannel> silent = new ArrayList<>();
        ConnectionLimits limits = new ConnectionLimits(16, 100);
        try (TestServer server = TestServer.start(limits, "n1", "n1=" + address)) {
            for (int i = 0; i < limits.callers() + 10; i++) {
                silent.add(server.connect());
            }
            try (SocketChannel client = server.connectAsClient()) {
                assertTrue(client.isConnected());
            }
            for (int i = 0; i < 10; i++) {
                assertEquals(-1, silent.get(i).read(ByteBuffer.allocate(1)), "the oldest are closed");
            }
            server.receiver.await("a warning, now " + server.warnings, () -> server.warnings.stream().anyMatch(
                    line -> line.contains("the oldest are closed")));
        } finally {
            for (SocketChannel channel : silent) {
                channel.close();
            }
        }
    }

    /** Many connect at once, and each greets at once. */
    @Test
    void aBurstOfThoseWhoGreetIsWelcome() throws Exception {
        String address = FreePorts.address();
        List<SocketChannel> burst = new ArrayList<>();
        try (TestServer server = TestServer.start(new ConnectionLimits(128, 1_000), "n1", "n1=" + address)) {
            for (int i = 0; i < 400; i++) {
                SocketChannel channel = server.connect();
                burst.add(channel);
                TestServer.say(channel, new Handshake.ClientHello(TestServer.CLUSTER,
                        ClientTransport.GENERATION_UNKNOWN));
            }
            int welcome = 0;
            for (SocketChannel channel : burst) {
                welcome += isWelcome(channel) ? 1 : 0;
            }
            assertEquals(400, welcome);
        } finally {
            for (SocketChannel channel : burst) {
                channel.close();
            }
        }
    }

    private static boolean isWelcome(SocketChannel channel) {
        try {
            return TestServer.hear(channel) instanceof Handshake.ClientWelcome;
        } catch (IOException closed) {
            return false;
        }
    }

    @Test
    void aClientForWhichThereIsNoRoomIsToldWhy() throws Exception {
        String address = FreePorts.address();
        try (TestServer server = TestServer.start(new ConnectionLimits(16, 1), "n1", "n1=" + address);
                SocketChannel first = server.connectAsClient()) {
            assertTrue(first.isConnected());
            IOException failure = assertThrows(IOException.class, () -> NioTransport.clients().connect("", address,
                    Duration.ofSeconds(30), NOBODY).close());
            assertEquals(address + " refused: too many clients: 1 is the most that the limit of open files leaves room"
                    + " for", failure.getMessage());
        }
        assertEquals("too many clients: 10000 is the most that a node takes",
                ConnectionLimits.of(1 << 20).tooManyClients());
    }

    /** A member looks as a client does. */
    @Test
    void aServerWithoutRoomForClientsIsThereAllTheSame() {
        String address = FreePorts.address();
        try (TestServer full = TestServer.start(new ConnectionLimits(16, 0), "n1", "n1=" + address,
                "n2=" + FreePorts.address());
                TestServer server = TestServer.start("n2", "n1=" + address, "n2=" + FreePorts.address())) {
            full.receiver.await("a reason, now " + server.transport.unreachable(), () ->
                    String.valueOf(server.transport.unreachable().get(new ServerId("n1"))).equals(
                            "connection broken: it answers 'too many clients: 0 is the most that the limit of open"
                            + " files leaves room for' and does not connect to this server"));
        }
    }

    /** A server of another cluster with a member's id, while the member is down. */
    @Test
    void whatAStrangerClaimsIsNotTheMembersReason() throws Exception {
        for (String absent : List.of("n1", "n3")) {
            ServerId member = new ServerId(absent);
            try (TestServer server = TestServer.start("n2", "n2=" + FreePorts.address(),
                    absent + "=" + FreePorts.address())) {
                server.receiver.await("a reason", () -> server.transport.unreachable().containsKey(member));
                try (SocketChannel stranger = server.greetAs(new Handshake.Identity("another", "plain", 1,
                        TestServer.introduction(absent, 1)), "n2", Lane.CONTROL, 1)) {
                    assertInstanceOf(Handshake.Refused.class, TestServer.hear(stranger));
                }
                assertEquals("refused", server.transport.unreachable().get(member).toString());
            }
        }
    }

    @Test
    void connectionsLeaveEnoughDescriptorsForTheLog() {
        // ulimit -n 128, of which the JVM and a log have taken some 60.
        ConnectionLimits few = ConnectionLimits.of(68);
        assertTrue(few.callers() + few.clients() <= 68 - 32, few.toString());
        // A whole backlog of silent ones has passed before a dialer gives up.
        assertTrue(few.patienceNs() * ConnectionLimits.BACKLOG / few.callers() <= TimeUnit.SECONDS.toNanos(5),
                few.toString());
        assertEquals(new ConnectionLimits(4, 4), ConnectionLimits.of(3));
        assertEquals(new ConnectionLimits(1_024, 10_000), ConnectionLimits.of(1 << 20));
    }

    @Test
    void whatEndsAThreadIsTold() throws Exception {
        String address = FreePorts.address();
        TransportContext context = TestServer.contextOf("n2", "n1=" + FreePorts.address(), "n2=" + address);
        TestServer server = new TestServer(new TransportContext(context.clusterId(), context.self(), context.bind(),
                context.addresses(), context.serializer(), () -> {
            throw new OutOfMemoryError("unable to create native thread");
        }, false, TestServer.FRAME_BYTES_MAX, context.listener()));
        try (server) {
            server.transport.start(server.receiver);
            try (SocketChannel channel = server.greetAs(TestServer.identity("n1"), "n2", Lane.CONTROL, 1)) {
                assertTrue(channel.isConnected());
                server.receiver.await("a failure", () -> server.failures.stream().anyMatch(
                        problem -> problem instanceof OutOfMemoryError));
            }
        }
    }
}
