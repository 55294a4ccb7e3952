package io.driftless.transport;

import io.driftless.log.Entries;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;

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
     * Breaks the connections to all peers; they are made anew, with a new introduction. That holds for a connection too
     * that is being made: none stands afterwards whose greeting was told before this call. Never blocks.
     *
     * <p>It has no default: a server whose peers keep an introduction that no longer holds may be in doubt for ever.
     */
    void reintroduce();

    /**
     * Why members are not reached now: what was last learned of each. A member to which a connection stands is not in
     * it, and neither is one of which nothing is known yet. Cheap, and never blocks.
     */
    default SortedMap<ServerId, Unreachable> unreachable() {
        return Collections.emptySortedMap();
    }

    /**
     * Stops listening for new connections and requests, so that what is in flight can be answered. No request is
     * delivered any more but those whose delivery has begun, and each client is told by a {@link ClientReply.Goodbye}
     * which was the highest that was read on its connection. Never blocks, and leaves the calling thread no socket to
     * write to. Idempotent.
     */
    void stopAccepting();

    /**
     * After {@link #stopAccepting}: ends the connections of clients in order. Waits until every command that was read
     * is answered, the answers have gone out, and the clients have them all; at most so long. An interrupt does not
     * cut the wait short.
     */
    default void drain(Duration atMost) { }

    /**
     * Breaks all connections and ends all threads. On return nothing is delivered any more: a delivery under way is
     * waited for, unless it is the caller itself. Idempotent.
     */
    @Override
    void close();
}
