package io.driftless.transport.nio;

import io.driftless.client.Outcome;
import io.driftless.errors.MalformedException;
import io.driftless.transport.ClientReply;
import io.driftless.transport.ClientRequest;
import io.driftless.transport.ClientSession;
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

    ServedClient(Station station, SocketChannel channel) throws IOException {
        this.station = station;
        this.from = (InetSocketAddress) channel.getRemoteAddress();
        this.connection = station.client(channel, "driftless-client-" + from.getPort());
    }

    /** Reads and delivers until the connection ends. */
    void run() {
        try {
            while (!connection.isBroken()) {
                List<Frame> frames = connection.read();
                List<ClientRequest> requests = new ArrayList<>(frames.size());
                for (Frame frame : frames) {
                    ClientRequest request = ClientCodec.request(frame);
                    if (frame.isCut()) {
                        rejectAsTooLarge(request, frame.payloadLength());
                    } else {
                        requests.add(request);
                    }
                }
                if (!station.isAccepting()) {
                    reject(requests);
                } else if (!requests.isEmpty()) {
                    station.receiver().requested(this, requests);
                }
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
        }
    }

    @Override
    public void reply(ClientReply reply) {
        connection.outbound().hold(ClientCodec.encode(reply, connection.bytesRead()));
    }

    @Override
    public void flush() {
        connection.outbound().flush();
    }

    @Override
    public String description() {
        return "client " + new Address(from.getAddress().getHostAddress(), from.getPort());
    }

    private void reject(List<ClientRequest> requests) {
        for (ClientRequest request : requests) {
            if (request instanceof ClientRequest.Execute) {
                reject(request, Outcome.Reason.CLOSED, "the node is closing");
            }
        }
        flush();
    }

    /** One that no frame has room for; those around it are not to suffer. */
    private void rejectAsTooLarge(ClientRequest request, int bytes) {
        if (!(request instanceof ClientRequest.Execute)) {
            throw new MalformedException(0, "a query of " + bytes + " bytes");
        }
        reject(request, Outcome.Reason.TOO_LARGE, "the command has " + bytes + " bytes, far above log.max.entry.bytes");
        flush();
    }

    private void reject(ClientRequest request, Outcome.Reason reason, String detail) {
        reply(new ClientReply.Executed(request.id(), new Outcome.Rejected(reason, detail, Duration.ZERO), ""));
    }
}
