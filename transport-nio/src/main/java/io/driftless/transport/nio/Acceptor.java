package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import io.driftless.raft.Lane;
import io.driftless.raft.ServerId;
import io.driftless.transport.ClientTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Takes connections, finds out who is there, and becomes the reader of those that are welcome. Thread safe. */
final class Acceptor {

    private static final long HANDSHAKE_NS = TimeUnit.SECONDS.toNanos(5);
    /** Less than the dialer's patience, so that it hears why. */
    private static final long OLD_LINK_NS = TimeUnit.SECONDS.toNanos(4);
    private static final long AFTER_FAILURE_NS = TimeUnit.MILLISECONDS.toNanos(100);
    /** Others wait in the kernel's backlog meanwhile. */
    private static final long FULL_NS = TimeUnit.MILLISECONDS.toNanos(1);
    /** Of those that have greeted. */
    private static final int HANDSHAKES_MAX = 512;

    private final Station station;
    private final ServerSocketChannel server;
    private final Map<ServerId, RemoteServer> remotes;
    private final Callers callers;
    private final AtomicInteger greeted = new AtomicInteger();
    private final AtomicInteger clients = new AtomicInteger();

    Acceptor(Station station, ServerSocketChannel server, Map<ServerId, RemoteServer> remotes) {
        this.station = station;
        this.server = server;
        this.remotes = remotes;
        this.callers = new Callers(station.limits());
    }

    /** Takes connections until the server socket is closed. */
    void run() {
        while (server.isOpen()) {
            try {
                awaitRoom();
                SocketChannel channel = server.accept();
                station.sockets().add(channel);
                callers.came(channel);
                // A connection may still come through while the server socket is being closed.
                if (!station.isAccepting()
                        || !station.crew().start("driftless-accepted", () -> welcome(channel))) {
                    callers.went(channel);
                    station.sockets().close(channel);
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                if (server.isOpen() && !station.isClosed()) {
                    station.warnings().say("accept", "cannot accept connections: " + e.getMessage());
                    // Too many open files, mostly: what has said nothing yet gives its own back.
                    callers.oldest().ifPresent(station.sockets()::close);
                    LockSupport.parkNanos(this, AFTER_FAILURE_NS);
                }
            }
        }
    }

    /** Accepting never waits while the backlog is full, so it would outrun those who read the greetings. */
    private void awaitRoom() {
        while (callers.isFull() && server.isOpen()) {
            callers.overdue().ifPresentOrElse(this::drop, () -> LockSupport.parkNanos(this, FULL_NS));
        }
    }

    private void drop(SocketChannel oldest) {
        station.warnings().say("callers", "more than " + station.limits().callers()
                + " connections have said nothing yet: the oldest are closed");
        station.sockets().close(oldest);
    }

    private void welcome(SocketChannel channel) {
        long deadline = System.nanoTime() + HANDSHAKE_NS;
        String from = "unknown";
        Runnable next = () -> { };
        boolean hasGreeted = false;
        try {
            from = ((InetSocketAddress) channel.getRemoteAddress()).getAddress().getHostAddress();
            Sockets.setUp(channel);
            callers.listenedTo(channel);
            Handshake handshake = station.handshake(channel);
            Handshake.Greeting greeting = handshake.receive(deadline);
            callers.went(channel);
            hasGreeted = true;
            next = greeted.incrementAndGet() > HANDSHAKES_MAX ? refuse(handshake, "handshakes", from,
                    "more than " + HANDSHAKES_MAX + " connections shake hands at once") : switch (greeting) {
                case Handshake.PeerHello hello when hello.lane() == Lane.BULK -> bulk(handshake, hello, from);
                case Handshake.PeerHello hello -> lane(handshake, hello, from, deadline);
                case Handshake.Knock knock -> knocked(handshake, knock, from);
                case Handshake.ClientHello hello -> client(handshake, hello);
                case Handshake.OtherVersion other -> refuse(handshake, "version from " + from, from, other.why());
                case Handshake.Welcome welcome -> throw unexpected(welcome);
                case Handshake.ClientWelcome welcome -> throw unexpected(welcome);
                case Handshake.Refused refused -> throw unexpected(refused);
                case Handshake.Confirmed confirmed -> throw unexpected(confirmed);
            };
        } catch (MalformedException e) {
            station.badFrame(from, e.getMessage());
            station.sockets().close(channel);
        } catch (IOException | InterruptedException silentOrGone) {
            station.sockets().close(channel);
        } catch (RuntimeException e) {
            // Whatever a stranger says ends no more than its own connection.
            station.warnings().say("greeting " + from, "the greeting of " + from + " cannot be answered: " + e);
            station.sockets().close(channel);
        } finally {
            callers.went(channel);
            if (hasGreeted) {
                greeted.decrementAndGet();
            }
        }
        next.run();
    }

    /** Answers one lane of a link; what is left to do is to read it. */
    private Runnable lane(Handshake handshake, Handshake.PeerHello hello, String from, long deadlineNs)
            throws IOException, InterruptedException {
        ServerId id = hello.from().introduction().id();
        RemoteServer remote = remotes.get(id);
        String why = objection(hello.from(), hello.to());
        if (why.isEmpty() && id.compareTo(station.context().self()) > 0) {
            why = "the server with the smaller id connects, so " + station.context().self() + " to " + id;
        }
        if (remote == null || !why.isEmpty()) {
            if (remote != null) {
                remote.turnedAway(why);
            }
            return refuse(handshake, "refused " + id, id + " from " + from, why);
        }
        Optional<PeerLink> link = hello.lane() == Lane.CONTROL
                ? remote.replaceLink(hello.link(), hello.from().introduction(), System.nanoTime() + OLD_LINK_NS)
                : remote.link(hello.link());
        if (link.isEmpty()) {
            return refuse(handshake, "refused " + id, id + " from " + from, hello.lane() == Lane.CONTROL
                    ? "messages of the connection before are still being delivered"
                    : "a data lane without its control lane");
        }
        link.get().introduce(hello.from().introduction());
        String name = "driftless-" + id + (hello.lane() == Lane.CONTROL ? "-control" : "-data");
        try {
            if (!link.get().add(hello.lane(), station.lane(handshake, link.get(), hello.lane(), name))) {
                return () -> { };
            }
        } catch (IOException e) {
            link.get().abandon();
            throw e;
        }
        try {
            handshake.send(new Handshake.Welcome(station.identity()));
            if (hello.lane() == Lane.CONTROL) {
                awaitConfirmation(handshake, link.get(), deadlineNs);
            }
        } catch (IOException | RuntimeException e) {
            link.get().breakOff("the handshake was not completed");
            link.get().leave();
            throw e;
        }
        return () -> read(link.get(), hello.lane(), name);
    }

    /** Answers a bulk lane: only of the link that stands, and of that very start of the server at its other side. */
    private Runnable bulk(Handshake handshake, Handshake.PeerHello hello, String from)
            throws IOException, InterruptedException {
        ServerId id = hello.from().introduction().id();
        RemoteServer remote = remotes.get(id);
        String why = objection(hello.from(), hello.to());
        if (remote == null || !why.isEmpty()) {
            return refuse(handshake, "refused " + id, id + " from " + from, why);
        }
        Optional<PeerLink> link = remote.link(hello.link())
                .filter(standing -> standing.isWith(hello.from().introduction()));
        String name = "driftless-" + id + "-bulk";
        Connection connection = station.bulk(handshake, name);
        if (link.isEmpty() || !link.get().addBulk(connection, System.nanoTime() + OLD_LINK_NS)) {
            // Nothing to tell a person: its link has just ended, and another begins.
            handshake.send(new Handshake.Refused("a bulk lane without its link"));
            return () -> connection.breakOff("refused");
        }
        try {
            handshake.send(new Handshake.Welcome(station.identity()));
        } catch (IOException | RuntimeException e) {
            link.get().leaveBulk(connection);
            throw e;
        }
        return () -> {
            if (!station.context().platformPeerThreads()) {
                link.get().runBulk(connection);
            } else if (!station.crew().startOnPlatform(name, () -> link.get().runBulk(connection))) {
                link.get().leaveBulk(connection);
            }
        };
    }

    private static void awaitConfirmation(Handshake handshake, PeerLink link, long deadlineNs) throws IOException {
        Handshake.Greeting greeting = handshake.receive(deadlineNs);
        if (!(greeting instanceof Handshake.Confirmed) || !link.hasBothLanes()) {
            throw unexpected(greeting);
        }
    }

    private void read(PeerLink link, Lane lane, String name) {
        Runnable reading = () -> {
            if (lane == Lane.CONTROL) {
                link.announce();
            }
            link.run(lane);
        };
        if (!station.context().platformPeerThreads()) {
            reading.run();
        } else if (!station.crew().startOnPlatform(name, reading)) {
            link.leave();
        }
    }

    private Runnable knocked(Handshake handshake, Handshake.Knock knock, String from) throws IOException {
        ServerId id = knock.from().introduction().id();
        RemoteServer remote = remotes.get(id);
        if (remote == null || !knock.to().equals(station.context().self())) {
            return refuse(handshake, "refused " + id, id + " from " + from, objection(knock.from(), knock.to()));
        }
        if (station.disagreement(knock.from()).isEmpty()) {
            remote.startedAgain(knock.from().introduction());
        }
        // Also if the two disagree: dialing then tells both why.
        remote.knocked();
        handshake.send(new Handshake.Welcome(station.identity()));
        return () -> station.sockets().close(handshake.channel());
    }

    private Runnable client(Handshake handshake, Handshake.ClientHello hello) throws IOException {
        long generation = station.generation();
        Handshake.ClientWelcome welcome = new Handshake.ClientWelcome(station.context().clusterId(),
                station.context().self().value(), generation);
        if (!hello.clusterId().isEmpty() && !hello.clusterId().equals(welcome.clusterId())
                || ClientTransport.isOtherGeneration(hello.generation(), generation)) {
            // Told which cluster this is, the client knows as well; nothing of it is read.
            handshake.send(welcome);
            return () -> station.sockets().close(handshake.channel());
        }
        if (clients.incrementAndGet() > station.limits().clients()) {
            clients.decrementAndGet();
            return refuse(handshake, "clients", "a client", station.limits().tooManyClients());
        }
        boolean isWelcome = false;
        ServedClient client = null;
        try {
            client = new ServedClient(station, handshake);
            if (!client.join()) {
                return () -> { };
            }
            handshake.send(welcome);
            isWelcome = true;
            ServedClient welcomed = client;
            return () -> {
                try {
                    welcomed.run();
                } finally {
                    clients.decrementAndGet();
                }
            };
        } finally {
            if (!isWelcome) {
                clients.decrementAndGet();
                if (client != null) {
                    client.leave();
                }
            }
        }
    }

    private String objection(Handshake.Identity from, ServerId to) {
        ServerId self = station.context().self();
        String why = station.disagreement(from);
        if (why.isEmpty() && !to.equals(self)) {
            why = "the server here is " + self + ", not " + to;
        }
        if (why.isEmpty() && !remotes.containsKey(from.introduction().id())) {
            why = from.introduction().id() + " is not among the other members of " + self + ", " + remotes.keySet();
        }
        return why;
    }

    private Runnable refuse(Handshake handshake, String subject, String who, String why) throws IOException {
        station.warnings().say(subject, "refused " + who + ": " + why);
        handshake.send(new Handshake.Refused(why));
        return () -> station.sockets().close(handshake.channel());
    }

    private static MalformedException unexpected(Handshake.Greeting greeting) {
        return new MalformedException(0, "an unexpected " + greeting.getClass().getSimpleName());
    }
}
