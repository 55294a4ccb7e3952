package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.raft.ServerId;
import io.driftless.tck.RecordingReceiver;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.Unreachable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two sides speak the highest version of the protocol that both know; if there is none, each says so in one line. */
@Timeout(60)
final class NioVersionsTest {

    private static final Versions THREE = new Versions(3, 3);
    private static final Versions THREE_AND_FOUR = new Versions(3, 4);
    private static final Versions FOUR_AND_FIVE = new Versions(4, 5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ClientTransport.Listener NOBODY = new ClientTransport.Listener() {
        @Override
        public void replied(List<ClientReply> replies) { }

        @Override
        public void closed(String why) { }
    };

    private final String n1 = "n1=" + FreePorts.address();
    private final String n2 = "n2=" + FreePorts.address();

    private TestServer server(String id, Versions versions) {
        return server(id, versions, n1, n2);
    }

    private static TestServer server(String id, Versions versions, String... members) {
        TestServer server = new TestServer(TestServer.contextOf(id, members),
                NioTransport.tcp(ConnectionLimits::ofThisProcess, versions));
        server.transport.start(server.receiver);
        return server;
    }

    @Test
    void theHighestThatBothSpeakIsTheOne() {
        assertEquals(OptionalInt.of(3), THREE.highestIn(THREE));
        assertEquals(OptionalInt.of(3), THREE_AND_FOUR.highestIn(THREE));
        assertEquals(OptionalInt.of(3), THREE.highestIn(THREE_AND_FOUR));
        assertEquals(OptionalInt.of(4), THREE_AND_FOUR.highestIn(FOUR_AND_FIVE));
        assertEquals(OptionalInt.of(4), FOUR_AND_FIVE.highestIn(THREE_AND_FOUR));
        assertEquals(OptionalInt.empty(), THREE.highestIn(FOUR_AND_FIVE));
        assertEquals(OptionalInt.empty(), FOUR_AND_FIVE.highestIn(THREE));
        assertEquals("version 3", THREE.toString());
        assertEquals("versions 3 to 4", THREE_AND_FOUR.toString());
        assertThrows(IllegalArgumentException.class, () -> new Versions(4, 3));
        assertThrows(IllegalArgumentException.class, () -> new Versions(3, 259));
        assertThrows(IllegalArgumentException.class, () -> new Versions(65_535, 65_536));
    }

    @Test
    void bothSidesOfAHandshakeAgreeAndTheConnectionKnows() throws Exception {
        for (Versions[] pair : new Versions[][] {{THREE, THREE}, {THREE_AND_FOUR, THREE}, {THREE, THREE_AND_FOUR},
            {THREE_AND_FOUR, FOUR_AND_FIVE}, {FOUR_AND_FIVE, THREE_AND_FOUR}}) {
            int expected = pair[0].highestIn(pair[1]).getAsInt();
            try (ServerSocketChannel listening = ServerSocketChannel.open()
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                    SocketChannel far = SocketChannel.open(listening.getLocalAddress());
                    SocketChannel near = listening.accept()) {
                Handshake greets = new Handshake(far, pair[0]);
                Handshake answers = new Handshake(near, pair[1]);
                Handshake.ClientHello hello = new Handshake.ClientHello("c", 7);
                greets.send(hello);
                assertEquals(hello, answers.receive(TestServer.soon()));
                Handshake.ClientWelcome welcome = new Handshake.ClientWelcome("c", "n1", 7);
                answers.send(welcome);
                assertEquals(welcome, greets.receive(TestServer.soon()));
                assertEquals(expected, answers.version());
                assertEquals(expected, greets.version());
                Station station = new Station(TestServer.contextOf("n1", n1), new RecordingReceiver(),
                        ConnectionLimits.ofThisProcess(), pair[1]);
                assertEquals(expected, station.client(answers, "test", () -> { }).version());
                station.close();
            }
        }
    }

    @Test
    void serversWithACommonVersionComeTogetherWhicheverDials() {
        for (Versions[] pair : new Versions[][] {{THREE_AND_FOUR, THREE}, {THREE, THREE_AND_FOUR},
            {THREE_AND_FOUR, FOUR_AND_FIVE}, {FOUR_AND_FIVE, THREE_AND_FOUR}}) {
            try (TestServer first = server("n1", pair[0]); TestServer second = server("n2", pair[1])) {
                first.awaitPeers(1);
                second.awaitPeers(1);
            }
        }
    }

    @Test
    void serversWithoutOneNameBothRangesOnBothSides() {
        for (Versions[] pair : new Versions[][] {{THREE, FOUR_AND_FIVE}, {FOUR_AND_FIVE, THREE}}) {
            try (TestServer first = server("n1", pair[0]); TestServer second = server("n2", pair[1])) {
                assertTellsApart(first, "n2", "it speaks " + pair[1] + " of the protocol, this server " + pair[0]);
                assertTellsApart(second, "n1", "it speaks " + pair[0] + " of the protocol, this server " + pair[1]);
                assertEquals(0, first.receiver.changes() + second.receiver.changes());
                assertTrue(first.badFrames.isEmpty() && second.badFrames.isEmpty());
            }
        }
    }

    private static void assertTellsApart(TestServer server, String other, String why) {
        server.receiver.await("a warning, not only " + server.warnings, () -> server.warnings.stream().anyMatch(
                line -> line.endsWith(": " + why) && line.indexOf('\n') < 0));
        server.receiver.await("the reason", () -> server.transport.unreachable().containsKey(new ServerId(other))
                && server.transport.unreachable().get(new ServerId(other)).equals(
                new Unreachable(Unreachable.Kind.TURNED_AWAY, why)));
    }

    @Test
    void aClientAndANodeWithoutOneNameBothRanges() throws Exception {
        try (TestServer server = server("n1", FOUR_AND_FIVE, n1)) {
            String address = server.transport.address();
            IOException refusal = assertThrows(ClientTransport.NotDriftlessException.class, () ->
                    new NioClientTransport(THREE).connect("", address, PATIENCE, NOBODY));
            assertEquals(address + " speaks versions 4 to 5 of the protocol, this client version 3",
                    refusal.getMessage());
            server.receiver.await("a warning", () -> !server.warnings.isEmpty());
            assertEquals("refused 127.0.0.1: it speaks version 3 of the protocol, this server versions 4 to 5",
                    server.warnings.peek());
            try (ClientChannel channel = new NioClientTransport(THREE_AND_FOUR).connect("", address, PATIENCE,
                    NOBODY)) {
                assertEquals(ClientTransport.GENERATION_UNKNOWN, channel.generation());
            }
        }
    }

    /** A greeting of some version by hand; one of version 2 has a 0 where later ones name how many they speak. */
    private static byte[] greeting(int newest, int kind, int beside, byte[] body) {
        ByteBuffer bytes = ByteBuffer.allocate(16 + body.length + 4).putLong(0x4452_4654_4c45_5353L)
                .putShort((short) newest).put((byte) kind).put((byte) beside).putInt(body.length).put(body);
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.array(), 0, 16 + body.length);
        return bytes.putInt((int) checksum.getValue()).array();
    }

    private static byte[] text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + bytes.length).putShort((short) bytes.length).put(bytes).array();
    }

    @Test
    void whatALaterVersionAddsToTheEndOfAGreetingIsIgnoredByAnEarlierOne() throws Exception {
        byte[] body = ByteBuffer.allocate(2 + 8 + 5).putShort((short) 0).putLong(-1).put("added".getBytes(
                StandardCharsets.US_ASCII)).array();
        try (TestServer server = server("n1", THREE)) {
            try (SocketChannel later = server.connect()) {
                later.write(ByteBuffer.wrap(greeting(4, 3, 1, body)));
                Handshake handshake = new Handshake(later, THREE_AND_FOUR);
                assertEquals("n1", assertInstanceOf(Handshake.ClientWelcome.class, handshake.receive(
                        TestServer.soon())).server());
                assertEquals(3, handshake.version());
            }
            try (SocketChannel same = server.connect()) {
                same.write(ByteBuffer.wrap(greeting(3, 3, 0, body)));
                assertThrows(IOException.class, () -> TestServer.hear(same));
            }
            server.awaitBadFrames(1);
            assertTrue(server.badFrames.peek().contains("5 bytes too many"), server.badFrames::toString);
        }
    }

    @Test
    void aServerOfVersion2ThatDialsIsToldWhyInItsOwnWords() throws Exception {
        try (TestServer server = TestServer.start("n2", n1, n2); SocketChannel dialer = server.connect()) {
            // More than a prefix: what is left unread must not cost it the answer.
            dialer.write(ByteBuffer.wrap(greeting(2, 1, 0, new byte[600])));
            ByteBuffer answer = ByteBuffer.allocate(16);
            while (answer.hasRemaining()) {
                assertTrue(dialer.read(answer) > 0);
            }
            // All that one of version 2 looks at: it says then that this server speaks version 5, and it version 2.
            assertEquals(0x4452_4654_4c45_5353L, answer.getLong(0));
            assertEquals(5, answer.getShort(8));
            server.receiver.await("a warning", () -> !server.warnings.isEmpty());
            assertEquals(List.of("refused 127.0.0.1: it speaks version 2 of the protocol, this server version 5"),
                    List.copyOf(server.warnings));
            assertTrue(server.badFrames.isEmpty());
        }
    }

    @Test
    void aServerOfVersion2ThatIsDialedIsNamedWithItsVersion() throws Exception {
        try (ServerSocketChannel old = ServerSocketChannel.open().bind(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            byte[] refusal = greeting(2, 6, 0, text("it speaks version 5 of the protocol, this server version 2"));
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        SocketChannel caller = old.accept();
                        caller.read(ByteBuffer.allocate(16));
                        caller.write(ByteBuffer.wrap(refusal));
                        caller.close();
                    }
                } catch (IOException closed) {
                    // The test is over.
                }
            });
            String there = "127.0.0.1:" + old.socket().getLocalPort();
            String why = "it speaks version 2 of the protocol, this server version 5";
            for (String absent : new String[] {"n0", "n3"}) {
                try (TestServer server = TestServer.start("n1", n1, absent + "=" + there)) {
                    server.receiver.await("the reason", () -> new Unreachable(Unreachable.Kind.TURNED_AWAY, why)
                            .equals(server.transport.unreachable().get(new ServerId(absent))));
                    if (absent.equals("n3")) {
                        server.receiver.await("a warning", () -> !server.warnings.isEmpty());
                        assertEquals(List.of("no connection to n3 at " + there + ": " + why),
                                List.copyOf(server.warnings));
                    }
                }
            }
            assertEquals(there + " speaks version 2 of the protocol, this client version 5",
                    assertThrows(ClientTransport.NotDriftlessException.class, () -> NioTransport.clients().connect("",
                    there, PATIENCE, NOBODY)).getMessage());
        }
    }

    @Test
    void aGreetingThatNamesVersionsBelowZeroIsTakenForWhatItCanMean() throws Exception {
        try (TestServer server = server("n1", Versions.OWN); SocketChannel odd = server.connect()) {
            odd.write(ByteBuffer.wrap(greeting(2, 3, 255, new byte[0])));
            assertEquals("it speaks versions 0 to 2 of the protocol, this server version 5",
                    assertInstanceOf(Handshake.Refused.class, TestServer.hear(odd)).why());
        }
    }
}
