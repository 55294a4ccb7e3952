package io.driftless.bench.commit;

import io.driftless.client.ClientConfig;
import io.driftless.client.RaftClient;
import io.driftless.machine.Outcome;
import io.driftless.transport.nio.NioTransport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * Durable commands to a running cluster, as a user's program sends them: {@code put} of a 256-byte value into the
 * replicated key-value machine. Every outcome is looked at; one that is not committed fails the run, so that no number
 * ever counts a rejected command.
 */
public class CommitBenchmark {

    /** Connections of {@link #window}, each of a client of its own. */
    static final int CONNECTIONS = 8;

    /** Commands that each of these connections keeps outstanding. */
    static final int OUTSTANDING_EACH = 8;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** A client of the cluster, ready: its connection stands and it has found the leader. */
    @State(Scope.Thread)
    public static class Client {

        /** The members, {@code host:port} separated by commas. */
        @Param("")
        public String members;

        /** Whether the commands go in a session. */
        @Param("true")
        public boolean sessions;

        private final PutCommands commands = new PutCommands(FloorBenchmark.SIZE);
        private RaftClient client;

        /** Connects, and commits one command. */
        @Setup
        public void open() {
            client = connect(members, sessions);
            committed(client.execute(commands.next(), TIMEOUT));
        }

        /** Disconnects. */
        @TearDown
        public void close() {
            client.close();
        }
    }

    /** Several clients, each with a connection of its own, driven by one thread. */
    @State(Scope.Thread)
    public static class Clients {

        /** The members, {@code host:port} separated by commas. */
        @Param("")
        public String members;

        /** Whether the commands go in a session. */
        @Param("true")
        public boolean sessions;

        private final PutCommands commands = new PutCommands(FloorBenchmark.SIZE);
        private final List<RaftClient> clients = new ArrayList<>();
        private final Deque<CompletableFuture<Outcome>> outstanding = new ArrayDeque<>();
        private int sent;

        /** Connects, and commits one command on each connection. */
        @Setup
        public void open() {
            for (int i = 0; i < CONNECTIONS; i++) {
                RaftClient client = connect(members, sessions);
                clients.add(client);
                committed(client.execute(commands.next(), TIMEOUT));
            }
        }

        /** Waits for what is outstanding, then disconnects. */
        @TearDown
        public void close() {
            try {
                while (!outstanding.isEmpty()) {
                    committed(outstanding.remove().join());
                }
            } finally {
                clients.forEach(RaftClient::close);
            }
        }

        /** Sends a command; each connection in turn gets as many as it keeps outstanding. */
        void send() {
            RaftClient client = clients.get(sent / OUTSTANDING_EACH);
            sent = (sent + 1) % (CONNECTIONS * OUTSTANDING_EACH);
            outstanding.add(client.submit(commands.next(), TIMEOUT));
        }
    }

    /** One command outstanding: sends it and waits for its outcome. */
    @Benchmark
    @Threads(1)
    public Outcome single(Client client) {
        return committed(client.client.execute(client.commands.next(), TIMEOUT));
    }

    /**
     * Eight commands outstanding on each of eight connections: waits for the oldest one, then sends another on the same
     * connection.
     */
    @Benchmark
    @Threads(1)
    public Outcome window(Clients all) {
        while (all.outstanding.size() < CONNECTIONS * OUTSTANDING_EACH) {
            all.send();
        }
        return committed(all.outstanding.remove().join());
    }

    private static RaftClient connect(String members, boolean sessions) {
        return RaftClient.connect(ClientConfig.builder(members, NioTransport.clients()).sessions(sessions).build());
    }

    static Outcome committed(Outcome outcome) {
        if (outcome instanceof Outcome.Committed) {
            return outcome;
        }
        throw new IllegalStateException("not committed: " + outcome);
    }
}
