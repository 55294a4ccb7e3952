package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import io.driftless.raft.Lane;
import io.driftless.transport.Unreachable;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps up the link to a server with a larger id: connects both lanes, waits for the link's end, waits a little, and
 * again. Run by one thread, see {@link Errand}.
 */
final class Dialer {

    private static final long ATTEMPT_NS = TimeUnit.SECONDS.toNanos(5);

    private final Station station;
    private final RemoteServer remote;

    Dialer(Station station, RemoteServer remote) {
        this.station = station;
        this.remote = remote;
    }

    /** Until the station is closed. */
    void run() throws InterruptedException {
        Reconnect reconnect = new Reconnect(ThreadLocalRandom.current());
        while (!station.isClosed()) {
            Optional<PeerLink> link = dial();
            if (link.isPresent()) {
                link.get().awaitEnd();
                if (link.get().sawLife()) {
                    reconnect.signOfLife();
                }
            }
            if (remote.awaitKnock(reconnect.nextWaitNs())) {
                reconnect.signOfLife();
            }
        }
    }

    private Optional<PeerLink> dial() throws InterruptedException {
        long deadline = System.nanoTime() + ATTEMPT_NS;
        long number = ThreadLocalRandom.current().nextLong();
        SocketChannel control = null;
        SocketChannel data = null;
        // Before the first greeting: what that tells may be out of date when the link begins.
        long introductions = remote.introductions();
        try {
            control = Sockets.connect(remote.address(), deadline, station.sockets());
            Handshake ofControl = station.handshake(control);
            Handshake.Identity identity = remote.greet(ofControl, Lane.CONTROL, number, deadline);
            data = Sockets.connect(remote.address(), deadline, station.sockets());
            Handshake ofData = station.handshake(data);
            identity = remote.greet(ofData, Lane.DATA, number, deadline);
            Optional<PeerLink> link = remote.replaceLink(number, identity.introduction(), introductions, deadline);
            if (link.isPresent()) {
                complete(link.get(), ofControl, ofData);
                return link;
            }
        } catch (IOException e) {
            remote.failed(Failures.of(e));
            say(e.getMessage() == null ? e.toString() : e.getMessage());
        } catch (MalformedException e) {
            remote.failed(new Unreachable(Unreachable.Kind.NOT_DRIFTLESS));
            say("it does not speak Driftless' protocol: " + e.getMessage());
        }
        closeIfOpen(control);
        closeIfOpen(data);
        return Optional.empty();
    }

    private void complete(PeerLink link, Handshake control, Handshake data) throws IOException {
        String name = "driftless-" + remote.id();
        try {
            Connection controlLane = station.lane(control, link, Lane.CONTROL, name + "-control");
            Connection dataLane = station.lane(data, link, Lane.DATA, name + "-data");
            control.send(new Handshake.Confirmed());
            link.add(Lane.CONTROL, controlLane);
            link.add(Lane.DATA, dataLane);
        } catch (IOException e) {
            link.abandon();
            throw e;
        }
        start(link);
    }

    private void start(PeerLink link) {
        boolean platform = station.context().platformPeerThreads();
        if (!station.crew().start("driftless-" + remote.id() + "-control", platform, () -> {
            link.announce();
            link.run(Lane.CONTROL);
        })) {
            link.leave();
        }
        if (!station.crew().start("driftless-" + remote.id() + "-data", platform, () -> link.run(Lane.DATA))) {
            link.leave();
        }
    }

    private void say(String why) {
        if (!station.isClosed()) {
            station.warnings().say("dial " + remote.id(), "no connection to " + remote + ": " + why);
        }
    }

    private void closeIfOpen(@Nullable SocketChannel channel) {
        if (channel != null) {
            station.sockets().close(channel);
        }
    }
}
