package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import io.driftless.raft.Introduction;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.transport.Peer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Two connections to a peer, a lane each, that stand and fall together. The receiver learns of it once both lanes stand
 * at both sides, and of its end after the last delivery. Each lane has a thread, which reads and delivers. Beside them
 * there may be bulk connections, one each way, which end with the link, and whose own end means nothing to it. Thread
 * safe.
 */
final class PeerLink {

    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final long LONG_STANDING_NS = TimeUnit.SECONDS.toNanos(5);

    private final Station station;
    private final RemoteServer remote;
    private final long dialersNumber;
    private final Map<Lane, Connection> lanes = new ConcurrentHashMap<>();
    /** Lane threads that have not left yet; the last one tells the receiver. */
    private final AtomicInteger threads = new AtomicInteger();
    private final BulkSender bulkOut;
    /** Whoever has it delivers what comes on a bulk connection. */
    private final Semaphore bulkTurn = new Semaphore(1);
    private volatile @Nullable Connection bulkIn;
    private final CountDownLatch announced = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Introduction introduction;
    private volatile @Nullable Peer peer;
    private volatile String brokenBecause = "";
    private volatile long standsSinceNs;
    private volatile boolean heard;

    /** A link to {@code remote}; {@code dialersNumber} tells its two connections apart from those of other links. */
    PeerLink(Station station, RemoteServer remote, long dialersNumber, Introduction introduction) {
        this.station = station;
        this.remote = remote;
        this.dialersNumber = dialersNumber;
        this.introduction = introduction;
        this.bulkOut = new BulkSender(station, remote, this, BulkSender.IDLE_NS);
    }

    long dialersNumber() {
        return dialersNumber;
    }

    /** Adds a lane, whose thread is about to run; false if the link is broken already or has that lane. */
    boolean add(Lane lane, Connection connection) {
        boolean added = lanes.putIfAbsent(lane, connection) == null;
        if (added) {
            threads.incrementAndGet();
        }
        if (!added || !brokenBecause.isEmpty()) {
            connection.breakOff("its link is gone");
        }
        return added;
    }

    boolean hasBothLanes() {
        return lanes.containsKey(Lane.CONTROL) && lanes.containsKey(Lane.DATA);
    }

    /** What the other side last told of itself. */
    void introduce(Introduction newIntroduction) {
        introduction = newIntroduction;
    }

    /** Both lanes stand at both sides. Called once, by the thread of the control lane, before it runs. */
    void announce() {
        Introduction told = introduction;
        if (brokenBecause.isEmpty()) {
            Peer newPeer = new Peer(told.id(), told, addressOf(lanes.get(Lane.CONTROL)),
                    NUMBERS.incrementAndGet());
            peer = newPeer;
            standsSinceNs = System.nanoTime();
            remote.stands(this);
            station.receiver().connected(newPeer);
        }
        announced.countDown();
    }

    private static String addressOf(@Nullable Connection connection) {
        return connection == null ? "" : connection.remoteAddress();
    }

    /** Reads and delivers until the link breaks; the whole life of a lane's thread. */
    void run(Lane lane) {
        Connection connection = lanes.get(lane);
        try {
            announced.await();
            Peer standing = peer;
            while (standing != null && connection != null && brokenBecause.isEmpty()) {
                deliver(standing, lane, connection);
            }
        } catch (MalformedException e) {
            if (brokenBecause.isEmpty()) {
                station.badFrame(remote.toString(), e.getMessage());
            }
            breakOff("bad frame");
        } catch (IOException e) {
            breakOff(connection == null ? "closed" : connection.reasonOf(e));
        } catch (InterruptedException | RuntimeException e) {
            station.warnings().say("delivery " + remote, "delivering messages of " + remote + " failed: " + e);
            breakOff("delivery failed");
        } finally {
            leave();
        }
    }

    /**
     * Takes over from the bulk connection before, once this link stands, and once that one's last delivery is over;
     * {@link #runBulk} must follow. False if the link does not stand, or that takes too long.
     */
    boolean addBulk(Connection connection, long deadlineNs) throws InterruptedException {
        if (!announced.await(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS) || peer == null) {
            return false;
        }
        Connection before = bulkIn;
        if (before != null) {
            before.breakOff("replaced by a new connection");
        }
        if (!bulkTurn.tryAcquire(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        // One more thread that the end of the link waits for, unless that was told already.
        if (threads.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
            bulkTurn.release();
            return false;
        }
        bulkIn = connection;
        if (!brokenBecause.isEmpty()) {
            connection.breakOff("its link is gone");
        }
        return true;
    }

    /** Reads and delivers until this connection ends, or the link. */
    void runBulk(Connection connection) {
        try {
            Peer standing = peer;
            while (standing != null && brokenBecause.isEmpty()) {
                deliver(standing, Lane.BULK, connection);
            }
        } catch (MalformedException e) {
            if (!connection.isBroken()) {
                station.badFrame(remote.toString(), e.getMessage());
            }
        } catch (IOException ended) {
            // The other side had nothing more to send, or something is wrong with this connection: it opens another.
        } catch (RuntimeException e) {
            station.warnings().say("delivery " + remote, "delivering messages of " + remote + " failed: " + e);
        } finally {
            leaveBulk(connection);
        }
    }

    /** The thread of a bulk connection is over, or was never started. */
    void leaveBulk(Connection connection) {
        connection.breakOff("closed");
        bulkTurn.release();
        left();
    }

    /** The thread of a lane is over, or was never started. */
    void leave() {
        breakOff("closed");
        left();
    }

    private void left() {
        if (threads.decrementAndGet() == 0) {
            Peer standing = peer;
            if (standing != null) {
                station.receiver().disconnected(standing);
            }
            remote.ended(this);
            ended.countDown();
        }
    }

    /** It came to nothing: ends it if no lane has a thread that would. */
    void abandon() {
        breakOff("the handshake was not completed");
        if (threads.get() == 0) {
            ended.countDown();
            remote.ended(this);
        }
    }

    /** Sends, or drops the message if the lane is gone. */
    void send(Lane lane, Message message) {
        if (lane == Lane.BULK) {
            bulkOut.send(message);
            return;
        }
        Connection connection = lanes.get(lane);
        if (connection == null || connection.isBroken()) {
            return;
        }
        Outgoing frame;
        try {
            frame = station.codec().encode(message, connection.bytesRead());
        } catch (RuntimeException e) {
            station.warnings().say("encode " + remote, "a message to " + remote + " cannot be sent: " + e);
            breakOff("a message cannot be sent");
            return;
        }
        connection.outbound().send(frame);
    }

    /** Breaks all its lanes; the first reason counts. Never blocks. Idempotent. */
    void breakOff(String why) {
        if (brokenBecause.isEmpty()) {
            brokenBecause = why;
        }
        lanes.values().forEach(connection -> connection.breakOff(why));
        Connection bulk = bulkIn;
        if (bulk != null) {
            bulk.breakOff(why);
        }
        bulkOut.close();
        announced.countDown();
    }

    String brokenBecause() {
        return brokenBecause;
    }

    /** Whether the receiver ever learned of it. */
    boolean hasStood() {
        return peer != null;
    }

    /** Whether the other process was heard on this link, or kept it up for long: that it was accepted means nothing. */
    boolean sawLife() {
        return heard || peer != null && System.nanoTime() - standsSinceNs > LONG_STANDING_NS;
    }

    /** Whom it was with; null if the receiver never learned of it. */
    @Nullable Peer peer() {
        return peer;
    }

    /** Whether the other side of this link is that very start of that server, also before both lanes stand. */
    boolean isWith(Introduction start) {
        Introduction told = introduction;
        return told.incarnation().equals(start.incarnation()) && told.run().equals(start.run());
    }

    /** Waits until the receiver has been told that it is over. */
    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    private void deliver(Peer standing, Lane lane, Connection connection) throws IOException {
        List<Frame> frames = connection.read();
        List<Message> messages = new ArrayList<>(frames.size());
        for (Frame frame : frames) {
            messages.add(station.codec().decode(frame));
        }
        heard = true;
        station.receiver().received(standing, lane, messages, connection.arrivedNs());
    }
}
