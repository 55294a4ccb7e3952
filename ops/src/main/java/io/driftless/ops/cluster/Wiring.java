package io.driftless.ops.cluster;

import io.driftless.machine.Consistency;
import io.driftless.client.ClientConfig;
import io.driftless.client.MemberClient;
import io.driftless.client.RaftClient;
import io.driftless.ops.console.IoProblem;
import io.driftless.ops.kv.KvQuery;
import io.driftless.transport.ClientTransport;
import io.driftless.transport.nio.NioTransport;
import java.io.IOException;
import java.time.Duration;

/** The one place that says by which transport commands reach a cluster. */
public final class Wiring {

    private Wiring() { }

    /**
     * A client of the members at {@code addresses}, {@code host:port} separated by commas, with so many commands under
     * way at most. No I/O here.
     */
    public static RaftClient client(String addresses, int inFlightMax) {
        return RaftClient.connect(ClientConfig.builder(addresses, clients()).inFlightMax(inFlightMax).build());
    }

    /**
     * A connection to one member; {@link IOException} that names the address if it cannot be reached within
     * {@code timeout}.
     */
    public static MemberClient member(String address, Duration timeout) throws IOException {
        try {
            return connect(address, timeout);
        } catch (IOException unreachable) {
            throw new IOException(problem(address, unreachable), unreachable);
        }
    }

    /** What keeps a member from being reached, with its address. */
    static String problem(String address, IOException unreachable) {
        String why = IoProblem.words(unreachable);
        return why.startsWith(address) ? why : address + ": " + why;
    }

    private static MemberClient connect(String address, Duration timeout) throws IOException {
        return MemberClient.connect(clients(), address, timeout);
    }

    private static ClientTransport clients() {
        return NioTransport.clients();
    }

    static NodeProbe probe(String address, Duration timeout) throws IOException {
        return new Probe(address, connect(address, timeout));
    }

    private record Probe(String address, MemberClient client) implements NodeProbe {

        @Override
        public String statusJson(Duration timeout) throws IOException {
            return client.statusJson(timeout);
        }

        @Override
        public Answered query(KvQuery query, Duration timeout) throws IOException {
            return Answered.of(address, client.query(query.encode(), Consistency.STALE, timeout));
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
