package io.driftless.transport;

import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import java.util.List;

/**
 * Receives what a transport delivers. For each peer, {@link #connected} comes before its messages,
 * {@link #disconnected} after them, and a new connection's {@code connected} after the old one's {@code disconnected}.
 * Each lane is delivered in order, by one thread at a time; different lanes are delivered concurrently. Calls may do
 * work, up to a disk write on the lanes {@link Lane#DATA} and {@link Lane#BULK}. They must not throw.
 */
public interface Receiver {

    /**
     * The lanes {@link Lane#CONTROL} and {@link Lane#DATA} to a peer are connected, and the handshake succeeded. {@link
     * Lane#BULK} opens by itself when something is sent on it.
     */
    void connected(Peer peer);

    /**
     * Delivers the messages of one read, in order.
     *
     * @param arrivedNs {@link System#nanoTime()} at the time when they had been read
     */
    void received(Peer peer, Lane lane, List<Message> messages, long arrivedNs);

    /** The connection is gone, and delivers nothing more. */
    void disconnected(Peer peer);

    /**
     * The process at the other end of a connection does not run any more: it has closed the connection, and further
     * ones are refused. Comes behind {@link #disconnected}, at most once, and not at all if it cannot be told from a
     * process that is cut off (R41).
     */
    default void gone(Peer peer) { }

    /** Delivers the requests of one read of a client's connection, in order. */
    void requested(ClientConnection connection, List<ClientRequest> requests);
}
