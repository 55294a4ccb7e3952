package io.driftless.transport;

/** The return address of client requests: one connected client, as the node sees it. Thread safe. */
public interface ClientSession {

    /**
     * Queues a reply until {@link #flush}. Never blocks. If the client does not read, its connection breaks. Replies to
     * a broken connection are dropped.
     */
    void reply(ClientReply reply);

    /** Sends the queued replies, in one write where possible. Never blocks. */
    void flush();

    /** Describes the client in words, for log lines. */
    String description();
}
