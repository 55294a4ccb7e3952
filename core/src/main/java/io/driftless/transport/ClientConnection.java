package io.driftless.transport;

/** The return address of client requests: one connected client, as the node sees it. Thread safe. */
public interface ClientConnection {

    /**
     * Queues a reply until {@link #flush}. Never blocks. If the client does not read, its connection breaks. Replies to
     * a broken connection are dropped.
     */
    void reply(ClientReply reply);

    /** Sends the queued replies, in one write where possible. Never blocks. */
    void flush();

    /** Whether the client may still be there: false once the connection is known to be gone, and for good. */
    boolean isOpen();

    /** Describes the client in words, for log lines. */
    String description();
}
