package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.tck.RecordingReceiver.Event;
import io.driftless.tck.TestMessages;
import io.driftless.transport.HostPort;
import io.driftless.transport.TransportContext;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may connect, and how two servers come together. */
@Timeout(60)
final class NioHandshakeTest {

    private final String n1 = "n1=" + FreePorts.address();
    private final String n2 = "n2=" + FreePorts.address();

    private static String refusal(SocketChannel channel) throws IOException {
        return assertInstanceOf(Handshake.Refused.class, TestServer.hear(channel)).why();
    }

    /** Confirms a link by hand: both lanes, as the server n1. */
    private static SocketChannel[] link(TestServer server, long number) throws IOException {
        SocketChannel control = server.greetAs(TestServer.identity("n1"), "n2", Lane.CONTROL, number);
        assertInstanceOf(Handshake.Welcome.class, TestServer.hear(control));
        SocketChannel data = server.greetAs(TestServer.identity("n1"), "n2", Lane.DATA, number);
        assertInstanceOf(Handshake.Welcome.class, TestServer.hear(data));
        TestServer.say(control, new Handshake.Confirmed());
        return new SocketChannel[] {control, data};
    }

    @Test
    void refusesAPeerWithAnotherSerializerAndBothSidesSaySoOnce() {
        TransportContext c = TestServer.contextOf("n2", n1, n2);
        TransportContext other = new TransportContext(c.clusterId(), c.self(), c.bind(), c.addresses(),
                new PlainSerializer(2), c.introduction(), false,
                c.frameBytesMax(), c.listener());
        try (TestServer second = new TestServer(other)) {
            second.transport.start(second.receiver);
            try (TestServer first = TestServer.start("n1", n1, n2)) {
                first.receiver.await("a warning", () -> !first.warnings.isEmpty());
                second.receiver.await("a warning", () -> !second.warnings.isEmpty());
                String why = "other serializer: n2 uses serializer plain version 2, n1 serializer plain version 1";
                assertTrue(first.warnings.peek().contains(why), first.warnings::toString);
                assertTrue(second.warnings.peek().contains(why), second.warnings::toString);
                assertEquals(1, first.warnings.size());
                assertEquals(1, second.warnings.size());
            }
        }
    }

    @Test
    void refusesAServerThatIsNotTheOneExpected() throws Exception {
        try (TestServer server = TestServer.start("n2", n1,
                n2); SocketChannel channel = server.greetAs(TestServer.identity("n1"), "n3", Lane.CONTROL, 1)) {
            assertEquals("the server here is n2, not n3", refusal(channel));
            assertTrue(server.warnings.peek().contains("the server here is n2, not n3"));
        }
    }

    @Test
    void refusesAServerThatIsNoMember() throws Exception {
        try (TestServer server = TestServer.start("n2", n1,
                n2); SocketChannel channel = server.greetAs(TestServer.identity("n0"), "n2", Lane.CONTROL, 1)) {
            assertTrue(refusal(channel).startsWith("n0 is not among the other members of n2"));
        }
    }

    @Test
    void refusesADataLaneWithoutItsControlLane() throws Exception {
        try (TestServer server = TestServer.start("n2", n1,
                n2); SocketChannel channel = server.greetAs(TestServer.identity("n1"), "n2", Lane.DATA, 1)) {
            assertEquals("a data lane without its control lane", refusal(channel));
        }
    }

    @Test
    void namesTheVersionsIfTheyDiffer() throws Exception {
        try (TestServer server = TestServer.start("n2", n1, n2); SocketChannel channel = server.connect()) {
            channel.write(ByteBuffer.allocate(16).putLong(0x4452_4654_4c45_5353L).putShort((short) 9).put((byte) 1)
                    .put((byte) 0).putInt(0).flip());
            assertEquals("it speaks version 9 of the protocol, this server version 5", refusal(channel));
        }
    }

    @Test
    void tellsTheReceiverOnlyOnceBothLanesStandAtBothSides() throws Exception {
        try (TestServer server = TestServer.start("n2", n1, n2)) {
            try (SocketChannel control = server.greetAs(TestServer.identity("n1"), "n2", Lane.CONTROL, 5)) {
                TestServer.hear(control);
                TestServer.say(control, new Handshake.Confirmed());
                assertThrows(IOException.class, () -> TestServer.hear(control));
            }
            server.awaitBadFrames(1);
            assertEquals(List.of(), server.receiver.events());
            SocketChannel[] link = link(server, 6);
            server.awaitPeers(1);
            link[1].close();
            server.awaitPeers(0);
            assertThrows(IOException.class, () -> TestServer.hear(link[0]),
                    "if one lane breaks the other is closed");
            link[0].close();
        }
    }

    @Test
    void dialsOnAfterAServerThatDiesInTheMiddleOfTheHandshake() throws Exception {
        String address = n2.substring("n2=".length());
        try (TestServer first = TestServer.start("n1", n1, n2)) {
            HostPort target = HostPort.parse(address);
            try (ServerSocketChannel dying = ServerSocketChannel.open()
                    .bind(new InetSocketAddress(target.host(), target.port()))) {
                for (int lane = 0; lane < 8; lane++) {
                    try (SocketChannel channel = dying.accept()) {
                        TestServer.hear(channel);
                        // Closed with a reset, before or after the other side confirms.
                        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                        TestServer.say(channel, new Handshake.Welcome(TestServer.identity("n2")));
                    }
                }
            }
            try (TestServer second = TestServer.start("n2", n1, n2)) {
                first.awaitPeers(1);
                second.awaitPeers(1);
            }
        }
    }

    @Test
    void aNewLinkReplacesTheOldOneOnceItsEndWasTold() throws Exception {
        try (TestServer server = TestServer.start("n2", n1, n2)) {
            SocketChannel[] old = link(server, 1);
            server.awaitPeers(1);
            SocketChannel[] replacement = link(server, 2);
            server.receiver.await("three changes", () -> server.receiver.changes() == 3
                    && server.receiver.peers().size() == 1);
            assertInstanceOf(Event.Disconnected.class, server.receiver.events().get(1));
            for (SocketChannel channel : List.of(old[0], old[1], replacement[0], replacement[1])) {
                channel.close();
            }
        }
    }

    @Test
    void asksForTheIntroductionAtEachHandshake() {
        AtomicLong boots = new AtomicLong();
        TransportContext c = TestServer.contextOf("n1", n1, n2);
        TransportContext counting = new TransportContext(c.clusterId(), c.self(), c.bind(), c.addresses(),
                c.serializer(),
                () -> TestServer.introduction("n1", boots.incrementAndGet()), false, c.frameBytesMax(), c.listener());
        try (TestServer first = new TestServer(counting)) {
            first.transport.start(first.receiver);
            long told;
            try (TestServer second = TestServer.start("n2", n1, n2)) {
                second.awaitPeers(1);
                told = second.receiver.peers().getFirst().introduction().boot();
            }
            try (TestServer second = TestServer.start("n2", n1, n2)) {
                second.awaitPeers(1);
                assertTrue(second.receiver.peers().getFirst().introduction().boot() > told);
            }
        }
    }

    @Test
    void aServerThatStartsKnocksAtThoseThatDialIt() {
        // n1 dials n2. Nothing has come from n2 for a while, so n1 waits up to a second between attempts; the knock
        // cuts that short.
        try (TestServer first = TestServer.start("n1", n1, n2)) {
            first.receiver.await("a warning", () -> !first.warnings.isEmpty());
            try (TestServer second = TestServer.start("n2", n1, n2)) {
                first.awaitPeers(1);
                second.awaitPeers(1);
            }
        }
    }

    @Test
    void readsPeersByPlatformThreadsIfAskedTo() {
        TransportContext[] contexts = {TestServer.contextOf("n1", n1, n2), TestServer.contextOf("n2", n1, n2)};
        TestServer[] servers = new TestServer[2];
        for (int i = 0; i < 2; i++) {
            TransportContext c = contexts[i];
            servers[i] = new TestServer(new TransportContext(c.clusterId(), c.self(), c.bind(), c.addresses(),
                    c.serializer(), c.introduction(), true,
                    c.frameBytesMax(), c.listener()));
            servers[i].transport.start(servers[i].receiver);
        }
        try (TestServer first = servers[0]; TestServer second = servers[1]) {
            first.awaitPeers(1);
            second.awaitPeers(1);
            Message message = TestMessages.entries(1, 3, 1_000);
            first.transport.send(new ServerId("n2"), Lane.DATA, message);
            second.receiver.await("the message", () -> second.receiver.messages(Lane.DATA).equals(List.of(message)));
            // The lane that carried nothing may still be about to run.
            second.receiver.await("four threads", () -> Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().matches("driftless-n[12]-(control|data)"))
                    .count() == 4);
        }
        assertEquals(0, Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("driftless-")).count());
    }

    @Test
    void closesAConnectionThatSaysNothing() throws Exception {
        try (TestServer server = TestServer.start("n2", n1, n2); SocketChannel channel = server.connect()) {
            assertThrows(EOFException.class, () -> TestServer.hear(channel));
            assertEquals(0, server.badFrames.size());
        }
    }

    @Test
    void saysInOneLineThatAnAddressCannotBeBound() {
        NodeStartException refusal = assertThrows(NodeStartException.class, () ->
                TestServer.start("n1", "n1=192.0.2.1:7001"));
        assertEquals(EndCause.CONFIGURATION, refusal.endCause());
        assertTrue(refusal.getMessage().contains("192.0.2.1:7001") && !refusal.getMessage().contains("\n"),
                refusal.getMessage());
        assertEquals(EndCause.CONFIGURATION,
                assertThrows(NodeStartException.class, () -> TestServer.start("n1", "n1=nonsense")).endCause());
    }

    @Test
    void aNameThatDoesNotResolveMayDoSoLater() {
        // Too long for any resolver, so that none is asked.
        String name = "nowhere.".repeat(40) + "invalid:7001";
        NodeStartException refusal = assertThrows(NodeStartException.class, () ->
                TestServer.start("n1", "n1=" + name));
        assertEquals(EndCause.PORT_IN_USE, refusal.endCause());
        assertTrue(refusal.getMessage().contains(name + ": the host name does not resolve"),
                refusal.getMessage());
    }
}
