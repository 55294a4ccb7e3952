package io.driftless.testkit;

import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientChannel;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.Receiver;
import io.driftless.transport.Transport;
import io.driftless.transport.TransportContext;
import io.driftless.transport.Unreachable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server's place on an {@link InMemoryNetwork}. Thread safe. */
final class InMemoryTransport implements Transport {

    private final InMemoryNetwork network;
    private final TransportContext context;
    private final Map<ServerId, InMemoryLink.End> ends = new ConcurrentHashMap<>();
    private final Set<InMemoryLink.End> running = ConcurrentHashMap.newKeySet();
    private final Set<InMemoryClientConnection> clients = ConcurrentHashMap.newKeySet();
    private final Set<String> warned = ConcurrentHashMap.newKeySet();
    /** Those of another generation at the last attempt to connect. */
    private final Map<ServerId, String> otherGenerations = new ConcurrentHashMap<>();
    private volatile @Nullable Receiver receiver;
    private volatile String address;
    private volatile boolean accepting;

    InMemoryTransport(InMemoryNetwork network, TransportContext context) {
        this.network = network;
        this.context = context;
        this.address = context.bind();
    }

    @Override
    public void start(Receiver newReceiver) {
        receiver = newReceiver;
        accepting = true;
        address = network.register(this, context.bind());
        network.connectAll();
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public void send(ServerId to, Lane lane, Message message) {
        InMemoryLink.End end = ends.get(to);
        if (end != null) {
            if (network.gate().isWatching()) {
                network.gate().note(new ClusterEvent.Sending(self().value(), to.value(), lane, message));
            }
            end.send(lane, message);
        }
    }

    @Override
    public void reintroduce() {
        network.reintroduce(this);
    }

    @Override
    public void stopAccepting() {
        accepting = false;
        clients.forEach(InMemoryClientConnection::sayGoodbye);
    }

    @Override
    public void drain(Duration atMost) {
        long deadlineNs = System.nanoTime() + atMost.toNanos();
        boolean interrupted = false;
        while (System.nanoTime() - deadlineNs < 0 && clients.stream().filter(client -> !client.finish()).count() > 0) {
            try {
                TimeUnit.MILLISECONDS.sleep(1);
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        accepting = false;
        network.unregister(this);
        List<Thread> threads = new ArrayList<>();
        running.forEach(end -> threads.addAll(end.threads()));
        for (InMemoryClientConnection client : clients) {
            client.breakOff("the node closed");
            threads.add(client.requestThread());
        }
        for (Thread thread : threads) {
            if (thread != Thread.currentThread()) {
                joinUninterruptibly(thread);
            }
        }
    }

    TransportContext context() {
        return context;
    }

    ServerId self() {
        return context.self();
    }

    Receiver receiver() {
        Receiver current = receiver;
        if (current == null) {
            throw new IllegalStateException("transport of " + self() + " is not started");
        }
        return current;
    }

    boolean isNamed(String name) {
        return name.equals(self().value()) || name.equals(address);
    }

    boolean isAccepting() {
        return accepting;
    }

    @Override
    public SortedMap<ServerId, Unreachable> unreachable() {
        SortedMap<ServerId, Unreachable> all = new TreeMap<>();
        for (ServerId member : context.addresses().keySet()) {
            if (!member.equals(self()) && !ends.containsKey(member)) {
                network.whyNot(this, context.addresses().get(member)).ifPresent(why -> all.put(member, why));
            }
        }
        return all;
    }

    /**
     * Whether the handshake with that server is good; warns once if it is not. A server that is no member here is not a
     * peer at all.
     */
    boolean accepts(InMemoryTransport other) {
        String expected = context.addresses().get(other.self());
        if (expected == null || !expected.equals(other.address())) {
            return false;
        }
        return accepts(other, disagreement(other));
    }

    /** The same, once the two have introduced themselves to each other. */
    boolean acceptsGeneration(Introduction own, InMemoryTransport other, Introduction its) {
        String why = "";
        if (own.isFormed() && its.isFormed() && !own.generation().equals(its.generation())) {
            why = "other generation: " + self() + " belongs to generation " + own.generation().getAsLong()
                    + " of cluster '" + context.clusterId() + "', " + other.self() + " to generation "
                    + its.generation().getAsLong();
            otherGenerations.put(other.self(), why);
        } else {
            otherGenerations.remove(other.self());
        }
        return accepts(other, why);
    }

    private boolean accepts(InMemoryTransport other, String why) {
        if (!why.isEmpty()) {
            String line = "peer " + other.self() + " at " + other.address() + ": " + why;
            if (warned.add(line)) {
                context.listener().warning(line);
            }
        }
        return why.isEmpty();
    }

    /** What keeps the two from talking; empty if nothing does. */
    String disagreement(InMemoryTransport other) {
        TransportContext its = other.context;
        if (!context.clusterId().equals(its.clusterId())) {
            return "other cluster id: " + self() + " belongs to cluster '" + context.clusterId() + "', " + other.self()
                    + " to cluster '" + its.clusterId() + "'";
        }
        if (!context.serializer().name().equals(its.serializer().name())
                || context.serializer().version() != its.serializer().version()) {
            return "other serializer: " + self() + " uses serializer " + context.serializer().name() + " version "
                    + context.serializer().version() + ", " + other.self() + " serializer "
                    + its.serializer().name() + " version " + its.serializer().version();
        }
        return "";
    }

    /** Why the two did not talk when they last could; empty if nothing kept them from it. */
    String turnedAway(InMemoryTransport other) {
        String why = disagreement(other);
        return why.isEmpty() ? otherGenerations.getOrDefault(other.self(), "") : why;
    }

    void attach(InMemoryLink.End end) {
        running.add(end);
        ends.put(end.peer().id(), end);
    }

    void detach(InMemoryLink.End end) {
        ends.remove(end.peer().id(), end);
    }

    void ended(InMemoryLink.End end) {
        running.remove(end);
    }

    /** The generation of the cluster, or {@link ClientTransport#GENERATION_UNKNOWN} before it has formed. */
    long generation() {
        return context.introduction().get().generation().orElse(ClientTransport.GENERATION_UNKNOWN);
    }

    ClientChannel serve(ClientTransport.Listener listener, long generation) {
        InMemoryClientConnection connection = new InMemoryClientConnection(this, listener, generation);
        clients.add(connection);
        connection.start();
        if (!accepting) {
            connection.breakOff("the node closed");
        }
        return connection;
    }

    void forget(InMemoryClientConnection connection) {
        clients.remove(connection);
    }

    private static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
