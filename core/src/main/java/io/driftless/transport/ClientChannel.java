package io.driftless.transport;

/** One connection from a client to a node. Thread safe. */
public interface ClientChannel extends AutoCloseable {

    /**
     * Sends a request. Never blocks: what the socket does not take at once is sent by another thread, and too much of
     * it breaks the connection. The calling thread may write to the socket, so it must be one that nobody else
     * interrupts: an interrupt in the middle of a write ends the connection for all who share it.
     *
     * @return false if nothing of it was sent: the connection is gone
     */
    boolean send(ClientRequest request);

    /**
     * Like {@link #send}, but it may wait for {@link #flush}, so that several requests go with one write.
     *
     * @return false if nothing of it will be sent: the connection is gone
     */
    default boolean hold(ClientRequest request) {
        return send(request);
    }

    /** Sends what was held. */
    default void flush() { }

    /** Breaks the connection. Idempotent. */
    @Override
    void close();
}
