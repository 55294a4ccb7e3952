package io.driftless.client;

import io.driftless.machine.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Submits commands to a cluster. Thread safe: share one. An interface, so that users can fake it. Needs no JVM flag.
 */
public interface RaftClient extends AutoCloseable {

    /** A client of the members that {@code config} names. No I/O here: connections are made when they are needed. */
    static RaftClient connect(ClientConfig config) {
        return new ClusterClient(config);
    }

    /**
     * Executes a command and waits for its outcome, at most {@code timeout}; zero or less is rejected as
     * {@link Outcome.Reason#NO_TIME} before anything is sent. An interrupt gives
     * {@link Outcome.Unknown}, or {@link Outcome.Rejected} if nothing was sent, and sets the thread's flag again. The
     * array is given away. A command is never sent again once its outcome is unknown.
     */
    Outcome execute(byte[] command, Duration timeout);

    /**
     * Like {@link #execute} without waiting: queues only. Never completes exceptionally; cancelling recalls nothing.
     */
    CompletableFuture<Outcome> submit(byte[] command, Duration timeout);

    /**
     * Like {@link #submit}, but first waits until this client may have the command under way beside the others, see
     * {@link ClientConfig#inFlightMax()}: it paces who submits more than the cluster takes. The wait counts for
     * {@code timeout}; when that passes the command is rejected as overloaded, and an interrupt meanwhile rejects it
     * and leaves the thread's flag set. A client without such a limit does not wait.
     */
    default CompletableFuture<Outcome> submitWhenRoom(byte[] command, Duration timeout) {
        return submit(command, timeout);
    }

    /**
     * Connects to one member of the cluster, to ask about it or to query its state machine from its own state, see
     * {@link MemberClient}. Waits for the connection. It is the caller's to close, and outlives this client.
     *
     * @param address {@code host:port}
     * @throws IOException if it cannot be reached in time, is not a Driftless node, or belongs to another cluster than
     *         this client insists on; one line that says which
     * @throws IllegalArgumentException if {@code timeout} is zero or less
     * @throws UnsupportedOperationException if this kind of client has no way to a single member
     */
    default MemberClient member(String address, Duration timeout) throws IOException {
        throw new UnsupportedOperationException(getClass().getName() + " has no way to a single member");
    }

    /** What is pending becomes {@link Outcome.Unknown}. Idempotent. */
    @Override
    void close();
}
