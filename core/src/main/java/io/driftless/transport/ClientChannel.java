package io.driftless.transport;

/** One connection from a client to a node. Thread safe. */
public interface ClientChannel extends AutoCloseable {

    /**
     * Sends a request. Does not wait for anything but room in the socket; never after {@link #close}. An interrupt of the
     * calling thread must not break the connection: other threads have requests on it. Replies may be delivered before it
     * returns, also on this thread.
     *
     * @return false if nothing of it was sent: the connection is gone
     */
    boolean send(ClientRequest request);

    /** Breaks the connection. Idempotent. */
    @Override
    void close();
}
