package io.driftless.transport;

import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;

/**
 * Carries messages between servers, and between clients and a server. Delivers in order on each lane or breaks the
 * connection: it never drops one message in between (R13). Reconnects by itself. Thread safe.
 */
public interface Transport extends AutoCloseable {

    /**
     * Listens and connects. Deliveries may begin before it returns.
     *
     * @throws io.driftless.errors.NodeStartException if the address is in use or cannot be bound
     */
    void start(Receiver receiver);

    /** The address it listens on, {@code host:port}, with the port that was really bound. */
    String address();

    /**
     * Sends a message. Never blocks and never waits: without a connection the message is dropped; what does not fit
     * into the outbound queue breaks the connection. An {@link Message.AppendEntries} brings its entries as
     * {@link Entries}.
     */
    void send(ServerId to, Lane lane, Message message);

    /**
     * Breaks the connections to all peers; they are made anew, with a new introduction. Never blocks.
     */
    void reintroduce();

    /**
     * Stops listening for new connections and requests, so that what is in flight can be answered: commands that
     * clients still send on their connections are rejected as {@code CLOSED} without being delivered. Idempotent.
     */
    void stopAccepting();

    /**
     * Breaks all connections and ends all threads. On return nothing is delivered any more: a delivery under way is
     * waited for, unless it is the caller itself. Idempotent.
     */
    @Override
    void close();
}
