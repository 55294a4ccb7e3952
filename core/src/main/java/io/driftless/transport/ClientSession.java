package io.driftless.transport;

/** The return address of client requests: one connected client, seen from the node. Thread safe. */
public interface ClientSession {

    /**
     * Queues a reply until {@link #flush}. Never blocks; if the client does not read, its connection breaks, and
     * replies to a broken connection are dropped.
     */
    void reply(ClientReply reply);

    /** Sends what was queued, in one write where possible. Never blocks. */
    void flush();

    /** In words, for log lines. */
    String description();
}
