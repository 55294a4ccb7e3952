package io.driftless.transport;

/** One connection from a client to a node. Thread safe. */
public interface ClientChannel extends AutoCloseable {

    /**
     * Sends a request. Does not wait for anything but room in the socket; never after {@link #close}.
     *
     * @return false if nothing of it was sent: the connection is gone
     */
    boolean send(ClientRequest request);

    /** Breaks the connection. Idempotent. */
    @Override
    void close();
}
