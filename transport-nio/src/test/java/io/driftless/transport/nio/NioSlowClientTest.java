package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.machine.Result;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that ask for more than they read: what waits for them is bounded, and only who reads nothing is left. */
final class NioSlowClientTest {

    private static final int LARGE = 1 << 20;
    private static final int MANY = 200;
    /** What the sockets' own buffers may hold of them, generously, and what may wait before them. */
    private static final int UNDER_WAY_MAX = 40;
    /** Of the time that this process runs. */
    private static final long NEVER_BLOCKS_MS = 1_000;

    private final AtomicInteger made = new AtomicInteger();
    private final BlockingQueue<ClientConnection> sessions = new LinkedBlockingQueue<>();
    private TestServer server;
    private SocketChannel client;

    @BeforeEach
    void connect() throws IOException {
        server = TestServer.start("n1", "n1=" + FreePorts.address());
        client = server.connectAsClient();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    private void send(ClientRequest request) throws IOException {
        Outgoing frame = ClientCodec.encode(request, 0);
        ByteBuffer bytes = ByteBuffer.allocate((int) frame.length());
        frame.takeInto(bytes);
        client.write(bytes.flip());
    }

    private static ClientReply large(long id) {
        return new ClientReply.CommandAnswered(id, new Outcome.Committed(id, Result.ok(new byte[LARGE])), "");
    }

    private ClientConnection session() throws Exception {
        server.receiver.serve((session, requests) -> sessions.add(session));
        send(new ClientRequest.Status(1));
        return sessions.poll(30, TimeUnit.SECONDS);
    }

    @Test
    void aClientWithManyLargeRepliesOutstandingGetsThemAllAndFewWaitAtATime() throws Exception {
        server.receiver.serve((session, requests) -> {
            for (ClientRequest request : requests) {
                made.incrementAndGet();
                session.reply(large(request.id()));
            }
            session.flush();
        });
        for (int id = 1; id <= MANY; id++) {
            send(new ClientRequest.Execute(id, 60_000, Bytes.EMPTY));
        }
        server.receiver.await("the first replies", () -> made.get() >= 4);
        FrameReader reader = new FrameReader(client, Frame.Type.CLIENT_REPLY, 64 << 20, 64 << 10);
        for (int read = 0; read < MANY;) {
            for (Frame frame : reader.read()) {
                read++;
                assertEquals(read, ClientCodec.reply(frame).id());
            }
            int underWay = made.get() - read;
            assertTrue(underWay <= UNDER_WAY_MAX, underWay + " replies of 1 MiB are under way");
        }
    }

    /** What was taken to be small and is not: then the result is given up, and nothing else. */
    @Test
    void resultsBeyondAllBoundsAreNotKeptAndTheConnectionGoesOn() throws Exception {
        ClientConnection session = session();
        for (int id = 1; id <= MANY; id++) {
            session.reply(large(id));
        }
        session.flush();
        FrameReader reader = new FrameReader(client, Frame.Type.CLIENT_REPLY, 64 << 20, 64 << 10);
        int kept = 0;
        for (int read = 0; read < MANY;) {
            for (Frame frame : reader.read()) {
                read++;
                ClientReply reply = ClientCodec.reply(frame);
                boolean isKept = reply.equals(large(read));
                kept += isKept ? 1 : 0;
                assertTrue(isKept || reply.equals(new ClientReply.CommandAnswered(read,
                        new Outcome.Unknown(Outcome.Why.RESULT_NOT_KEPT), "")), reply::toString);
            }
        }
        assertTrue(kept >= 60 && kept < MANY, kept + " are kept");
        send(new ClientRequest.Status(2));
        assertEquals(session, sessions.poll(30, TimeUnit.SECONDS));
        assertTrue(server.warnings.stream().anyMatch(line -> line.contains("bytes of results wait for client")),
                server.warnings::toString);
    }

    /** At 40 KB/s the kernels' own buffers hide for many seconds that it reads at all. */
    @Test
    void aClientThatReadsSlowlyButSteadilyKeepsItsConnection() throws Exception {
        client.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
        ClientConnection session = session();
        for (int id = 1; id <= 4; id++) {
            session.reply(large(id));
        }
        session.flush();
        FrameReader reader = new FrameReader(new SlowAtFirst(client), Frame.Type.CLIENT_REPLY, 64 << 20, 64 << 10);
        List<ClientReply> replies = new ArrayList<>();
        while (replies.size() < 4) {
            reader.read().forEach(frame -> replies.add(ClientCodec.reply(frame)));
        }
        assertEquals(List.of(large(1), large(2), large(3), large(4)), replies);
        assertTrue(server.warnings.isEmpty(), server.warnings::toString);
    }

    @Test
    void aClientThatReadsNothingForAWhileIsToldSoAndLosesItsConnection() throws Exception {
        ClientConnection session = session();
        long longest = 0;
        try (RunningTime time = new RunningTime()) {
            for (int id = 1; id <= 40; id++) {
                long before = time.millis();
                session.reply(large(id));
                session.flush();
                longest = Math.max(longest, time.millis() - before);
            }
        }
        assertTrue(longest < NEVER_BLOCKS_MS, longest + " ms");
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (server.warnings.isEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        assertTrue(server.warnings.stream().anyMatch(line -> line.matches("client .* has taken nothing for \\d+ s: "
                + "\\d+ bytes of replies are given up, and its connection is closed")), server.warnings::toString);
        FrameReader reader = new FrameReader(client, Frame.Type.CLIENT_REPLY, 64 << 20, 64 << 10);
        List<ClientReply> replies = new ArrayList<>();
        try {
            while (true) {
                reader.read().forEach(frame -> replies.add(ClientCodec.reply(frame)));
            }
        } catch (EOFException end) {
            assertEquals(new ClientReply.Goodbye(1, Outcome.Why.NOT_READ), replies.getLast());
            assertTrue(replies.size() < 40, replies.size() + " replies");
        }
        server.receiver.serve((other, requests) -> sessions.add(other));
        send(new ClientRequest.Status(2));
        client.shutdownOutput();
        assertEquals(-1, client.read(ByteBuffer.allocate(1)));
        // Only then the server has read all that was sent.
        server.receiver.await("the end of the connection", () -> !session.isOpen());
        assertTrue(sessions.isEmpty(), "taken after the goodbye");
    }

    /**
     * Reads 4 KiB each 100 ms for 12 s, of which the server hears nothing for 10, and then what comes. By the clock: on
     * a slow machine so many reads would take longer than a client may take nothing.
     */
    private static final class SlowAtFirst implements ReadableByteChannel {
        private static final int BYTES = 4 << 10;
        private final SocketChannel channel;
        private final long slowUntilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(12);

        SlowAtFirst(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            if (System.nanoTime() - slowUntilNs >= 0) {
                return channel.read(target);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            int limit = target.limit();
            target.limit(Math.min(limit, target.position() + BYTES));
            try {
                return channel.read(target);
            } finally {
                target.limit(limit);
            }
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
