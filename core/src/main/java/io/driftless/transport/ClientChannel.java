package io.driftless.transport;

/** One connection from a client to a node. Thread safe. */
public interface ClientChannel extends AutoCloseable {

    /**
     * Sends a request. Never blocks: what the socket does not take at once is sent by another thread, and too much of
     * it breaks the connection.
     *
     * @return false if nothing of it was sent: the connection is gone
     */
    boolean send(ClientRequest request);

    /** Breaks the connection. Idempotent. */
    @Override
    void close();
}
