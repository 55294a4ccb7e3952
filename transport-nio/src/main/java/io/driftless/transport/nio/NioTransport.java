package io.driftless.transport.nio;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.HostPort;
import io.driftless.transport.Receiver;
import io.driftless.transport.Transport;
import io.driftless.transport.TransportContext;
import io.driftless.transport.TransportFactory;
import io.driftless.transport.Unreachable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The transport over TCP: one port for peers and clients. Thread safe. */
public final class NioTransport implements Transport {

    private final TransportContext context;
    private final ConnectionLimits limits;
    private final Versions versions;
    private final List<Errand> errands = new ArrayList<>();
    private volatile @Nullable Station station;
    private volatile @Nullable ServerSocketChannel server;
    private volatile Map<ServerId, RemoteServer> remotes = Map.of();
    private volatile String address;

    private NioTransport(TransportContext context, ConnectionLimits limits, Versions versions) {
        this.context = context;
        this.limits = limits;
        this.versions = versions;
        this.address = context.bind();
    }

    /** Plain TCP. */
    public static TransportFactory tcp() {
        return tcp(ConnectionLimits::ofThisProcess, Versions.OWN);
    }

    /** With the limits that {@code limits} gives each transport, and these versions of the protocol. */
    static TransportFactory tcp(Supplier<ConnectionLimits> limits, Versions versions) {
        return new TransportFactory() {
            @Override
            public Transport create(TransportContext context) {
                return new NioTransport(context, limits.get(), versions);
            }

            @Override
            public ClientTransport clients() {
                return new NioClientTransport(versions);
            }
        };
    }

    /** How clients reach nodes over plain TCP. Needs no JVM flag. */
    public static ClientTransport clients() {
        return new NioClientTransport(Versions.OWN);
    }

    @Override
    public void start(Receiver receiver) {
        if (station != null) {
            throw new IllegalStateException("the transport of " + context.self() + " was started already");
        }
        HostPort bind = parseBind();
        ServerSocketChannel bound = bind(bind);
        Station newStation = new Station(context, receiver, limits, versions);
        server = bound;
        station = newStation;
        address = new HostPort(bind.host(), bound.socket().getLocalPort()).toString();
        Map<ServerId, RemoteServer> others = new TreeMap<>();
        context.addresses().forEach((id, where) -> {
            if (!id.equals(context.self())) {
                others.put(id, new RemoteServer(newStation, id, where));
            }
        });
        remotes = others;
        warmUp(newStation);
        newStation.crew().start("driftless-acceptor", new Acceptor(newStation, bound, others)::run);
        others.forEach((id, remote) -> {
            boolean dials = context.self().compareTo(id) < 0;
            Errand errand = new Errand(dials ? new Dialer(newStation, remote)::run
                    : new Lookout(newStation, remote)::run);
            errands.add(errand);
            newStation.crew().start((dials ? "driftless-dialer-" : "driftless-lookout-") + id, errand::run);
        });
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public void send(ServerId to, Lane lane, Message message) {
        RemoteServer remote = remotes.get(to);
        if (remote != null) {
            remote.send(lane, message);
        }
    }

    @Override
    public void reintroduce() {
        remotes.values().forEach(RemoteServer::reintroduce);
    }

    @Override
    public SortedMap<ServerId, Unreachable> unreachable() {
        SortedMap<ServerId, Unreachable> all = new TreeMap<>();
        remotes.forEach((id, remote) -> remote.unreachable().ifPresent(why -> all.put(id, why)));
        return all;
    }

    @Override
    public void stopAccepting() {
        closeServer();
        Station current = station;
        if (current != null) {
            current.stopAccepting();
        }
    }

    @Override
    public void drain(Duration atMost) {
        Station current = station;
        if (current != null) {
            current.drain(System.nanoTime() + atMost.toNanos());
        }
    }

    @Override
    public void close() {
        stopAccepting();
        Station current = station;
        if (current != null) {
            current.close();
            errands.forEach(Errand::close);
            remotes.values().forEach(RemoteServer::close);
            current.crew().dismiss();
        }
    }

    private void warmUp(Station newStation) {
        try {
            Warmup.run(newStation.crew());
        } catch (IOException | Error e) {
            close();
            throw new NodeStartException(EndCause.OUT_OF_RESOURCES, "threads and sockets cannot be had: " + e
                    + "; raise the limits of processes and open files", e);
        }
    }

    private HostPort parseBind() {
        try {
            return HostPort.parse(context.bind());
        } catch (IllegalArgumentException e) {
            throw new NodeStartException(EndCause.CONFIGURATION, "cannot listen: " + e.getMessage(), e);
        }
    }

    private static ServerSocketChannel bind(HostPort bind) {
        ServerSocketChannel channel = null;
        try {
            channel = ServerSocketChannel.open();
            return channel.bind(new InetSocketAddress(InetAddress.getByName(bind.host()), bind.port()),
                    ConnectionLimits.BACKLOG);
        } catch (IOException e) {
            if (channel != null) {
                closeQuietly(channel);
            }
            if (e instanceof BindException && String.valueOf(e.getMessage()).contains("in use")) {
                throw new NodeStartException(EndCause.PORT_IN_USE, "cannot listen on " + bind
                        + ": the port is in use; stop the process that listens there or choose another port", e);
            }
            if (e instanceof UnknownHostException) {
                throw new NodeStartException(EndCause.PORT_IN_USE, "cannot listen on " + bind
                        + ": the host name does not resolve, or not yet", e);
            }
            throw new NodeStartException(EndCause.CONFIGURATION, "cannot listen on " + bind + ": " + e.getMessage()
                    + "; choose an address of this machine", e);
        }
    }

    private void closeServer() {
        ServerSocketChannel bound = server;
        if (bound != null) {
            closeQuietly(bound);
        }
    }

    private static void closeQuietly(ServerSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // It is closed all the same.
        }
    }
}
