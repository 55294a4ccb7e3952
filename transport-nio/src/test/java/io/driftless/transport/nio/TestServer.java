package io.driftless.transport.nio;

import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.ServerId;
import io.driftless.tck.RecordingReceiver;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.Transport;
import io.driftless.transport.TransportContext;
import io.driftless.transport.TransportFactory;
import io.driftless.transport.TransportListener;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A transport over TCP with a receiver and a listener that keep what they are told. */
final class TestServer implements AutoCloseable {

    static final String CLUSTER = "test";
    static final int FRAME_BYTES_MAX = 16 << 20;

    final RecordingReceiver receiver = new RecordingReceiver();
    final ConcurrentLinkedQueue<String> warnings = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<String> badFrames = new ConcurrentLinkedQueue<>();
    final Transport transport;

    TestServer(TransportContext context) {
        this(context, NioTransport.tcp());
    }

    TestServer(TransportContext context, TransportFactory factory) {
        transport = factory.create(context(context));
    }

    /** A server with these limits, on its address of {@code members}. */
    static TestServer start(ConnectionLimits limits, String id, String... members) {
        TestServer server = new TestServer(contextOf(id, members), NioTransport.tcp(() -> limits, Versions.OWN));
        server.transport.start(server.receiver);
        return server;
    }

    /** A server on its address of {@code members}, {@code n1=host:port} each. */
    static TestServer start(String id, String... members) {
        TestServer server = new TestServer(contextOf(id, members));
        server.transport.start(server.receiver);
        return server;
    }

    static TransportContext contextOf(String id, String... members) {
        SortedMap<ServerId, String> addresses = new TreeMap<>();
        for (String member : members) {
            addresses.put(new ServerId(member.substring(0, member.indexOf('='))),
                    member.substring(member.indexOf('=') + 1));
        }
        ServerId self = new ServerId(id);
        return new TransportContext(CLUSTER, self, addresses.get(self), addresses, new PlainSerializer(1), () ->
                introduction(id, 1), false,
                FRAME_BYTES_MAX, TransportListener.NONE);
    }

    static Introduction introduction(String id, long boot) {
        return new Introduction(new ServerId(id), new UUID(7, id.hashCode()), boot,
                new UUID(boot, id.hashCode()), "members", 1_000_000);
    }

    static Handshake.Identity identity(String id) {
        return new Handshake.Identity(CLUSTER, "plain", 1, introduction(id, 1));
    }

    private TransportContext context(TransportContext c) {
        TransportListener listener = new TransportListener() {
            @Override
            public void warning(String message) {
                warnings.add(message);
            }

            @Override
            public void badFrame(String remote, String message) {
                badFrames.add(remote + ": " + message);
            }

            @Override
            public void failed(Throwable problem) {
                failures.add(problem);
            }
        };
        return new TransportContext(c.clusterId(), c.self(), c.bind(), c.addresses(), c.serializer(), c.introduction(),
                c.platformPeerThreads(),
                c.frameBytesMax(), listener);
    }

    void awaitPeers(int count) {
        receiver.await(count + " peers, warnings " + warnings, () -> receiver.peers().size() == count);
    }

    void awaitBadFrames(int count) {
        receiver.await(count + " bad frames, now " + badFrames, () -> badFrames.size() == count);
    }

    /** A bare connection to it. */
    SocketChannel connect() throws IOException {
        return Sockets.connect(transport.address(), soon(), new OpenSockets());
    }

    /** A connection that has greeted as a client and was welcome. */
    SocketChannel connectAsClient() throws IOException {
        SocketChannel channel = connect();
        say(channel, new Handshake.ClientHello(CLUSTER, ClientTransport.GENERATION_UNKNOWN));
        hear(channel);
        return channel;
    }

    /** One lane, greeted as the server {@code id}; the answer is still to be read. */
    SocketChannel greetAs(Handshake.Identity from, String to, Lane lane, long link) throws IOException {
        SocketChannel channel = connect();
        say(channel, new Handshake.PeerHello(from, new ServerId(to), lane, link));
        return channel;
    }

    /** Says something by hand, as this build does. */
    static void say(SocketChannel channel, Handshake.Greeting greeting) throws IOException {
        new Handshake(channel, Versions.OWN).send(greeting);
    }

    /** What the other side says. */
    static Handshake.Greeting hear(SocketChannel channel) throws IOException {
        return new Handshake(channel, Versions.OWN).receive(soon());
    }

    static long soon() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    }

    @Override
    public void close() {
        for (Lane lane : Lane.values()) {
            receiver.release(lane);
        }
        transport.close();
        if (!receiver.violations().isEmpty()) {
            throw new AssertionError(receiver.violations());
        }
    }
}
