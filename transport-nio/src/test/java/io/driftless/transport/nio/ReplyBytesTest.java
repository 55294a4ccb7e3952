package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.machine.Result;
import io.driftless.tck.RecordingReceiver;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.Intake;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits for clients that do not read, in one connection and in all together. */
@Timeout(60)
final class ReplyBytesTest {

    private static final int LARGE = 1 << 20;
    private static final int EACH = 40;

    private final List<SocketChannel> sockets = new ArrayList<>();
    private final Crew crew = new Crew(problem -> { });
    private final RecordingReceiver receiver = new RecordingReceiver();
    private ServerSocketChannel server;

    @BeforeEach
    void listen() throws IOException {
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        sockets.forEach(Sockets::close);
        crew.dismiss();
    }

    /** The near end of a connection whose other end nobody reads. */
    private SocketChannel socket() throws IOException {
        sockets.add(SocketChannel.open(server.getLocalAddress()));
        SocketChannel near = server.accept();
        sockets.add(near);
        return near;
    }

    @Test
    void repliesToAllClientsTogetherAreBounded() throws Exception {
        Station station = new Station(TestServer.contextOf("n1", "n1=localhost:1"), receiver,
                ConnectionLimits.ofThisProcess(), Versions.OWN);
        ReplyBytes all = station.replies();
        Result result = Result.ok(new byte[LARGE]);
        long clients = all.bytesMax() / LARGE / EACH + 2;
        long expected = 0;
        for (int i = 0; i < clients; i++) {
            ServedClient client = new ServedClient(station, station.handshake(socket()));
            for (int id = 1; id <= EACH; id++) {
                client.reply(id % 2 == 0 ? answered(id, 1, result)
                        : new ClientReply.CommandAnswered(id, new Outcome.Committed(id, result), ""));
            }
            client.flush();
            expected += (long) EACH * LARGE;
        }
        assertTrue(all.waiting() <= all.bytesMax() && all.isFull(), all.waiting() + " of " + expected + " bytes wait");
        // What waits is let go with its connection.
        station.close();
        sockets.forEach(Sockets::close);
        receiver.await("no byte waits", () -> all.waiting() == 0);
        station.crew().dismiss();
    }

    @Test
    void whoWaitsForRoomIsWokenAndDoesNotPoll() throws Exception {
        ReplyBytes all = new ReplyBytes(LARGE);
        Intake intake = new Intake();
        Outbound outbound = new Outbound(socket(), Outbound.Wiring.of(crew), "test", Long.MAX_VALUE, why -> { });
        ReplyRoom room = new ReplyRoom(all, intake, outbound);
        outbound.onWritten(room::recount);
        BlockingQueue<Long> rooms = new LinkedBlockingQueue<>();
        assertEquals(32, room.await(), "at first");
        all.add(LARGE, 0);
        assertEquals(8, room.await(), "while others' replies fill it");
        outbound.hold(new Outgoing(new byte[0], 0, List.of(Bytes.wrap(new byte[LARGE])), LARGE));
        Thread reader = Thread.ofPlatform().daemon().start(() -> rooms.add(room.await()));
        while (reader.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        all.add(-LARGE, 0);
        assertEquals(32, rooms.poll(30, TimeUnit.SECONDS));
        outbound.close();
    }

    @Test
    void aConnectionOnWhichNoReplyWaitsIsReadOn() throws Exception {
        Intake intake = new Intake();
        Outbound outbound = new Outbound(socket(), Outbound.Wiring.of(crew), "test", Long.MAX_VALUE, why -> { });
        ReplyRoom room = new ReplyRoom(new ReplyBytes(LARGE), intake, outbound);
        for (int id = 1; id <= 1_000;) {
            List<ClientRequest> some = new ArrayList<>();
            for (long end = id + room.await(); id < end; id++) {
                some.add(new ClientRequest.Status(id));
            }
            intake.take(some);
            room.recount();
        }
        outbound.close();
    }

    private static ClientReply answered(long id, long index, Result result) {
        return new ClientReply.QueryAnswered(id, new QueryOutcome.Answered(index, result, Optional.empty()), "");
    }
}
