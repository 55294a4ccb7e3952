package io.driftless.transport;

import io.driftless.log.Chunk;
import io.driftless.log.Entries;
import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import io.driftless.raft.ServerId;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;

/**
 * Carries messages between servers, and between clients and a server. On the lanes {@link Lane#CONTROL} and {@link
 * Lane#DATA} it delivers in order or breaks the connection: it never drops one message in between (R13). What is sent
 * on {@link Lane#BULK} may be lost, also in between, without an end of the connection; what arrives is in order. It
 * reconnects by itself. Thread safe.
 */
public interface Transport extends AutoCloseable {

    /**
     * Listens and connects. Deliveries may begin before this call returns.
     *
     * @throws io.driftless.errors.NodeStartException if the address is in use or cannot be bound
     */
    void start(Receiver receiver);

    /** The address that it listens on, {@code host:port}, with the port that was actually bound. */
    String address();

    /**
     * Sends a message. Never blocks and never waits. Without a connection, the message is dropped. A message that does
     * not fit into the outbound queue breaks the connection; on {@link Lane#BULK}, whose queue holds at least 4 MiB and
     * one message more, it is dropped instead. A {@link Message.AppendEntries} carries its entries as {@link Entries},
     * a {@link Message.InstallSnapshot} its bytes as {@link Chunk}.
     */
    void send(ServerId to, Lane lane, Message message);

    /**
     * Breaks the connections to all peers. They are made again, with a new introduction. This also holds for
     * connections that are just being made: afterwards no connection stands whose greeting was told before this call.
     * Never blocks.
     *
     * <p>It has no default implementation, because a server whose peers keep an introduction that no longer holds may
     * be in doubt forever.
     */
    void reintroduce();

    /**
     * Why members cannot be reached now: what was last learned about each. Members to which a connection stands are not
     * in it, nor are members about which nothing is known yet. Cheap, and never blocks.
     */
    default SortedMap<ServerId, Unreachable> unreachable() {
        return Collections.emptySortedMap();
    }

    /**
     * Stops listening for new connections and requests, so that what is in flight can be answered. From then on, only
     * requests whose delivery has begun are delivered. A {@link ClientReply.Goodbye} tells each client which request
     * was the highest that was read on its connection. Never blocks, and never makes the calling thread write to a
     * socket. Idempotent.
     */
    void stopAccepting();

    /**
     * Ends the connections of clients in an orderly way, after {@link #stopAccepting}. Waits until every command that
     * was read has been answered, the answers have gone out, and the clients have received them all, but no longer than
     * {@code atMost}. An interrupt does not shorten the wait.
     */
    default void drain(Duration atMost) { }

    /**
     * Breaks all connections and ends all threads. After it has returned, nothing is delivered any more: it waits for a
     * delivery that is under way, unless that delivery is the caller. Idempotent.
     */
    @Override
    void close();
}
