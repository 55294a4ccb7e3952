package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.tck.RecordingReceiver;
import io.driftless.tck.TestMessages;
import io.driftless.transport.HostPort;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bulk lane: who may open one, and that its end is nobody else's. The test is the server n1, by hand. */
@Timeout(120)
final class NioBulkTest {

    private static final long LINK = 77;
    /** A write that takes longer ends the connection as well, and a pause of this machine must not. */
    private static final long IDLE_NS = TimeUnit.SECONDS.toNanos(2);
    private static final ServerId N1 = new ServerId("n1");
    private static final PeerCodec CODEC = new PeerCodec(new PlainSerializer(1), TestServer.FRAME_BYTES_MAX);

    private final String address = FreePorts.address();
    private final String n1 = "n1=" + address;
    private final String n2 = "n2=" + FreePorts.address();
    private TestServer server;
    private SocketChannel control;
    private SocketChannel data;

    @BeforeEach
    void link() throws IOException {
        server = TestServer.start("n2", n1, n2);
        control = server.greetAs(TestServer.identity("n1"), "n2", Lane.CONTROL, LINK);
        assertInstanceOf(Handshake.Welcome.class, TestServer.hear(control));
        data = server.greetAs(TestServer.identity("n1"), "n2", Lane.DATA, LINK);
        assertInstanceOf(Handshake.Welcome.class, TestServer.hear(data));
        TestServer.say(control, new Handshake.Confirmed());
        server.awaitPeers(1);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        control.close();
        data.close();
    }

    private SocketChannel bulk() throws IOException {
        SocketChannel channel = server.greetAs(TestServer.identity("n1"), "n2", Lane.BULK, LINK);
        assertInstanceOf(Handshake.Welcome.class, TestServer.hear(channel));
        return channel;
    }

    private void refused(Handshake.Identity from, long link, String why) throws IOException {
        try (SocketChannel channel = server.greetAs(from, "n2", Lane.BULK, link)) {
            String said = assertInstanceOf(Handshake.Refused.class, TestServer.hear(channel)).why();
            assertTrue(said.contains(why), said);
        }
    }

    private static void write(SocketChannel channel, Message message) throws IOException {
        Outgoing frame = CODEC.encode(message, 0);
        ByteBuffer bytes = ByteBuffer.allocate((int) frame.length());
        frame.takeInto(bytes);
        bytes.flip();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private void awaitBulk(Message... messages) {
        server.receiver.await("the parts", () -> server.receiver.messages(Lane.BULK).equals(List.of(messages)));
        assertEquals(1, server.receiver.changes());
    }

    @Test
    void onlyTheOtherSideOfTheLinkThatStandsOpensOne() throws Exception {
        refused(TestServer.identity("n1"), LINK + 1, "a bulk lane without its link");
        refused(new Handshake.Identity(TestServer.CLUSTER, "plain", 1, TestServer.introduction("n1", 2)), LINK,
                "a bulk lane without its link");
        refused(TestServer.identity("n9"), LINK, "n9 is not among the other members");
        refused(new Handshake.Identity("another", "plain", 1, TestServer.introduction("n1", 1)), LINK,
                "other cluster id");
        try (SocketChannel channel = bulk()) {
            write(channel, TestMessages.chunk(0, 1_000));
            awaitBulk(TestMessages.chunk(0, 1_000));
        }
    }

    @Test
    void itsEndIsNoOther() throws Exception {
        try (SocketChannel channel = bulk()) {
            write(channel, TestMessages.chunk(0, 1_000));
            awaitBulk(TestMessages.chunk(0, 1_000));
        }
        try (SocketChannel channel = bulk()) {
            write(channel, TestMessages.chunk(1, 1_000));
            awaitBulk(TestMessages.chunk(0, 1_000), TestMessages.chunk(1, 1_000));
        }
        write(data, TestMessages.heartbeat(5));
        server.receiver.await("the data lane", () -> server.receiver.messages(Lane.DATA).size() == 1);
        assertEquals(List.of(), List.copyOf(server.warnings));
        assertTrue(server.transport.unreachable().isEmpty());
    }

    @Test
    void aBadFrameEndsItAloneAndIsCounted() throws Exception {
        try (SocketChannel channel = bulk()) {
            channel.write(ByteBuffer.wrap(new byte[64]));
            server.awaitBadFrames(1);
            assertEquals(-1, channel.read(ByteBuffer.allocate(1)));
        }
        try (SocketChannel channel = bulk()) {
            write(channel, TestMessages.chunk(1, 1_000));
            awaitBulk(TestMessages.chunk(1, 1_000));
        }
    }

    @Test
    void aNewOneTakesOverFromTheOneBefore() throws Exception {
        try (SocketChannel before = bulk(); SocketChannel after = bulk()) {
            assertEquals(-1, before.read(ByteBuffer.allocate(1)));
            write(after, TestMessages.chunk(1, 1_000));
            awaitBulk(TestMessages.chunk(1, 1_000));
        }
    }

    @Test
    void itEndsWithItsLink() throws Exception {
        try (SocketChannel channel = bulk(); ServerSocketChannel listening = listen()) {
            server.transport.send(N1, Lane.BULK, TestMessages.chunk(0, 10));
            try (SocketChannel outward = accept(listening)) {
                FrameReader reader = reader(outward);
                assertEquals(TestMessages.chunk(0, 10), CODEC.decode(reader.read().getFirst()));
                control.close();
                server.awaitPeers(0);
                assertEquals(-1, channel.read(ByteBuffer.allocate(1)));
                assertThrows(EOFException.class, reader::read);
                refused(TestServer.identity("n1"), LINK, "a bulk lane without its link");
            }
        }
    }

    // ---- the way out

    private ServerSocketChannel listen() throws IOException {
        HostPort at = HostPort.parse(address);
        return ServerSocketChannel.open().bind(new InetSocketAddress(at.host(), at.port()));
    }

    private SocketChannel accept(ServerSocketChannel listening) throws IOException {
        while (true) {
            SocketChannel channel = listening.accept();
            Handshake.Greeting greeting = TestServer.hear(channel);
            if (welcomed(channel, greeting)) {
                return channel;
            }
        }
    }

    /** Whether it is a bulk lane; n2 also knocks, and looks as a client whether n1 is there. */
    private static boolean welcomed(SocketChannel channel, Handshake.Greeting greeting) throws IOException {
        if (!(greeting instanceof Handshake.PeerHello hello)) {
            channel.close();
            return false;
        }
        assertEquals(Lane.BULK, hello.lane());
        assertEquals(LINK, hello.link());
        TestServer.say(channel, new Handshake.Welcome(TestServer.identity("n1")));
        return true;
    }

    private static FrameReader reader(SocketChannel channel) {
        return new FrameReader(channel, Frame.Type.PEER_MESSAGE, TestServer.FRAME_BYTES_MAX, 64 << 10);
    }

    @Test
    void afterItsEndTheNextMessageOpensAnother() throws Exception {
        try (ServerSocketChannel listening = listen()) {
            server.transport.send(N1, Lane.BULK, TestMessages.chunk(0, 10));
            try (SocketChannel channel = accept(listening)) {
                assertEquals(TestMessages.chunk(0, 10), CODEC.decode(reader(channel).read().getFirst()));
            }
            listening.configureBlocking(false);
            try (SocketChannel channel = acceptWhileSending(listening)) {
                assertEquals(TestMessages.chunk(1, 10), CODEC.decode(reader(channel).read().getFirst()));
            }
            assertEquals(1, server.receiver.changes());
            assertFalse(server.warnings.stream().anyMatch(line -> line.contains("ended")), server.warnings::toString);
        }
    }

    /** Until n2 has noticed the end of one bulk lane, what it sends is lost with it. */
    private SocketChannel acceptWhileSending(ServerSocketChannel listening) throws IOException {
        while (true) {
            AtomicReference<SocketChannel> next = new AtomicReference<>();
            server.receiver.await("another connection", () -> {
                server.transport.send(N1, Lane.BULK, TestMessages.chunk(1, 10));
                next.set(acceptNow(listening));
                return next.get() != null;
            });
            if (welcomed(next.get(), TestServer.hear(next.get()))) {
                return next.get();
            }
        }
    }

    private static SocketChannel acceptNow(ServerSocketChannel listening) {
        try {
            SocketChannel channel = listening.accept();
            if (channel != null) {
                channel.configureBlocking(true);
            }
            return channel;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatCannotBeSentIsDroppedAndTheLinkStands() {
        server.transport.send(N1, Lane.BULK, TestMessages.chunk(0, 10));
        server.receiver.await("a warning", () -> server.warnings.stream()
                .anyMatch(line -> line.startsWith("no bulk connection to n1")));
        assertEquals(1, server.receiver.changes());
    }

    /** A sender of n2 that belongs to no transport, so that its connection may be idle for a time of the test's own. */
    private final class LoneSender implements AutoCloseable {

        private final Station station = new Station(TestServer.contextOf("n2", n1, n2), new RecordingReceiver(),
                ConnectionLimits.ofThisProcess(), Versions.OWN);
        private final BulkSender sender;

        LoneSender(long idleNs) {
            RemoteServer remote = new RemoteServer(station, N1, address);
            sender = new BulkSender(station, remote, new PeerLink(station, remote, LINK,
                    TestServer.introduction("n1", 1)), idleNs);
        }

        void send(Message message) {
            sender.send(message);
        }

        @Override
        public void close() {
            sender.close();
            station.close();
            station.crew().dismiss();
        }
    }

    @Test
    void whatWaitsIsBounded() throws Exception {
        // Made before: what a connection is to be welcomed for is dropped if that takes five seconds.
        int megabytes = (int) (BulkSender.QUEUED_BYTES_MAX >> 20);
        List<Message.InstallSnapshot> parts = IntStream.range(0, 2 * megabytes)
                .mapToObj(i -> TestMessages.chunk(i, 1 << 20)).toList();
        try (ServerSocketChannel listening = listen(); LoneSender sender = new LoneSender(BulkSender.IDLE_NS)) {
            // None leaves the queue before the connection is welcome.
            parts.forEach(sender::send);
            try (SocketChannel channel = accept(listening)) {
                FrameReader reader = reader(channel);
                List<Long> offsets = new ArrayList<>();
                // A part weighs a little more than its bytes: one less fits.
                while (offsets.size() < megabytes - 1) {
                    readOffsets(reader, offsets);
                }
                // What comes next shows that no more of them waited.
                sender.send(TestMessages.chunk(100, 10));
                while (offsets.size() < megabytes) {
                    readOffsets(reader, offsets);
                }
                List<Long> expected = LongStream.range(0, megabytes - 1).mapToObj(i -> i << 20)
                        .collect(Collectors.toList());
                expected.add(TestMessages.chunk(100, 10).offset());
                assertEquals(expected, offsets);
            }
        }
    }

    private static void readOffsets(FrameReader reader, List<Long> offsets) throws IOException {
        reader.read().forEach(frame -> offsets.add(((Message.InstallSnapshot) CODEC.decode(frame)).offset()));
    }

    @Test
    void anIdleConnectionEndsAndTheNextMessageOpensAnother() throws Exception {
        try (ServerSocketChannel listening = listen(); LoneSender sender = new LoneSender(IDLE_NS)) {
            for (int i = 0; i < 2; i++) {
                sender.send(TestMessages.chunk(i, 10));
                try (SocketChannel channel = accept(listening)) {
                    FrameReader reader = reader(channel);
                    assertEquals(TestMessages.chunk(i, 10), CODEC.decode(reader.read().getFirst()));
                    assertThrows(EOFException.class, reader::read);
                }
            }
        }
    }
}
