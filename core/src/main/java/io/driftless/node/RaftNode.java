package io.driftless.node;

import io.driftless.client.RaftClient;
import io.driftless.errors.ErrorSink;
import io.driftless.errors.UnrecoverableErrorHandler;
import io.driftless.log.StorageFactory;
import io.driftless.machine.StateMachine;
import io.driftless.transport.TransportFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** SKELETON: signatures only, the body follows. */
public final class RaftNode implements AutoCloseable {

    private RaftNode() { }

    public static Builder builder(String clusterId, String nodeId, Members members) {
        throw new IllegalStateException("skeleton");
    }

    public NodeStatus status() {
        throw new IllegalStateException("skeleton");
    }

    public boolean awaitLeader(Duration timeout) throws InterruptedException {
        throw new IllegalStateException("skeleton");
    }

    public CompletableFuture<NodeEnd> ended() {
        throw new IllegalStateException("skeleton");
    }

    /** The address it listens on, with the port that was really bound. */
    public String address() {
        throw new IllegalStateException("skeleton");
    }

    public RaftClient newClient() {
        throw new IllegalStateException("skeleton");
    }

    @Override
    public void close() { }

    /** Factories: a restart in place opens them again. */
    public interface Builder {
        Builder storage(StorageFactory factory);

        Builder transport(TransportFactory factory);

        Builder stateMachine(Supplier<? extends StateMachine> machine);

        Builder config(NodeConfig config);

        Builder listener(NodeListener listener);

        Builder errors(ErrorSink sink);

        Builder onUnrecoverable(UnrecoverableErrorHandler handler);

        RaftNode start();
    }
}
