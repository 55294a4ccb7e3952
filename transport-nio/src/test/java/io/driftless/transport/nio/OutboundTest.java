package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way out of a connection, on a real pair of sockets. */
final class OutboundTest {

    private static final int THREADS = 4;
    private static final int EACH = 10_000;

    private final Crew crew = new Crew(problem -> { });
    private final BlockingQueue<String> breaks = new LinkedBlockingQueue<>();
    private SocketChannel near;
    private SocketChannel far;
    private Outbound outbound;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            near = SocketChannel.open(server.getLocalAddress());
            Sockets.setUp(near);
            far = server.accept();
        }
        outbound = new Outbound(near, Outbound.Wiring.of(crew), "test", 8 << 20, why -> {
            breaks.add(why);
            outbound.close();
            Sockets.close(near);
        });
    }

    @AfterEach
    void close() throws IOException {
        outbound.close();
        near.close();
        far.close();
        crew.dismiss();
    }

    private static Outgoing frame(int thread, int number, int size) {
        byte[] head = new byte[Frame.HEADER_BYTES + 8];
        ByteBuffer.wrap(head).putInt(Frame.HEADER_BYTES, thread).putInt(Frame.HEADER_BYTES + 4, number);
        return Frame.outgoing(Frame.Type.PEER_MESSAGE, head, head.length, List.of(Bytes.wrap(new byte[size])), 0);
    }

    /**
     * Sends from several threads while this one reads, telling the sender what it read or not, and checks each thread's
     * order.
     */
    private void sendAndRead(boolean acknowledge, boolean hold) throws Exception {
        List<Thread> senders = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int thread = t;
            senders.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < EACH; i++) {
                    Outgoing frame = frame(thread, i, i % 7 * 20);
                    assertTrue(hold ? outbound.hold(frame) : outbound.send(frame));
                    if (hold && i % 5 == 0) {
                        outbound.flush();
                    }
                }
                outbound.flush();
            }));
        }
        FrameReader reader = new FrameReader(far, Frame.Type.PEER_MESSAGE, 1 << 20, 64 << 10);
        int[] next = new int[THREADS];
        for (int count = 0; count < THREADS * EACH;) {
            for (Frame frame : reader.read()) {
                ByteBuffer body = ByteBuffer.wrap(frame.array(), frame.bodyOffset(), frame.bodyLength());
                int thread = body.getInt();
                assertEquals(next[thread]++, body.getInt());
                count++;
            }
            if (acknowledge) {
                outbound.readThere(reader.bytesRead());
            }
        }
        for (Thread sender : senders) {
            sender.join();
        }
        assertTrue(breaks.isEmpty());
    }

    @Test
    void keepsEachThreadsOrderWhenItWritesDirectly() throws Exception {
        sendAndRead(true, false);
    }

    @Test
    void keepsEachThreadsOrderWhenAWriterTakesOver() throws Exception {
        sendAndRead(false, false);
    }

    @Test
    void keepsEachThreadsOrderWhenFramesAreHeldUntilAFlush() throws Exception {
        sendAndRead(true, true);
    }

    @Test
    void writesNothingBeforeTheFlush() throws Exception {
        outbound.hold(frame(0, 1, 10));
        far.configureBlocking(false);
        assertEquals(0, far.read(ByteBuffer.allocate(100)));
        far.configureBlocking(true);
        outbound.flush();
        assertEquals(1, new FrameReader(far, Frame.Type.PEER_MESSAGE, 1 << 20, 64 << 10).read().size());
    }

    @Test
    void breaksWhenMoreWaitsThanMay() throws Exception {
        boolean taken = true;
        for (int i = 0; i < 40 && taken; i++) {
            taken = outbound.send(frame(0, i, 1 << 20));
        }
        assertFalse(taken);
        assertTrue(breaks.poll(30, TimeUnit.SECONDS).startsWith("more than " + (8 << 20)));
        assertFalse(outbound.send(frame(0, 1, 1)), "nothing is taken any more");
    }

    /** It counts as room in the socket's buffer: a sender would write a negative number of bytes, or block. */
    @ParameterizedTest
    @ValueSource(longs = {1, 1 << 20, 1L << 31, Long.MAX_VALUE})
    void breaksWhenTheOtherSideClaimsToHaveReadMoreThanWasSent(long claimed) throws Exception {
        outbound.readThere(claimed);
        outbound.send(frame(0, 1, 10));
        assertEquals("the other side claims to have read more than was sent", breaks.poll(30, TimeUnit.SECONDS));
        assertFalse(outbound.send(frame(0, 2, 10)), "nothing is taken any more");
    }

    @Test
    void takesASingleFrameLargerThanTheQueue() throws Exception {
        assertTrue(outbound.send(frame(0, 0, 9 << 20)));
        assertEquals(1, new FrameReader(far, Frame.Type.PEER_MESSAGE, 16 << 20, 64 << 10).read().size());
    }

    @Test
    void anInterruptedSenderDoesNotCloseTheChannel() throws Exception {
        Thread sender = Thread.ofPlatform().start(() -> {
            Thread.currentThread().interrupt();
            outbound.send(frame(0, 1, 10));
        });
        assertEquals(1, new FrameReader(far, Frame.Type.PEER_MESSAGE, 1 << 20, 64 << 10).read().size());
        sender.join();
        assertTrue(near.isOpen() && breaks.isEmpty());
    }
}
