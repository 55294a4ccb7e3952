package io.driftless.bench;

import io.driftless.client.ClientConfig;
import io.driftless.client.Outcome;
import io.driftless.client.RaftClient;
import io.driftless.transport.nio.NioTransport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
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

    /** Connections of {@link #window}, each from a client and a thread of its own. */
    static final int CONNECTIONS = 8;

    /** Commands that each of these connections keeps outstanding. */
    static final int OUTSTANDING_EACH = 8;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** A client of the cluster, ready: its connection stands and it has found the leader. One per benchmark thread. */
    @State(Scope.Thread)
    public static class Client {

        /** The members, {@code host:port} separated by commas. */
        @Param("")
        public String members;

        private final PutCommands commands = new PutCommands(FloorBenchmark.SIZE);
        private final Deque<CompletableFuture<Outcome>> outstanding = new ArrayDeque<>();
        private RaftClient client;

        /** Connects, and commits one command. */
        @Setup
        public void open() {
            client = RaftClient.connect(ClientConfig.builder(members, NioTransport.clients()).build());
            committed(client.execute(commands.next(), TIMEOUT));
        }

        /** Waits for what is outstanding, then disconnects. */
        @TearDown
        public void close() {
            try {
                while (!outstanding.isEmpty()) {
                    committed(outstanding.remove().join());
                }
            } finally {
                client.close();
            }
        }
    }

    /** One command outstanding: sends it and waits for its outcome. */
    @Benchmark
    @Threads(1)
    public Outcome single(Client client) {
        return committed(client.client.execute(client.commands.next(), TIMEOUT));
    }

    /**
     * Eight commands outstanding on each of eight connections: waits for the oldest one of this connection, then sends
     * another.
     */
    @Benchmark
    @Threads(CONNECTIONS)
    public Outcome window(Client client) {
        while (client.outstanding.size() < OUTSTANDING_EACH) {
            client.outstanding.add(client.client.submit(client.commands.next(), TIMEOUT));
        }
        return committed(client.outstanding.remove().join());
    }

    private static Outcome committed(Outcome outcome) {
        if (outcome instanceof Outcome.Committed) {
            return outcome;
        }
        throw new IllegalStateException("not committed: " + outcome);
    }
}
