package io.driftless.ops.torture;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stands in front of one listening server and passes bytes on; needs no root. It learns from the first bytes who
 * connects, and can hold back, one way or both, what this one and the server say to each other, delay it, or reset
 * their connections, with which is lost what was held. TCP to the relay lives on meanwhile. Thread safe.
 */
final class Relay implements AutoCloseable {

    /** Direction, as seen by who connects. */
    enum Way { THERE, BACK }

    /** Finds out who connects. */
    interface Caller {
        /** Reads no more than it must. */
        Hello read(InputStream in) throws IOException;
    }

    /** Who connects, and the bytes that said so. */
    record Hello(String from, byte[] bytes) { }

    private record Link(String from, Way way) { }

    private static final int BUFFER = 64 << 10;
    private static final int CONNECT_MS = 2_000;

    private final ServerSocket server;
    private final InetSocketAddress target;
    private final Caller caller;
    private final Map<Link, Gate> gates = new ConcurrentHashMap<>();
    private final Set<Passage> passages = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private Relay(ServerSocket server, InetSocketAddress target, Caller caller) {
        this.server = server;
        this.target = target;
        this.caller = caller;
    }

    /** Listens on a free loopback port. */
    static Relay before(InetSocketAddress target, Caller caller) throws IOException {
        Relay relay = new Relay(new ServerSocket(0, 128, InetAddress.getLoopbackAddress()), target, caller);
        Thread.ofVirtual().name("relay").start(relay::accept);
        return relay;
    }

    /** Where to connect instead of the server, {@code host:port}. */
    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Holds back what goes this way, or lets it go on. */
    void hold(String from, Way way, boolean held) {
        gate(from, way).hold(held);
    }

    /** How long each piece waits before it goes on; zero for none. */
    void delay(String from, Way way, Duration delay) {
        gate(from, way).delay(delay.toNanos());
    }

    /** How often something had to wait. */
    long waits(String from, Way way) {
        return gate(from, way).waits();
    }

    /** Breaks all connections of this one in the middle, whatever is on its way; how many there were. */
    int reset(String from) {
        int count = 0;
        for (Passage passage : passages) {
            if (passage.from.equals(from)) {
                passage.end(true);
                count++;
            }
        }
        return count;
    }

    private Gate gate(String from, Way way) {
        return gates.computeIfAbsent(new Link(from, way), link -> new Gate());
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().name("relay").start(() -> open(socket));
            } catch (IOException closing) {
                return;
            }
        }
    }

    private void open(Socket near) {
        Socket far = new Socket();
        Passage passage = null;
        try {
            near.setTcpNoDelay(true);
            Hello hello = caller.read(near.getInputStream());
            passage = new Passage(hello.from(), near, far);
            passages.add(passage);
            gate(hello.from(), Way.THERE).pass(passage);
            far.connect(target, CONNECT_MS);
            far.setTcpNoDelay(true);
            far.getOutputStream().write(hello.bytes());
            Passage opened = passage;
            Thread.ofVirtual().name("relay").start(() -> opened.pump(far, near, gate(hello.from(), Way.BACK)));
            passage.pump(near, far, gate(hello.from(), Way.THERE));
        } catch (IOException refusedOrGone) {
            if (passage != null) {
                passage.end(false);
            } else {
                close(near, false);
            }
        }
    }

    /** No new connections; those that there are end. */
    @Override
    public void close() {
        closed = true;
        try {
            server.close();
        } catch (IOException closedAllTheSame) {
            // Nothing else is to be done about it.
        }
        passages.forEach(passage -> passage.end(true));
        gates.values().forEach(Gate::wake);
    }

    private static void close(Socket socket, boolean reset) {
        try {
            if (reset) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        } catch (IOException closedAllTheSame) {
            // Nothing else is to be done about it.
        }
    }

    /** One connection: two sockets, and a thread for each way. */
    private final class Passage {

        private final String from;
        private final Socket near;
        private final Socket far;
        private volatile boolean ended;

        Passage(String from, Socket near, Socket far) {
            this.from = from;
            this.near = near;
            this.far = far;
        }

        void pump(Socket source, Socket sink, Gate gate) {
            byte[] buffer = new byte[BUFFER];
            try {
                InputStream in = source.getInputStream();
                OutputStream out = sink.getOutputStream();
                int count = in.read(buffer);
                while (count >= 0) {
                    gate.pass(this);
                    out.write(buffer, 0, count);
                    count = in.read(buffer);
                }
                // That one side has closed is news too, which a cut holds back.
                gate.pass(this);
                end(false);
            } catch (IOException broken) {
                gate.pass(this);
                end(true);
            }
        }

        void end(boolean reset) {
            ended = true;
            passages.remove(this);
            close(near, reset);
            close(far, reset);
            gate(from, Way.THERE).wake();
            gate(from, Way.BACK).wake();
        }
    }

    /** What all bytes from one server to another pass. */
    private static final class Gate {

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private boolean held;
        private long delayNs;
        private long waits;

        void hold(boolean hold) {
            lock.lock();
            try {
                held = hold;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void delay(long ns) {
            lock.lock();
            try {
                delayNs = ns;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        long waits() {
            lock.lock();
            try {
                return waits;
            } finally {
                lock.unlock();
            }
        }

        void wake() {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** Waits as long as it must, but not for a connection that has ended. */
        void pass(Passage passage) {
            lock.lock();
            try {
                if (held || delayNs > 0) {
                    waits++;
                }
                long deadlineNs = System.nanoTime() + delayNs;
                while (!passage.ended && (held || delayNs > 0 && System.nanoTime() < deadlineNs)) {
                    long left = deadlineNs - System.nanoTime();
                    if (held) {
                        changed.await();
                    } else {
                        changed.await(left, TimeUnit.NANOSECONDS);
                    }
                }
            } catch (InterruptedException nobodyDoesThis) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
        }
    }
}
