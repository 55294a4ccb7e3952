package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.raft.Lane;
import io.driftless.raft.ServerId;
import io.driftless.tck.TestMessages;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever sends rubbish loses its connection, is counted, and nobody else notices. */
final class NioRubbishTest {

    private final String n1 = "n1=" + FreePorts.address();
    private final String n2 = "n2=" + FreePorts.address();
    private final CountDownLatch replied = new CountDownLatch(1);
    private TestServer first;
    private TestServer second;
    private ClientChannel bystander;

    @BeforeEach
    void startTwoServersAndAClient() throws IOException {
        second = TestServer.start("n2", n1, n2);
        second.receiver.serve((session, requests) -> {
            requests.forEach(request -> session.reply(new ClientReply.StatusAnswered(request.id(), "")));
            session.flush();
        });
        first = TestServer.start("n1", n1, n2);
        first.awaitPeers(1);
        second.awaitPeers(1);
        bystander = NioTransport.clients()
                .connect(TestServer.CLUSTER, second.transport.address(), Duration.ofSeconds(30),
                new ClientTransport.Listener() {
            @Override
            public void replied(List<ClientReply> replies) {
                replied.countDown();
            }

            @Override
            public void closed(String why) { }
        });
    }

    /** The other connections must have gone on as if nothing had happened. */
    @AfterEach
    void checkThatNothingElseStopped() throws InterruptedException {
        try (TestServer n1Server = first; TestServer n2Server = second; ClientChannel client = bystander) {
            client.send(new ClientRequest.Status(1));
            assertTrue(replied.await(30, TimeUnit.SECONDS));
            assertEquals(1, n2Server.receiver.changes(), n1Server.warnings::toString);
            n2Server.transport.send(new ServerId("n1"), Lane.CONTROL, TestMessages.heartbeat(1));
            n1Server.receiver.await("a message", () -> !n1Server.receiver.messages(Lane.CONTROL).isEmpty());
        }
    }

    /** Sends, and waits for the connection to be closed. */
    private static void send(SocketChannel channel, byte[] bytes) throws IOException {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException closedAlready) {
            return;
        }
        awaitEnd(channel);
    }

    private static void awaitEnd(SocketChannel channel) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(1 << 16);
        channel.socket().setSoTimeout(30_000);
        try {
            while (channel.socket().getInputStream().read(answer.array()) >= 0) {
                answer.clear();
            }
        } catch (SocketException reset) {
            // That is an end too.
        }
    }

    private static byte[] frame(String command) {
        Outgoing frame = ClientCodec.encode(new ClientRequest.Execute(1, 1_000, Bytes.utf8(command)), 0);
        ByteBuffer bytes = ByteBuffer.allocate((int) frame.length());
        assertTrue(frame.takeInto(bytes));
        return bytes.array();
    }

    private void sendAsClient(byte[] bytes) throws IOException {
        try (SocketChannel channel = second.connectAsClient()) {
            send(channel, bytes);
        }
    }

    @Test
    void closesOnRandomBytesAndLogsOncePerPeer() throws Exception {
        Random random = new Random(17);
        for (int i = 0; i < 20; i++) {
            byte[] bytes = new byte[1 + random.nextInt(2_000)];
            random.nextBytes(bytes);
            try (SocketChannel channel = second.connect()) {
                send(channel, bytes);
            }
        }
        second.awaitBadFrames(20);
        assertEquals(1, second.warnings.stream().filter(line -> line.startsWith("bad frame")).count());
    }

    @Test
    void closesOnAnHttpRequest() throws Exception {
        try (SocketChannel channel = second.connect()) {
            send(channel, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        second.awaitBadFrames(1);
        assertTrue(second.badFrames.peek().contains("something other than Driftless' protocol"),
                second.badFrames::toString);
    }

    @Test
    void closesOnAGreetingThatAnnouncesAHugeLength() throws Exception {
        try (SocketChannel channel = second.connect()) {
            send(channel, ByteBuffer.allocate(16).putLong(0x4452_4654_4c45_5353L)
                    .putShort((short) Versions.OWN.newest()).put((byte) 3).put((byte) 0)
                    .putInt(Integer.MAX_VALUE).array());
        }
        second.awaitBadFrames(1);
    }

    @Test
    void closesOnADamagedGreeting() throws Exception {
        // A client's, with the name of another cluster than its checksum is for.
        byte[] name = "tesT".getBytes(StandardCharsets.US_ASCII);
        CRC32C checksum = new CRC32C();
        ByteBuffer greeting = ByteBuffer.allocate(34).putLong(0x4452_4654_4c45_5353L)
                .putShort((short) Versions.OWN.newest()).put((byte) 3).put((byte) 0).putInt(14).putShort((short) 4)
                .put("test".getBytes(StandardCharsets.US_ASCII)).putLong(-1);
        checksum.update(greeting.array(), 0, 30);
        greeting.putInt((int) checksum.getValue()).put(18, name);
        try (SocketChannel channel = second.connect()) {
            send(channel, greeting.array());
        }
        second.awaitBadFrames(1);
        assertTrue(second.badFrames.peek().contains("the checksum of a greeting is wrong"),
                second.badFrames::toString);
    }

    @Test
    void closesOnRandomBytesAfterAGoodHandshake() throws Exception {
        byte[] bytes = new byte[1_000];
        new Random(18).nextBytes(bytes);
        sendAsClient(bytes);
        second.awaitBadFrames(1);
    }

    @Test
    void closesOnEverySingleFlippedBit() throws Exception {
        byte[] good = frame("command");
        int count = 0;
        // Every bit of the header, and some of the rest.
        for (int bit = 0; bit < good.length * 8; bit += bit < Frame.HEADER_BYTES * 8 ? 3 : 17) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            sendAsClient(bad);
            count++;
        }
        second.awaitBadFrames(count);
    }

    @Test
    void closesOnATruncatedFrame() throws Exception {
        byte[] good = frame("command");
        try (SocketChannel channel = second.connectAsClient()) {
            channel.write(ByteBuffer.wrap(good, 0, good.length - 1));
            channel.shutdownOutput();
            awaitEnd(channel);
        }
        second.awaitBadFrames(1);
        assertTrue(second.badFrames.peek().contains("ends within a frame"), second.badFrames::toString);
    }

    @Test
    void closesOnAFrameThatIsTooLong() throws Exception {
        byte[] head = new byte[Frame.HEADER_BYTES + TestServer.FRAME_BYTES_MAX];
        ByteBuffer bytes = ByteBuffer.allocate(Frame.HEADER_BYTES);
        Frame.outgoing(Frame.Type.CLIENT_REQUEST, head, head.length, List.of(), 0).takeInto(bytes);
        sendAsClient(bytes.array());
        second.awaitBadFrames(1);
        assertTrue(second.badFrames.peek().contains("more than " + TestServer.FRAME_BYTES_MAX),
                second.badFrames::toString);
    }

    @Test
    void closesOnAFrameOfAnotherType() throws Exception {
        byte[] head = new byte[Frame.HEADER_BYTES + 1];
        ByteBuffer bytes = ByteBuffer.allocate(head.length);
        Frame.outgoing(Frame.Type.PEER_MESSAGE, head, head.length, List.of(), 0).takeInto(bytes);
        sendAsClient(bytes.array());
        second.awaitBadFrames(1);
        assertTrue(second.badFrames.peek().contains("of type 1"), second.badFrames::toString);
    }

    @Test
    void closesOnARequestThatDoesNotDecode() throws Exception {
        byte[] head = new byte[Frame.HEADER_BYTES + 9];
        head[Frame.HEADER_BYTES] = 99;
        ByteBuffer bytes = ByteBuffer.allocate(head.length);
        Frame.outgoing(Frame.Type.CLIENT_REQUEST, head, head.length, List.of(), 0).takeInto(bytes);
        sendAsClient(bytes.array());
        second.awaitBadFrames(1);
        assertTrue(second.badFrames.peek().contains("a request of kind 99"), second.badFrames::toString);
    }
}
