package io.driftless.node;

import io.driftless.client.Outcome;
import io.driftless.client.RaftClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * A client of a node in the same process. A blocking call from inside the state machine would wait for itself: it is
 * refused. Thread safe.
 */
final class LocalClient implements RaftClient {

    private final RaftClient client;
    private final BooleanSupplier insideTheMachine;

    LocalClient(RaftClient client, BooleanSupplier insideTheMachine) {
        this.client = client;
        this.insideTheMachine = insideTheMachine;
    }

    @Override
    public Outcome execute(byte[] command, Duration timeout) {
        if (insideTheMachine.getAsBoolean()) {
            throw new IllegalStateException("a state machine must not wait for the cluster that applies it");
        }
        return client.execute(command, timeout);
    }

    @Override
    public CompletableFuture<Outcome> submit(byte[] command, Duration timeout) {
        return client.submit(command, timeout);
    }

    @Override
    public void close() {
        client.close();
    }
}
