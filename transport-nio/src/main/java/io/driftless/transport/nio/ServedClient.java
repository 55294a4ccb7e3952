package io.driftless.transport.nio;

import io.driftless.errors.MalformedException;
import io.driftless.machine.Outcome;
import io.driftless.machine.QueryOutcome;
import io.driftless.transport.ClientConnection;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.HostPort;
import io.driftless.transport.Intake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A connected client at the server's side. Thread safe; {@link #run} belongs to one thread. */
final class ServedClient implements ClientConnection {

    /** Nothing was taken for so long: the kernels' buffers hide for that long that somebody reads 40 KB/s. */
    private static final long GIVE_UP_NS = TimeUnit.SECONDS.toNanos(20);
    /** How long a client that reads on may still learn why. */
    private static final long LINGER_NS = TimeUnit.SECONDS.toNanos(20);

    private final Station station;
    private final Connection connection;
    private final InetSocketAddress from;
    private final Intake intake = new Intake();
    private final ReplyRoom room;
    private volatile boolean endsWhenWritten;
    private volatile boolean welcomed;

    ServedClient(Station station, Handshake handshake) throws IOException {
        this.station = station;
        this.from = (InetSocketAddress) handshake.channel().getRemoteAddress();
        this.connection = station.client(handshake, "driftless-client-" + from.getPort(), this::ended);
        this.room = new ReplyRoom(station.replies(), intake, connection.outbound());
        connection.outbound().onWritten(this::written);
        connection.outbound().onStuck(this::stuckFor);
    }

    /**
     * From here on a node that stops waits for it: to be called before the client may send anything, since that would
     * be lost otherwise. False if the node takes nobody any more.
     */
    boolean join() {
        station.served().add(this);
        return station.isAccepting();
    }

    /** Ends the connection. */
    void leave() {
        connection.breakOff("closed");
        station.served().remove(this);
    }

    /** Reads and delivers until the connection ends; the client was welcomed. */
    void run() {
        try {
            welcomed = true;
            // Whoever stopped the node meanwhile has left it alone, or sees the mark.
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
            leave();
        }
    }

    private void take(List<Frame> frames) {
        List<ClientRequest> requests = new ArrayList<>(frames.size());
        for (Frame frame : frames) {
            requests.add(ClientCodec.request(frame));
        }
        int taken = 0;
        while (taken < requests.size()) {
            int end = (int) Math.min(requests.size(), taken + Math.min(room.await(), requests.size()));
            List<ClientRequest> some = requests.subList(taken, end);
            // After the goodbye it is read only so that the socket does not end with a reset and lose our answers.
            if (!intake.take(some)) {
                return;
            }
            room.recount();
            if (frames.getFirst().isCut()) {
                rejectAsTooLarge(some.getFirst(), frames.getFirst().payloadLength());
            } else {
                station.receiver().requested(this, some);
            }
            taken = end;
        }
    }

    /** Takes no request any more, and holds the goodbye until a {@link #flush}; nothing goes before the welcome. */
    void sayGoodbye() {
        if (welcomed) {
            intake.stop(Outcome.Why.CLOSED).ifPresent(this::reply);
            room.recount();
        }
    }

    /** The kernel has taken nothing for so long: first the replies are given up, and after a while the connection. */
    private void stuckFor(long ns) {
        if (ns > GIVE_UP_NS + LINGER_NS) {
            connection.breakOff("the client does not read its replies");
        } else if (ns > GIVE_UP_NS) {
            long waiting = connection.outbound().queuedBytes();
            intake.stop(Outcome.Why.NOT_READ).ifPresent(goodbye -> {
                connection.outbound().giveUp(ClientCodec.encode(goodbye, connection.bytesRead()));
                station.warnings().say("client " + from.getAddress().getHostAddress(), description()
                        + " has taken nothing for " + TimeUnit.NANOSECONDS.toSeconds(ns) + " s: " + waiting
                        + " bytes of replies are given up, and its connection is closed");
                intake.answered(goodbye);
                endsWhenWritten = true;
                written();
            });
        }
    }

    private void written() {
        room.recount();
        if (endsWhenWritten && connection.outbound().queuedBytes() == 0) {
            connection.endOutput();
        }
    }

    private void ended() {
        room.close();
    }

    /** After the goodbye: ends our side once everything is answered and written; whether the client is gone. */
    boolean finish() {
        if (intake.isFinished() && connection.outbound().queuedBytes() == 0) {
            connection.endOutput();
        }
        return connection.isBroken();
    }

    @Override
    public void reply(ClientReply reply) {
        Outgoing frame = ClientCodec.encode(reply, connection.bytesRead());
        room.learn(frame.length());
        if (resultBytes(reply) > ReplyRoom.SMALL_BYTES && !room.hasRoomFor(frame.length())) {
            station.warnings().say("results for " + from.getAddress().getHostAddress(), "more than "
                    + ReplyRoom.KEPT_BYTES_MAX + " bytes of results wait for " + description() + ", or more than "
                    + station.replies().bytesMax() + " for all clients: it is told of commands without them");
            frame = ClientCodec.encode(withoutResult(reply), connection.bytesRead());
        }
        connection.outbound().hold(frame);
        intake.answered(reply);
        if (frame.length() > ReplyRoom.SMALL_BYTES) {
            // The others are counted by the flush.
            room.recount();
        }
    }

    private static int resultBytes(ClientReply reply) {
        return switch (reply) {
            case ClientReply.CommandAnswered answered -> answered.outcome() instanceof Outcome.Committed committed
                    ? committed.result().value().length : 0;
            case ClientReply.QueryAnswered query -> query.outcome() instanceof QueryOutcome.Answered answered
                    ? answered.result().value().length : 0;
            case ClientReply.StatusAnswered status -> 0;
            case ClientReply.SnapshotAnswered snapshot -> 0;
            case ClientReply.TransferAnswered transfer -> 0;
            case ClientReply.SessionNamed named -> 0;
            case ClientReply.OutOfOrder refused -> 0;
            case ClientReply.Goodbye goodbye -> 0;
        };
    }

    private static ClientReply withoutResult(ClientReply reply) {
        return switch (reply) {
            case ClientReply.CommandAnswered answered -> new ClientReply.CommandAnswered(answered.id(),
                    new Outcome.Unknown(Outcome.Why.RESULT_NOT_KEPT), "");
            case ClientReply.QueryAnswered query -> new ClientReply.QueryAnswered(query.id(), new QueryOutcome.Failed(
                    QueryOutcome.Reason.OVERLOADED, "the result is not sent: too many bytes of replies wait for "
                    + "clients"), "");
            case ClientReply.StatusAnswered status -> status;
            case ClientReply.SnapshotAnswered snapshot -> snapshot;
            case ClientReply.TransferAnswered transfer -> transfer;
            case ClientReply.SessionNamed named -> named;
            case ClientReply.OutOfOrder refused -> refused;
            case ClientReply.Goodbye goodbye -> goodbye;
        };
    }

    @Override
    public void flush() {
        connection.outbound().flush();
        room.recount();
    }

    @Override
    public boolean isOpen() {
        return !connection.isBroken();
    }

    @Override
    public String description() {
        return "client " + new HostPort(from.getAddress().getHostAddress(), from.getPort());
    }

    /** One that no frame has room for; those around it are not to suffer. */
    private void rejectAsTooLarge(ClientRequest request, int bytes) {
        String size = " has " + bytes + " bytes, far above log.max.entry.bytes";
        reply(switch (request) {
            case ClientRequest.Execute execute -> tooLarge(execute, size);
            case ClientRequest.ExecuteInSession execute -> tooLarge(execute, size);
            case ClientRequest.Query query -> new ClientReply.QueryAnswered(query.id(), new QueryOutcome.Failed(
                    QueryOutcome.Reason.TOO_LARGE, "the query" + size), "");
            case ClientRequest.OpenSession other -> throw tooLong(bytes);
            case ClientRequest.NameSession other -> throw tooLong(bytes);
            case ClientRequest.CloseSession other -> throw tooLong(bytes);
            case ClientRequest.Status other -> throw tooLong(bytes);
            case ClientRequest.TakeSnapshot other -> throw tooLong(bytes);
            case ClientRequest.TransferLeadership other -> throw tooLong(bytes);
        });
        flush();
    }

    private static ClientReply tooLarge(ClientRequest command, String size) {
        return new ClientReply.CommandAnswered(command.id(), new Outcome.Rejected(Outcome.Reason.TOO_LARGE,
                "the command" + size, Duration.ZERO), "");
    }

    private static MalformedException tooLong(int bytes) {
        return new MalformedException(0, "a request of " + bytes + " bytes that has no payload");
    }
}
