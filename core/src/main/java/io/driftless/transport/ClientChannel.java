package io.driftless.transport;

/** One connection from a client to a node. Thread safe. */
public interface ClientChannel extends AutoCloseable {

    /**
     * Sends a request. Never blocks: another thread sends what the socket does not take at once, and too much of that
     * breaks the connection. The calling thread may write to the socket, so it must be a thread that nobody else
     * interrupts: an interrupt in the middle of a write ends the connection for all who share it.
     *
     * @return false if nothing of it was sent: the connection is gone
     */
    boolean send(ClientRequest request);

    /**
     * Like {@link #send}, but the request may wait for {@link #flush}, so that several requests go out in one write.
     *
     * @return false if nothing of it will be sent: the connection is gone
     */
    default boolean hold(ClientRequest request) {
        return send(request);
    }

    /** Sends the requests that were held. */
    default void flush() { }

    /**
     * The generation of the node's cluster, as the node told it when the connection began. A client that has lost the
     * connection and means to go on where it was connects anew with it: {@link ClientTransport#connect(String,
     * long, String, java.time.Duration, ClientTransport.Listener)}.
     *
     * @return {@link ClientTransport#GENERATION_UNKNOWN} if the node has not formed a cluster yet, or did not tell
     */
    default long generation() {
        return ClientTransport.GENERATION_UNKNOWN;
    }

    /** Breaks the connection. Idempotent. */
    @Override
    void close();
}
