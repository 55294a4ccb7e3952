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

/** A connected client at the server's side. Thread safe; {@link #run} belongs to one thread. */
final class ServedClient implements ClientSession {

    private final Station station;
    private final Connection connection;
    private final InetSocketAddress from;
    private final Intake intake = new Intake();

    ServedClient(Station station, SocketChannel channel) throws IOException {
        this.station = station;
        this.from = (InetSocketAddress) channel.getRemoteAddress();
        this.connection = station.client(channel, "driftless-client-" + from.getPort());
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
        // After the goodbye it is read only so that the socket does not end with a reset, and lose our last answers.
        if (!intake.take(requests)) {
            return;
        }
        if (frames.getFirst().isCut()) {
            rejectAsTooLarge(requests.getFirst(), frames.getFirst().payloadLength());
        } else {
            station.receiver().requested(this, requests);
        }
    }

    /** Takes no request any more, and holds the goodbye until a {@link #flush}. */
    void sayGoodbye() {
        intake.stop().ifPresent(this::reply);
    }

    /** After the goodbye: ends our side once everything is answered and written; whether the client is gone. */
    boolean finish() {
        if (intake.unanswered() == 0 && connection.outbound().isEmpty()) {
            connection.endOutput();
        }
        return connection.isBroken();
    }

    @Override
    public void reply(ClientReply reply) {
        connection.outbound().hold(ClientCodec.encode(reply, connection.bytesRead()));
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
