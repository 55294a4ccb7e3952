package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.Unreachable;
import io.driftless.transport.Unreachable.Kind;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * The side that does not dial: tells a server with a smaller id, once, that this one has started, and from then on
 * looks whether that server is there while it does not connect, so that this side knows why too. It looks as a client
 * does, which disturbs nothing. Run by one thread, see {@link Errand}.
 */
final class Lookout {

    private static final long ATTEMPT_NS = TimeUnit.SECONDS.toNanos(5);
    /** More than a dialer waits between its attempts. */
    private static final long EVERY_NS = TimeUnit.SECONDS.toNanos(2);

    private final Station station;
    private final RemoteServer remote;

    Lookout(Station station, RemoteServer remote) {
        this.station = station;
        this.remote = remote;
    }

    /** Until the station is closed. */
    void run() throws InterruptedException {
        attempt(this::knock);
        while (!station.isClosed()) {
            remote.awaitAbsence(EVERY_NS);
            if (!station.isClosed()) {
                attempt(this::look);
            }
        }
    }

    /** Something to say to the server, and what is to be made of the answer. */
    private interface Question {
        void ask(SocketChannel channel, long deadlineNs) throws IOException;
    }

    private void attempt(Question question) {
        long deadline = System.nanoTime() + ATTEMPT_NS;
        try {
            SocketChannel channel = Sockets.connect(remote.address(), deadline, station.sockets());
            try {
                question.ask(channel, deadline);
            } finally {
                station.sockets().close(channel);
            }
        } catch (IOException e) {
            remote.failed(Failures.of(e));
        } catch (MalformedException e) {
            remote.failed(new Unreachable(Kind.NOT_DRIFTLESS));
        }
    }

    /** If it cannot be reached, it will dial when it starts itself. */
    private void knock(SocketChannel channel, long deadlineNs) throws IOException {
        Handshake handshake = station.handshake(channel);
        handshake.send(new Handshake.Knock(station.identity(), remote.id()));
        Handshake.Greeting answer = handshake.receive(deadlineNs);
        if (answer instanceof Handshake.OtherVersion other) {
            throw new TurnedAwayException(other.why(), other.why());
        }
        if (answer instanceof Handshake.Refused(String why)) {
            station.warnings().say("dial " + remote.id(), remote + " does not connect to this server: " + why);
            throw new TurnedAwayException(why, why);
        }
    }

    private void look(SocketChannel channel, long deadlineNs) throws IOException {
        Handshake handshake = station.handshake(channel);
        handshake.send(new Handshake.ClientHello("", ClientTransport.GENERATION_UNKNOWN));
        switch (handshake.receive(deadlineNs)) {
            case Handshake.ClientWelcome welcome -> found(welcome.clusterId(), welcome.server());
            // It has no room for one more client: as a server it may want this one all the same.
            case Handshake.Refused(String why) -> answers("'" + why + "'");
            case Handshake.OtherVersion other -> throw new TurnedAwayException(other.why(), other.why());
            case Handshake.PeerHello hello -> throw unexpected();
            case Handshake.Knock knock -> throw unexpected();
            case Handshake.ClientHello hello -> throw unexpected();
            case Handshake.Welcome welcome -> throw unexpected();
            case Handshake.Confirmed confirmed -> throw unexpected();
        }
    }

    private void found(String clusterId, String server) {
        if (!clusterId.equals(station.context().clusterId())) {
            remote.failed(new Unreachable(Kind.TURNED_AWAY, station.otherCluster(remote.id(), clusterId)));
        } else if (!server.equals(remote.id().value())) {
            remote.failed(new Unreachable(Kind.TURNED_AWAY, "the server there is " + server + ", not " + remote.id()));
        } else {
            answers("clients");
        }
    }

    private void answers(String whomOrWhat) {
        remote.answers();
        if (remote.unreachable().filter(why -> why.kind() == Kind.TURNED_AWAY).isEmpty()) {
            // It said no before, and why; otherwise nobody knows.
            remote.failed(new Unreachable(Kind.BROKEN, "it answers " + whomOrWhat
                    + " and does not connect to this server"));
        }
    }

    private static MalformedException unexpected() {
        return new MalformedException(0, "an unexpected answer to a client's greeting");
    }
}
