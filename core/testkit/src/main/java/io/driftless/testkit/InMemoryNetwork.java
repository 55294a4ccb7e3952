package io.driftless.testkit;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.raft.Introduction;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.Transport;
import io.driftless.transport.TransportContext;
import io.driftless.transport.TransportFactory;
import io.driftless.transport.Unreachable;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A network inside one JVM. It connects several nodes, each with a transport from {@link #factory()}, and clients, by
 * queues and threads instead of sockets. Addresses are only names and are compared as strings; port 0 means any free
 * port. The network keeps the contract of {@link Transport}. Tests can cut and heal it. Messages are passed by
 * reference and not encoded. Thread safe.
 *
 * <p>The methods that cut take a server's id ({@code n1}) or its address ({@code host:port}). They break the
 * connections between servers, and what was under way on them is lost. Clients reach every running server at any time.
 */
public final class InMemoryNetwork {

    /** Two transports, smaller server id first. */
    private record Pair(InMemoryTransport first, InMemoryTransport second) {
        static Pair of(InMemoryTransport one, InMemoryTransport other) {
            return one.self().compareTo(other.self()) < 0 ? new Pair(one, other) : new Pair(other, one);
        }
    }

    /** Two names between which nothing passes. */
    private record Cut(String one, String other) { }

    private final EventGate gate;
    private final AtomicLong connections = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, InMemoryTransport> listening = new TreeMap<>();
    private final List<InMemoryLink> links = new ArrayList<>();
    private final Set<Cut> cuts = new HashSet<>();
    private final Set<String> isolated = new HashSet<>();
    /** How often servers had to introduce themselves anew. */
    private long reintroductions;
    private int nextFreePort = 1;

    /** A network without servers. */
    public InMemoryNetwork() {
        this(new EventGate());
    }

    /** Messages pass the gate. */
    InMemoryNetwork(EventGate gate) {
        this.gate = gate;
    }

    /** Makes transports on this network. */
    public TransportFactory factory() {
        return new TransportFactory() {
            @Override
            public Transport create(TransportContext context) {
                return new InMemoryTransport(InMemoryNetwork.this, context);
            }

            @Override
            public ClientTransport clients() {
                return InMemoryNetwork.this.clients();
            }
        };
    }

    /** Connects clients to servers of this network. */
    public ClientTransport clients() {
        return new ClientTransport() {
            @Override
            public ClientChannel connect(String clusterId, String address, Duration timeout, Listener listener)
                    throws IOException {
                return connect(clusterId, GENERATION_UNKNOWN, address, timeout, listener);
            }

            @Override
            public ClientChannel connect(String clusterId, long generation, String address, Duration timeout,
                    Listener listener) throws IOException {
                return connectClient(clusterId, generation, address, listener);
            }
        };
    }

    /** Breaks the connection between two servers, and allows them no other one until {@link #heal}. */
    public void cut(String one, String other) {
        locked(() -> {
            cuts.add(new Cut(one, other));
            breakBlocked();
        });
    }

    /** Cuts a server off from all others until {@link #heal}. */
    public void isolate(String server) {
        locked(() -> {
            isolated.add(server);
            breakBlocked();
        });
    }

    /** Ends all cuts. The servers connect again. */
    public void heal() {
        locked(() -> {
            cuts.clear();
            isolated.clear();
            connectAll();
        });
    }

    /** Breaks the connection between two servers once, as a reset does. They connect again at once. */
    public void reset(String one, String other) {
        locked(() -> links.forEach(link -> {
            if (link.isBetween(one, other)) {
                link.breakOff();
            }
        }));
    }

    /**
     * Ends the bulk lanes between two servers once: what was not received on them is lost. The connection stands, and
     * the next message opens them again.
     */
    public void resetBulk(String one, String other) {
        locked(() -> links.forEach(link -> {
            if (link.isBetween(one, other)) {
                link.breakBulk();
            }
        }));
    }

    /** A server has to introduce itself anew: its connections are over, and those that are being made. */
    void reintroduce(InMemoryTransport transport) {
        locked(() -> {
            reintroductions++;
            links.forEach(link -> {
                if (link.joins(transport)) {
                    link.breakOff();
                }
            });
        });
    }

    /** The messages between servers that were sent and have not been received yet. Those of one lane are in order. */
    public List<ClusterEvent.Sending> underWay() {
        List<ClusterEvent.Sending> all = new ArrayList<>();
        locked(() -> links.forEach(link -> all.addAll(link.underWay())));
        return all;
    }

    EventGate gate() {
        return gate;
    }

    /** Gives a starting transport its address. */
    String register(InMemoryTransport transport, String bind) {
        lock.lock();
        try {
            String address = bind;
            if (bind.endsWith(":0")) {
                do {
                    address = bind.substring(0, bind.length() - 1) + nextFreePort++;
                } while (listening.containsKey(address));
            }
            if (listening.putIfAbsent(address, transport) != null) {
                throw new NodeStartException(EndCause.PORT_IN_USE, "address " + address
                        + " is in use on this in-memory network: close the node"
                        + " that listens there or choose another port");
            }
            return address;
        } finally {
            lock.unlock();
        }
    }

    /** Connects a transport that has just started with the others. */
    void connectAll() {
        locked(() -> {
            List<InMemoryTransport> all = List.copyOf(listening.values());
            for (int i = 0; i < all.size(); i++) {
                for (int j = i + 1; j < all.size(); j++) {
                    connect(Pair.of(all.get(i), all.get(j)));
                }
            }
        });
    }

    void unregister(InMemoryTransport transport) {
        locked(() -> {
            listening.values().remove(transport);
            links.forEach(link -> {
                if (link.joins(transport)) {
                    link.breakOff();
                }
            });
        });
    }

    /** Both ends of a link have told their receivers. */
    void ended(InMemoryLink link) {
        locked(() -> {
            links.remove(link);
            connectAll();
        });
    }

    /** Whether connections of one server to the other are refused, because nobody listens there any more. */
    boolean isRefused(InMemoryTransport from, InMemoryTransport to) {
        lock.lock();
        try {
            return listening.containsValue(from) && !listening.containsKey(to.address()) && !isBlocked(from, to);
        } finally {
            lock.unlock();
        }
    }

    private void connect(Pair pair) {
        if (mayConnect(pair)) {
            // A supplier may take the node's own locks, so it is not asked under ours.
            long before = reintroductions;
            Thread.ofVirtual().name("memory-connect").start(() -> handshake(pair, before));
        }
    }

    private void handshake(Pair pair, long before) {
        Introduction ofFirst = pair.first.context().introduction().get();
        Introduction ofSecond = pair.second.context().introduction().get();
        lock.lock();
        try {
            if (before != reintroductions) {
                // One of the two may have told what does not hold any more.
                connect(pair);
            } else if (mayConnect(pair) && pair.first.acceptsGeneration(ofFirst, pair.second, ofSecond)
                    & pair.second.acceptsGeneration(ofSecond, pair.first, ofFirst)) {
                long number = connections.addAndGet(2);
                InMemoryLink link = new InMemoryLink(this, pair.first, ofFirst, pair.second, ofSecond, number);
                links.add(link);
                link.start();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean mayConnect(Pair pair) {
        boolean running = listening.containsValue(pair.first) && listening.containsValue(pair.second);
        return running && !isBlocked(pair.first, pair.second) && links.stream().noneMatch(link -> isBetween(link, pair))
                && pair.first.accepts(pair.second) & pair.second.accepts(pair.first);
    }

    /** Why a server does not reach the one at that address; empty if it is about to. */
    Optional<Unreachable> whyNot(InMemoryTransport from, String address) {
        lock.lock();
        try {
            InMemoryTransport to = listening.get(address);
            if (isolated.stream().anyMatch(name -> from.isNamed(name) || name.equals(address))
                    || to != null && isBlocked(from, to)) {
                return Optional.of(new Unreachable(Unreachable.Kind.SILENT));
            }
            if (to == null) {
                return Optional.of(new Unreachable(Unreachable.Kind.REFUSED));
            }
            String why = from.turnedAway(to);
            return why.isEmpty() ? Optional.empty()
                    : Optional.of(new Unreachable(Unreachable.Kind.TURNED_AWAY, why));
        } finally {
            lock.unlock();
        }
    }

    /** By id: a link of an earlier start of one of them must have ended too. */
    private static boolean isBetween(InMemoryLink link, Pair pair) {
        return link.first().self().equals(pair.first.self()) && link.second().self().equals(pair.second.self());
    }

    private boolean isBlocked(InMemoryTransport one, InMemoryTransport other) {
        return isolated.stream().anyMatch(name -> one.isNamed(name) || other.isNamed(name))
                || cuts.stream().anyMatch(cut -> one.isNamed(cut.one) && other.isNamed(cut.other)
                || one.isNamed(cut.other) && other.isNamed(cut.one));
    }

    private void breakBlocked() {
        links.forEach(link -> {
            if (isBlocked(link.first(), link.second())) {
                link.breakOff();
            }
        });
    }

    private ClientChannel connectClient(String clusterId, long generation, String address,
            ClientTransport.Listener listener) throws IOException {
        InMemoryTransport server;
        lock.lock();
        try {
            server = listening.get(address);
        } finally {
            lock.unlock();
        }
        if (server == null || !server.isAccepting()) {
            throw new ConnectException("nothing listens on " + address);
        }
        String served = server.context().clusterId();
        if (!clusterId.isEmpty() && !clusterId.equals(served)) {
            throw new ClientTransport.OtherClusterException(address + " belongs to cluster '" + served + "', not to '"
                    + clusterId + "'");
        }
        long its = server.generation();
        if (ClientTransport.isOtherGeneration(generation, its)) {
            throw ClientTransport.OtherClusterException.ofGeneration(address, served, its, generation);
        }
        return server.serve(listener, its);
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
