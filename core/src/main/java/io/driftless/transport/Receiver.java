package io.driftless.transport;

import io.driftless.raft.Lane;
import io.driftless.raft.Message;
import java.util.List;

/**
 * What a transport delivers to. For one peer: {@link #connected} comes before its messages, {@link #disconnected} after
 * them, and a new connection's {@code connected} after the old one's {@code disconnected}; each lane is delivered in
 * order by one thread at a time, the two lanes side by side. Calls may do work, up to a disk write on the
 * {@link Lane#DATA} lane; they must not throw.
 */
public interface Receiver {

    /** Both lanes to a peer stand, and the handshake was good. */
    void connected(Peer peer);

    /**
     * Messages of one read, in order.
     *
     * @param arrivedNs {@link System#nanoTime()} when they had been read
     */
    void received(Peer peer, Lane lane, List<Message> messages, long arrivedNs);

    /** The connection is gone; nothing of it comes any more. */
    void disconnected(Peer peer);

    /** Requests of one read of a client's connection, in order. */
    void requested(ClientSession session, List<ClientRequest> requests);
}
