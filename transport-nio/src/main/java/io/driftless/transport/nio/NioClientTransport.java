package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Connects clients over TCP. Thread safe; holds nothing while no channel is open. */
final class NioClientTransport implements ClientTransport {

    private static final int FRAME_BYTES_MAX = 64 << 20;
    private static final int READ_BYTES_MAX = 64 << 10;
    private static final long QUEUED_BYTES_MAX = 64L << 20;

    /** What ends a thread here ends a connection, whose listener is told. */
    private final Crew crew = new Crew(told -> { });
    private final Outbound.Wiring wiring = Outbound.Wiring.of(crew);
    private final OpenSockets sockets = new OpenSockets();
    private final Versions versions;

    /** Of clients that speak these versions of the protocol. */
    NioClientTransport(Versions versions) {
        this.versions = versions;
    }

    @Override
    public ClientChannel connect(String clusterId, String address, Duration timeout, Listener listener)
            throws IOException {
        return connect(clusterId, GENERATION_UNKNOWN, address, timeout, listener);
    }

    @Override
    public ClientChannel connect(String clusterId, long generation, String address, Duration timeout,
            Listener listener) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        SocketChannel socket = Sockets.connect(address, deadline, sockets);
        try {
            Handshake handshake = new Handshake(socket, versions);
            Handshake.ClientHello hello = new Handshake.ClientHello(clusterId, generation);
            handshake.send(hello);
            long told = greeted(hello, address, handshake.receive(deadline));
            Channel channel = new Channel(handshake, told, "driftless-to-" + address, listener);
            if (!crew.start("driftless-to-" + address, channel::run)) {
                throw new IOException("no thread to read from " + address + " can be had");
            }
            return channel;
        } catch (SocketTimeoutException e) {
            sockets.close(socket);
            throw new SocketTimeoutException(address + " accepted the connection but said nothing within "
                    + timeout.toMillis() + " ms");
        } catch (MalformedException e) {
            sockets.close(socket);
            throw new NotDriftlessException(address + " does not speak Driftless' protocol: " + e.getMessage());
        } catch (IOException e) {
            sockets.close(socket);
            throw e;
        }
    }

    /** The generation of the node that answers so. */
    private static long greeted(Handshake.ClientHello own, String address, Handshake.Greeting greeting)
            throws IOException {
        return switch (greeting) {
            case Handshake.ClientWelcome welcome -> {
                if (!own.clusterId().isEmpty() && !own.clusterId().equals(welcome.clusterId())) {
                    throw new OtherClusterException(address + " belongs to cluster '" + welcome.clusterId()
                            + "', not to '" + own.clusterId() + "'");
                }
                if (ClientTransport.isOtherGeneration(own.generation(), welcome.generation())) {
                    throw OtherClusterException.ofGeneration(address, welcome.clusterId(), welcome.generation(),
                            own.generation());
                }
                yield welcome.generation();
            }
            case Handshake.Refused(String why) -> throw new IOException(address + " refused: " + why);
            case Handshake.OtherVersion other -> throw new NotDriftlessException(address + " speaks " + other.theirs()
                    + " of the protocol, this client " + other.own());
            case Handshake.PeerHello hello -> throw unexpected(hello);
            case Handshake.Knock knock -> throw unexpected(knock);
            case Handshake.ClientHello hello -> throw unexpected(hello);
            case Handshake.Welcome welcome -> throw unexpected(welcome);
            case Handshake.Confirmed confirmed -> throw unexpected(confirmed);
        };
    }

    private static MalformedException unexpected(Handshake.Greeting greeting) {
        return new MalformedException(0, "an unexpected " + greeting.getClass().getSimpleName());
    }

    /** One connection to a node. Thread safe. */
    private final class Channel implements ClientChannel {

        private final Connection connection;
        private final Listener listener;
        private final long generation;
        // The watchdog's own.
        private long bytesSeen;
        private long seenNs;

        Channel(Handshake handshake, long generation, String description, Listener listener) throws IOException {
            Connection.Limits limits = new Connection.Limits(FRAME_BYTES_MAX, READ_BYTES_MAX, QUEUED_BYTES_MAX);
            this.connection = new Connection(handshake, description, Frame.Type.CLIENT_REPLY, limits, wiring,
                    why -> sockets.close(handshake.channel()));
            this.listener = listener;
            this.generation = generation;
            connection.outbound().onStuck(this::breakIfSilent);
        }

        /** A node that lets us wait while we take its replies is alive: it reads on when they are fewer. */
        private void breakIfSilent(long stuckForNs) {
            long now = System.nanoTime();
            if (connection.bytesRead() != bytesSeen) {
                bytesSeen = connection.bytesRead();
                seenNs = now;
            }
            if (stuckForNs > Outbound.STUCK_NS && now - seenNs > Outbound.STUCK_NS) {
                connection.breakOff("the other side does not read");
            }
        }

        @Override
        public boolean send(ClientRequest request) {
            return connection.outbound().send(ClientCodec.encode(request, connection.bytesRead()));
        }

        @Override
        public boolean hold(ClientRequest request) {
            return connection.outbound().hold(ClientCodec.encode(request, connection.bytesRead()));
        }

        @Override
        public void flush() {
            connection.outbound().flush();
        }

        @Override
        public long generation() {
            return generation;
        }

        @Override
        public void close() {
            connection.breakOff("closed");
        }

        void run() {
            try {
                while (!connection.isBroken()) {
                    List<Frame> frames = connection.read();
                    List<ClientReply> replies = new ArrayList<>(frames.size());
                    for (Frame frame : frames) {
                        replies.add(ClientCodec.reply(frame));
                    }
                    listener.replied(replies);
                }
            } catch (IOException | RuntimeException | Error e) {
                connection.breakOff(connection.reasonOf(e));
            } finally {
                connection.breakOff("closed");
                listener.closed(connection.brokenBecause());
            }
        }
    }
}
