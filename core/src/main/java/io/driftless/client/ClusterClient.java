package io.driftless.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** SKELETON. */
final class ClusterClient implements RaftClient {

    ClusterClient(ClientConfig config) { }

    @Override
    public Outcome execute(byte[] command, Duration timeout) {
        throw new IllegalStateException("skeleton");
    }

    @Override
    public CompletableFuture<Outcome> submit(byte[] command, Duration timeout) {
        throw new IllegalStateException("skeleton");
    }

    @Override
    public void close() { }
}
