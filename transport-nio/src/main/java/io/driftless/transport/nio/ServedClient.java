package io.driftless.transport.nio;

import io.driftless.client.Outcome;
import io.driftless.errors.MalformedException;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientSession;
import io.driftless.transport.Intake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A connected client at the server's side. Thread safe; {@link #run} belongs to one thread. */
final class ServedClient implements ClientSession {

    /** Replies that wait beyond this, and those that are expected, hold up the reading of requests. */
    private static final long REPLIES_BYTES_MAX = 8L << 20;
    /** Results beyond this are not kept: then what was expected to be small was not. */
    private static final long KEPT_BYTES_MAX = 64L << 20;
    private static final long EXPECTED_BYTES_FIRST = 1L << 20;
    private static final long EXPECTED_BYTES_MIN = 8L << 10;
    private static final long ROOM_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long GIVE_UP_NS = TimeUnit.SECONDS.toNanos(5);
    /** How long a client that reads on may still learn why. */
    private static final long LINGER_NS = TimeUnit.SECONDS.toNanos(30);

    private final Station station;
    private final Connection connection;
    private final InetSocketAddress from;
    private final Intake intake = new Intake();
    /** How large a reply may be, by those of late. */
    private volatile long expectedBytes = EXPECTED_BYTES_FIRST;

    ServedClient(Station station, SocketChannel channel) throws IOException {
        this.station = station;
        this.from = (InetSocketAddress) channel.getRemoteAddress();
        this.connection = station.client(channel, "driftless-client-" + from.getPort());
        connection.outbound().onStuck(this::stuckFor);
    }

    /** Reads and delivers until the connection ends. */
    void run() {
        station.served().add(this);
        try {
            if (!station.isAccepting()) {
                sayGoodbye();
                flush();
            }
            while (!connection.isBroken()) {
                take(connection.read());
            }
        } catch (MalformedException e) {
            if (!connection.isBroken()) {
                station.badFrame(from.getAddress().getHostAddress(), e.getMessage());
            }
        } catch (IOException gone) {
            // Clients come and go.
        } catch (RuntimeException e) {
            station.warnings().say("requests", "delivering requests of " + description() + " failed: " + e);
        } finally {
            connection.breakOff("closed");
            station.served().remove(this);
        }
    }

    private void take(List<Frame> frames) {
        List<ClientRequest> requests = new ArrayList<>(frames.size());
        for (Frame frame : frames) {
            requests.add(ClientCodec.request(frame));
        }
        int taken = 0;
        while (taken < requests.size()) {
            int end = (int) Math.min(requests.size(), taken + awaitRoom());
            List<ClientRequest> some = requests.subList(taken, end);
            // After the goodbye it is read only so that the socket does not end with a reset, and lose our last answers.
            if (!intake.take(some)) {
                return;
            }
            if (frames.getFirst().isCut()) {
                rejectAsTooLarge(some.getFirst(), frames.getFirst().payloadLength());
            } else {
                station.receiver().requested(this, some);
            }
            taken = end;
        }
    }

    /**
     * Waits until the replies that are under way leave room for another one; how many requests may be delivered. A
     * reply's size is known only when it is made, so those to come are taken to be as large as the largest of late.
     */
    private long awaitRoom() {
        while (true) {
            long unanswered = intake.unanswered();
            long waiting = connection.outbound().queuedBytes();
            long room = (REPLIES_BYTES_MAX - waiting) / expectedBytes - unanswered;
            if (room > 0 || unanswered == 0 && waiting == 0 || connection.isBroken() || intake.hasStopped()) {
                return Math.max(1, room);
            }
            LockSupport.parkNanos(this, ROOM_NS);
        }
    }

    /** Takes no request any more, and holds the goodbye until a {@link #flush}. */
    void sayGoodbye() {
        intake.stop(Outcome.Why.CLOSED).ifPresent(this::reply);
    }

    /** A write has been stuck for so long: first the replies are given up, and after a while the connection. */
    private void stuckFor(long ns) {
        if (ns > GIVE_UP_NS + LINGER_NS) {
            connection.breakOff("the client does not read its replies");
        } else if (ns > GIVE_UP_NS) {
            long waiting = connection.outbound().queuedBytes();
            intake.stop(Outcome.Why.NOT_READ).ifPresent(goodbye -> {
                connection.outbound().giveUp(ClientCodec.encode(goodbye, connection.bytesRead()));
                station.warnings().say("client " + from.getAddress().getHostAddress(), description()
                        + " has read nothing for " + TimeUnit.NANOSECONDS.toSeconds(ns) + " s: " + waiting
                        + " bytes of replies are given up, and its connection is closed");
                station.crew().start("driftless-client-end", this::endWhenWritten);
            });
        }
    }

    private void endWhenWritten() {
        while (!connection.isBroken() && connection.outbound().queuedBytes() > 0) {
            LockSupport.parkNanos(this, ROOM_NS);
        }
        connection.endOutput();
    }

    /** After the goodbye: ends our side once everything is answered and written; whether the client is gone. */
    boolean finish() {
        if (intake.unanswered() == 0 && connection.outbound().queuedBytes() == 0) {
            connection.endOutput();
        }
        return connection.isBroken();
    }

    @Override
    public void reply(ClientReply reply) {
        Outgoing frame = ClientCodec.encode(reply, connection.bytesRead());
        expectedBytes = Math.max(EXPECTED_BYTES_MIN, Math.max(frame.length(), expectedBytes - expectedBytes / 32));
        if (connection.outbound().queuedBytes() + frame.length() > KEPT_BYTES_MAX
                && reply instanceof ClientReply.Executed executed
                && executed.outcome() instanceof Outcome.Committed committed
                && committed.result().value().length > EXPECTED_BYTES_MIN) {
            station.warnings().say("results for " + from.getAddress().getHostAddress(), "more than " + KEPT_BYTES_MAX
                    + " bytes of results wait for " + description() + ": it is told of commands without them");
            frame = ClientCodec.encode(new ClientReply.Executed(reply.id(),
                    new Outcome.Unknown(0, 0, Outcome.Why.RESULT_NOT_KEPT), ""), connection.bytesRead());
        }
        connection.outbound().hold(frame);
        intake.answered(reply);
    }

    @Override
    public void flush() {
        connection.outbound().flush();
    }

    @Override
    public String description() {
        return "client " + new Address(from.getAddress().getHostAddress(), from.getPort());
    }

    /** One that no frame has room for; those around it are not to suffer. */
    private void rejectAsTooLarge(ClientRequest request, int bytes) {
        if (!(request instanceof ClientRequest.Execute)) {
            throw new MalformedException(0, "a query of " + bytes + " bytes");
        }
        Outcome tooLarge = new Outcome.Rejected(Outcome.Reason.TOO_LARGE, "the command has " + bytes
                + " bytes, far above log.max.entry.bytes", Duration.ZERO);
        reply(new ClientReply.Executed(request.id(), tooLarge, ""));
        flush();
    }
}
