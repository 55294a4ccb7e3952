package io.driftless.transport.nio;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Has the JDK make now what it would make when it is first needed: the carriers of virtual threads, the threads that
 * wait for sockets and clocks on their behalf, buffers outside the heap, and name resolution. Where a limit is reached
 * that fails here, before the node says that it is ready, and not later in a thread that nobody watches.
 */
final class Warmup {

    private static final long CARRIERS_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long PATIENCE_S = 10;

    private Warmup() { }

    /**
     * Does it.
     *
     * @throws IOException if sockets cannot be had, or nothing moves
     * @throws Error       if threads or memory cannot be had
     */
    static void run(Crew crew) throws IOException {
        carriers(crew);
        resolver();
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            CountDownLatch answered = new CountDownLatch(1);
            crew.start("driftless-warmup-accept", () -> accept(server, answered));
            crew.start("driftless-warmup-connect", () -> connect(server, answered));
            if (!await(answered)) {
                throw new IOException("a connection of this process to itself does not answer");
            }
        }
    }

    /** Loads what resolves names; that this one has no address is no matter. */
    private static void resolver() {
        try {
            InetAddress.getByName("localhost");
        } catch (UnknownHostException noMatter) {
            // The native library and its tables are there all the same.
        }
    }

    /** So many threads at work at once as there are processors. */
    private static void carriers(Crew crew) {
        int count = Runtime.getRuntime().availableProcessors();
        AtomicInteger working = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(count);
        long end = System.nanoTime() + CARRIERS_NS;
        for (int i = 0; i < count; i++) {
            crew.start("driftless-warmup", () -> {
                working.incrementAndGet();
                while (working.get() < count && System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                // The clock of virtual threads.
                LockSupport.parkNanos(1_000_000);
                done.countDown();
            });
        }
        await(done);
    }

    private static void accept(ServerSocketChannel server, CountDownLatch answered) {
        try (SocketChannel channel = server.accept()) {
            // Nobody has written yet: waits as every reader does.
            channel.read(ByteBuffer.allocateDirect(1));
            answered.countDown();
        } catch (IOException tooLate) {
            // Whoever waits for it tells.
        }
    }

    private static void connect(ServerSocketChannel server, CountDownLatch answered) {
        try (SocketChannel channel = SocketChannel.open()) {
            channel.socket().connect(server.getLocalAddress(), (int) TimeUnit.SECONDS.toMillis(PATIENCE_S));
            LockSupport.parkNanos(1_000_000);
            channel.write(ByteBuffer.wrap(new byte[1]));
            await(answered);
        } catch (IOException tooLate) {
            // Whoever waits for it tells.
        }
    }

    /** An interrupt does not cut the wait short: whoever starts a node may be interrupted, and lacks nothing for it. */
    private static boolean await(CountDownLatch latch) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        boolean wasInterrupted = false;
        try {
            while (true) {
                try {
                    return latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException keptForLater) {
                    wasInterrupted = true;
                }
            }
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
