package io.driftless.ops.cluster;

import io.driftless.client.RaftClient;
import io.driftless.ops.kv.KvCommand;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Sends key-value commands to a cluster, in a session: each is executed at most once. Thread safe. */
public final class KvClient implements AutoCloseable {

    private final RaftClient client;

    private KvClient(RaftClient client) {
        this.client = client;
    }

    /** A client of the members at {@code addresses}, {@code host:port} separated by commas. No I/O here. */
    public static KvClient connect(String addresses, int inFlightMax) {
        return new KvClient(Wiring.client(addresses, inFlightMax));
    }

    /** A client over another one. */
    public static KvClient over(RaftClient client) {
        return new KvClient(client);
    }

    /** Waits for the outcome, at most {@code timeout}. */
    public KvExchange execute(KvCommand command, Duration timeout) {
        long startNs = System.nanoTime();
        return new KvExchange(command, client.execute(command.encode(), timeout), System.nanoTime() - startNs);
    }

    /** Queues only; never completes exceptionally. */
    public CompletableFuture<KvExchange> submit(KvCommand command, Duration timeout) {
        long startNs = System.nanoTime();
        return client.submit(command.encode(), timeout).thenApply(outcome ->
                new KvExchange(command, outcome, System.nanoTime() - startNs));
    }

    /** Like {@link #submit}, but waits until the client has room for it; that counts for timeout and nanos. */
    public CompletableFuture<KvExchange> submitWhenRoom(KvCommand command, Duration timeout) {
        long startNs = System.nanoTime();
        return client.submitWhenRoom(command.encode(), timeout).thenApply(outcome ->
                new KvExchange(command, outcome, System.nanoTime() - startNs));
    }

    @Override
    public void close() {
        client.close();
    }
}
