package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.machine.Consistency;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.raft.Lane;
import io.driftless.raft.ServerId;
import io.driftless.tck.TestMessages;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that was stopped still has a kernel that takes connections and some data; nobody here waits for it. */
@Timeout(120)
final class NioStoppedReaderTest {

    /** Of the time that this process runs; nobody watches a write of the sender's own, which may block for ever. */
    private static final long NEVER_BLOCKS_MS = 1_000;

    private final String n1 = "n1=" + FreePorts.address();
    private final String n2 = "n2=" + FreePorts.address();

    @Test
    void sendingToAPeerThatDoesNotReadNeverBlocksAndBreaksTheConnection() throws Exception {
        try (TestServer server = TestServer.start("n2", n1, n2); RunningTime time = new RunningTime()) {
            SocketChannel control = server.greetAs(TestServer.identity("n1"), "n2", Lane.CONTROL, 1);
            assertInstanceOf(Handshake.Welcome.class, TestServer.hear(control));
            SocketChannel data = server.greetAs(TestServer.identity("n1"), "n2", Lane.DATA, 1);
            TestServer.hear(data);
            TestServer.say(control, new Handshake.Confirmed());
            server.awaitPeers(1);
            ServerId peer = new ServerId("n1");
            long longest = 0;
            for (int i = 0; i < 3_000; i++) {
                long before = time.millis();
                server.transport.send(peer, Lane.DATA, TestMessages.entries(i, 4, 1_000));
                server.transport.send(peer, Lane.CONTROL, TestMessages.heartbeat(i));
                longest = Math.max(longest, time.millis() - before);
            }
            assertTrue(longest < NEVER_BLOCKS_MS, longest + " ms");
            // Some 12 MB fit neither into the sockets' buffers nor overflow the queue: the watchdog ends it.
            server.awaitPeers(0);
            server.receiver.await("a warning", () ->
                    server.warnings.stream().anyMatch(line -> line.contains("the other side does not read")));
            control.close();
            data.close();
        }
    }

    @Test
    void aReaderThatIsOnlySlowGetsEverything() throws Exception {
        BlockingQueue<ClientConnection> sessions = new LinkedBlockingQueue<>();
        int replies = 4_000;
        try (TestServer server = TestServer.start("n2", n1, n2)) {
            server.receiver.serve((session, requests) -> sessions.add(session));
            SocketChannel client = server.connectAsClient();
            Outgoing request = ClientCodec.encode(new ClientRequest.Query(1, 1, Consistency.STALE, Bytes.EMPTY), 0);
            ByteBuffer bytes = ByteBuffer.allocate((int) request.length());
            request.takeInto(bytes);
            client.write(bytes.flip());
            ClientConnection session = sessions.poll(30, TimeUnit.SECONDS);
            for (int i = 0; i < replies; i++) {
                session.reply(answered(i, i, Result.ok(new byte[i % 5_000])));
                if (i % 3 == 0) {
                    session.flush();
                }
            }
            session.flush();
            FrameReader reader = new FrameReader(client, Frame.Type.CLIENT_REPLY, 1 << 20, 64 << 10);
            int next = 0;
            while (next < replies) {
                for (Frame frame : reader.read()) {
                    assertEquals(answered(next, next, Result.ok(new byte[next % 5_000])),
                            ClientCodec.reply(frame));
                    next++;
                }
            }
            client.close();
        }
    }

    private static ClientReply answered(long id, long index, Result result) {
        return new ClientReply.QueryAnswered(id, new QueryOutcome.Answered(index, result, Optional.empty()), "");
    }
}
