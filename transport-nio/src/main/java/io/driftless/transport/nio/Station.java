package io.driftless.transport.nio;

import io.driftless.codec.Serializer;
import io.driftless.raft.Lane;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.Receiver;
import io.driftless.transport.TransportContext;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** This server's side of everything: what all its connections share. Thread safe. */
final class Station {

    private static final int PEER_READ_BYTES_MAX = 256 << 10;
    private static final int CLIENT_READ_BYTES_MAX = 64 << 10;
    private static final long DATA_QUEUED_BYTES_MAX = 64L << 20;
    private static final long CONTROL_QUEUED_BYTES_MAX = 1L << 20;
    /** Replies have bounds of their own, see {@link ReplyRoom}: no client that reads loses its connection. */
    private static final long CLIENT_QUEUED_BYTES_MAX = Long.MAX_VALUE;

    private final TransportContext context;
    private final Receiver receiver;
    private final Versions versions;
    private final Crew crew;
    private final Outbound.Wiring wiring;
    private final ConnectionLimits limits;
    private final ReplyBytes replies = ReplyBytes.ofThisProcess();
    private final Warnings warnings;
    private final PeerCodec codec;
    private final Set<ServedClient> served = ConcurrentHashMap.newKeySet();
    private final OpenSockets sockets = new OpenSockets();
    private volatile boolean accepting = true;
    private volatile boolean closed;

    Station(TransportContext context, Receiver receiver, ConnectionLimits limits, Versions versions) {
        this.context = context;
        this.versions = versions;
        this.limits = limits;
        this.crew = new Crew(context.listener()::failed);
        this.wiring = Outbound.Wiring.of(crew);
        this.receiver = receiver;
        this.warnings = new Warnings(context.listener());
        this.codec = new PeerCodec(context.serializer(), context.frameBytesMax());
    }

    TransportContext context() {
        return context;
    }

    Receiver receiver() {
        return receiver;
    }

    Crew crew() {
        return crew;
    }

    /** What all connections write with. */
    Outbound.Wiring wiring() {
        return wiring;
    }

    /** How many connections there may be. */
    ConnectionLimits limits() {
        return limits;
    }

    /** What all clients' replies take. */
    ReplyBytes replies() {
        return replies;
    }

    Warnings warnings() {
        return warnings;
    }

    PeerCodec codec() {
        return codec;
    }

    OpenSockets sockets() {
        return sockets;
    }

    /** Whether clients' requests are still taken. */
    boolean isAccepting() {
        return accepting;
    }

    /** Clients whose connections are being read. */
    Set<ServedClient> served() {
        return served;
    }

    /** From now on no request is taken; clients are told so. */
    void stopAccepting() {
        accepting = false;
        served.forEach(ServedClient::sayGoodbye);
        // Whoever closes a node may be interrupted, which would close the sockets it writes to.
        crew.start("driftless-goodbye", () -> served.forEach(ServedClient::flush));
    }

    /** Ends the connections of clients that have all their answers, until none is left or the time is up. */
    void drain(long deadlineNs) {
        boolean wasInterrupted = false;
        while (System.nanoTime() - deadlineNs < 0 && finishServed() > 0) {
            try {
                TimeUnit.MILLISECONDS.sleep(1);
            } catch (InterruptedException later) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private long finishServed() {
        return served.stream().filter(client -> !client.finish()).count();
    }

    boolean isClosed() {
        return closed;
    }

    /** A handshake over a socket that was just connected. */
    Handshake handshake(SocketChannel channel) {
        return new Handshake(channel, versions);
    }

    /** The generation of the cluster, or {@link ClientTransport#GENERATION_UNKNOWN} before it has formed. */
    long generation() {
        return context.introduction().get().generation().orElse(ClientTransport.GENERATION_UNKNOWN);
    }

    /** What this server tells of itself, asked anew. */
    Handshake.Identity identity() {
        return new Handshake.Identity(context.clusterId(), context.serializer().name(), context.serializer().version(),
                context.introduction().get());
    }

    /**
     * What keeps this server from talking to a member that introduces itself so, in one line for both sides; empty if
     * nothing does.
     */
    String disagreement(Handshake.Identity other) {
        ServerId self = context.self();
        ServerId id = other.introduction().id();
        if (!other.clusterId().equals(context.clusterId())) {
            return otherCluster(id, other.clusterId());
        }
        Serializer own = context.serializer();
        if (!other.serializer().equals(own.name()) || other.serializerVersion() != own.version()) {
            return "other serializer: " + self + " uses serializer " + own.name() + " version " + own.version() + ", "
                    + id + " serializer " + other.serializer() + " version " + other.serializerVersion();
        }
        long generation = generation();
        long its = other.introduction().generation().orElse(ClientTransport.GENERATION_UNKNOWN);
        if (ClientTransport.isOtherGeneration(its, generation)) {
            return "other generation: " + self + " belongs to generation " + generation + " of cluster '"
                    + context.clusterId() + "', " + id + " to generation " + its;
        }
        return "";
    }

    /** What is to be said of a member that belongs to another cluster. */
    String otherCluster(ServerId id, String clusterId) {
        return "other cluster id: " + context.self() + " belongs to cluster '" + context.clusterId() + "', " + id
                + " to cluster '" + clusterId + "'";
    }

    /**
     * A lane of {@code link} over a socket whose handshake is good: at its end the link ends, whatever its reader does.
     */
    Connection lane(Handshake handshake, PeerLink link, Lane lane, String description) throws IOException {
        Connection.Limits limits = new Connection.Limits(context.frameBytesMax(), PEER_READ_BYTES_MAX,
                lane == Lane.CONTROL ? CONTROL_QUEUED_BYTES_MAX : dataQueuedBytesMax());
        return new Connection(handshake, description, Frame.Type.PEER_MESSAGE, limits, wiring, why -> {
            sockets.close(handshake.channel());
            link.breakOff(why);
        });
    }

    /** The side of a bulk lane where messages come in: at its end nothing else ends. */
    Connection bulk(Handshake handshake, String description) throws IOException {
        Connection.Limits limits = new Connection.Limits(context.frameBytesMax(), PEER_READ_BYTES_MAX, 0);
        return new Connection(handshake, description, Frame.Type.PEER_MESSAGE, limits, wiring,
                why -> sockets.close(handshake.channel()));
    }

    /** A leader may send two of the largest entries one behind the other. */
    private long dataQueuedBytesMax() {
        return Math.max(DATA_QUEUED_BYTES_MAX, 2L * context.frameBytesMax());
    }

    /** A client's connection over a socket whose handshake is good; at its end {@code onBreak} runs. */
    Connection client(Handshake handshake, String description, Runnable onBreak) throws IOException {
        Connection.Limits limits = new Connection.Limits(context.requestBytesMax(), CLIENT_READ_BYTES_MAX,
                CLIENT_QUEUED_BYTES_MAX);
        Sockets.setUpForReplies(handshake.channel());
        return new Connection(handshake, description, Frame.Type.CLIENT_REQUEST, limits, wiring, why -> {
            sockets.close(handshake.channel());
            onBreak.run();
        });
    }

    /** A connection ended because of what came on it: counted each time, told once per {@code remote}. */
    void badFrame(String remote, String message) {
        context.listener().badFrame(remote, message);
        warnings.sayOnce("bad frame " + remote, "bad frame from " + remote + ", connection closed: " + message);
    }

    /** Ends whoever waits for a socket. */
    void close() {
        closed = true;
        sockets.closeAll();
    }
}
