package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import io.driftless.transport.Peer;
import io.driftless.transport.Unreachable;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Another member as seen from here: its address, and its one link. Thread safe. */
final class RemoteServer {

    /** So often it is dialed sooner than else after a link has ended. */
    private static final int LOOKS = 4;
    private static final long LOOK_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Links that end one after the other are not made without a pause. */
    private static final long LOOKS_EVERY_NS = TimeUnit.SECONDS.toNanos(1);

    private final Station station;
    private final ServerId id;
    private final String address;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** The one that messages go to; set before the receiver learns of it. */
    private volatile @Nullable PeerLink standing;
    /** The one that there is, from its first lane until the receiver has learned of its end. */
    private @Nullable PeerLink current;
    /** Why there is no link, as was last learned; means nothing while one stands. */
    private volatile @Nullable Unreachable unreachable;
    /** How often this server had to introduce itself anew. */
    private long introductions;
    /** Whose process may be gone, as the link with it has ended; null once something is known of it (R41). */
    private @Nullable Peer lost;
    /** How often that is looked into soon. */
    private int looksLeft;
    private long looksSinceNs = System.nanoTime() - LOOKS_EVERY_NS;
    private boolean knocked;
    private boolean closed;

    RemoteServer(Station station, ServerId id, String address) {
        this.station = station;
        this.id = id;
        this.address = address;
    }

    ServerId id() {
        return id;
    }

    String address() {
        return address;
    }

    /**
     * Introduces the own server on a new connection, which is for one lane, and waits for the answer.
     *
     * @param dialersNumber of the link
     * @return what the other side says of itself; it has this server's id, and agrees with the own one
     * @throws TurnedAwayException if it turns the own server away, or is another one
     * @throws MalformedException  if it answers what is no answer to that
     * @throws IOException         if no answer comes
     */
    Handshake.Identity greet(Handshake handshake, Lane lane, long dialersNumber, long deadlineNs) throws IOException {
        handshake.send(new Handshake.PeerHello(station.identity(), id, lane, dialersNumber));
        return switch (handshake.receive(deadlineNs)) {
            case Handshake.Welcome(Handshake.Identity identity) -> checked(identity);
            case Handshake.Refused(String why) -> throw new TurnedAwayException("refused: " + why, why);
            case Handshake.OtherVersion other -> throw new TurnedAwayException(other.why(), other.why());
            case Handshake.PeerHello hello -> throw unexpected(hello);
            case Handshake.Knock knock -> throw unexpected(knock);
            case Handshake.ClientHello hello -> throw unexpected(hello);
            case Handshake.ClientWelcome welcome -> throw unexpected(welcome);
            case Handshake.Confirmed confirmed -> throw unexpected(confirmed);
        };
    }

    private Handshake.Identity checked(Handshake.Identity identity) throws IOException {
        String why = station.disagreement(identity);
        if (why.isEmpty() && !identity.introduction().id().equals(id)) {
            why = "the server there is " + identity.introduction().id() + ", not " + id;
        }
        if (!why.isEmpty()) {
            throw new TurnedAwayException(why, why);
        }
        return identity;
    }

    private static MalformedException unexpected(Handshake.Greeting greeting) {
        return new MalformedException(0, "an unexpected " + greeting.getClass().getSimpleName());
    }

    /** Sends, or drops the message if no link stands. */
    void send(Lane lane, Message message) {
        PeerLink link = standing;
        if (link != null) {
            link.send(lane, message);
        }
    }

    /**
     * Makes room for a new link: the old one is broken, and its end waited for.
     *
     * @param introduction what the other side tells of itself in the new link's greeting
     * @return the new link, or empty if the old one is still being delivered at the deadline, or all is closed
     */
    Optional<PeerLink> replaceLink(long dialersNumber, Introduction introduction, long deadlineNs)
            throws InterruptedException {
        lock.lock();
        try {
            return makeRoom(deadlineNs) ? Optional.of(begin(dialersNumber, introduction)) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The same for who has greeted first: none either if this server has to introduce itself anew since, because the
     * other one was told what does not hold any more.
     *
     * @param introductions what {@link #introductions()} was before the greeting
     */
    Optional<PeerLink> replaceLink(long dialersNumber, Introduction introduction, long introductions, long deadlineNs)
            throws InterruptedException {
        lock.lock();
        try {
            return makeRoom(deadlineNs) && introductions == this.introductions
                    ? Optional.of(begin(dialersNumber, introduction)) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** How often this server had to introduce itself anew. */
    long introductions() {
        lock.lock();
        try {
            return introductions;
        } finally {
            lock.unlock();
        }
    }

    private boolean makeRoom(long deadlineNs) throws InterruptedException {
        while (current != null && !closed) {
            current.breakOff("replaced by a new connection");
            long left = deadlineNs - System.nanoTime();
            if (left <= 0 || !changed.await(left, TimeUnit.NANOSECONDS) && current != null) {
                return false;
            }
        }
        return !closed;
    }

    private PeerLink begin(long dialersNumber, Introduction introduction) {
        PeerLink link = new PeerLink(station, this, dialersNumber, introduction);
        current = link;
        lost = null;
        return link;
    }

    /** The link with that number, if it is the current one. */
    Optional<PeerLink> link(long dialersNumber) {
        lock.lock();
        try {
            PeerLink link = current;
            return link != null && link.dialersNumber() == dialersNumber ? Optional.of(link) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Why it is not reached; empty while a link stands, and as long as nothing is known. */
    Optional<Unreachable> unreachable() {
        return standing == null ? Optional.ofNullable(unreachable) : Optional.empty();
    }

    /** An attempt to reach it, or its own to reach this server, has come to nothing. */
    void failed(Unreachable why) {
        unreachable = why;
        Peer gone = why.kind() == Unreachable.Kind.REFUSED ? takeLost() : null;
        if (gone != null) {
            station.receiver().gone(gone);
        }
    }

    /** It answers: its process runs. */
    void answers() {
        takeLost();
    }

    private @Nullable Peer takeLost() {
        lock.lock();
        try {
            Peer taken = lost;
            lost = null;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Somebody who says to be this server was turned away. Anybody can say so: nothing is made of it where this side
     * dials itself, or has found that no server is there.
     */
    void turnedAway(String why) {
        Unreachable known = unreachable;
        boolean knowsBetter = station.context().self().compareTo(id) < 0 || known != null && switch (known.kind()) {
            case REFUSED, SILENT, HOST_NOT_FOUND, NOT_DRIFTLESS -> true;
            case TURNED_AWAY, BROKEN -> false;
        };
        if (!knowsBetter) {
            failed(new Unreachable(Unreachable.Kind.TURNED_AWAY, why));
        }
    }

    void stands(PeerLink link) {
        standing = link;
        station.warnings().forget("dial " + id);
        station.warnings().forget("refused " + id);
    }

    /** The receiver has been told of the link's end. */
    void ended(PeerLink link) {
        if (link.sawLife()) {
            station.warnings().forget("link " + id);
        }
        if (link.hasStood()) {
            unreachable = new Unreachable(Unreachable.Kind.BROKEN, link.brokenBecause());
        }
        if (link.hasStood() && !station.isClosed()) {
            station.warnings().say("link " + id, "connection with " + this + " ended: " + link.brokenBecause());
        }
        lock.lock();
        try {
            if (standing == link) {
                standing = null;
            }
            if (current == link) {
                current = null;
                lost = link.sawLife() ? link.peer() : null;
                boolean isOften = System.nanoTime() - looksSinceNs < LOOKS_EVERY_NS;
                looksLeft = isOften ? 0 : LOOKS;
                looksSinceNs = isOften ? looksSinceNs : System.nanoTime();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The other server introduces itself so: a link to an earlier start of it is over. */
    void startedAgain(Introduction introduction) {
        lock.lock();
        try {
            if (current != null && !current.isWith(introduction)) {
                current.breakOff("the server was started again");
            }
        } finally {
            lock.unlock();
        }
    }

    /** This server has to introduce itself anew: the link is over, and so is one that has greeted already. */
    void reintroduce() {
        lock.lock();
        try {
            introductions++;
            if (current != null) {
                current.breakOff("this server introduces itself anew");
            }
        } finally {
            lock.unlock();
        }
    }

    /** The other server would like to be dialed. */
    void knocked() {
        lock.lock();
        try {
            knocked = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How long to wait before it is dialed again: at most {@code ns}, less if its process may be gone. Locked. */
    private long soonerThan(long ns) {
        if (lost == null || looksLeft == 0) {
            return ns;
        }
        // A process that ends closes one socket after the other: the one that it listens on may be the last.
        return looksLeft-- == LOOKS ? 0 : Math.min(ns, LOOK_AGAIN_NS);
    }

    /** Waits before the next attempt, no longer than {@code ns}; true if the other side knocked meanwhile. */
    boolean awaitKnock(long ns) throws InterruptedException {
        lock.lock();
        try {
            long left = soonerThan(ns);
            while (left > 0 && !knocked && !closed) {
                left = changed.awaitNanos(left);
            }
            boolean was = knocked;
            knocked = false;
            return was;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there has been no link for {@code ns} on end, or all is closed. */
    void awaitAbsence(long ns) throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                while (current != null && !closed) {
                    changed.await();
                }
                long left = soonerThan(ns);
                while (left > 0 && current == null && !closed) {
                    left = changed.awaitNanos(left);
                }
                if (current == null) {
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            if (current != null) {
                current.breakOff("this node closed");
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** For log lines. */
    @Override
    public String toString() {
        return id + " at " + address;
    }
}
