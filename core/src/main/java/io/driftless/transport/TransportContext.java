package io.driftless.transport;

import io.driftless.codec.Serializer;
import io.driftless.raft.Introduction;
import io.driftless.raft.ServerId;
import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * What a node tells its transport. Immutable.
 *
 * @param clusterId           name of the cluster; a peer of another one is refused
 * @param self                this server
 * @param bind                where to listen, {@code host:port}; port 0 means any free port
 * @param addresses           where the other members are; resolved again for each connection attempt
 * @param serializer          how messages are written; peers must agree on it
 * @param introduction        what to tell a peer in the handshake; asked for again for each one
 * @param platformPeerThreads whether peer connections are read by platform threads instead of virtual ones
 * @param frameBytesMax       largest frame accepted from a peer: it must hold an entry of
 *                            {@link io.driftless.log.RaftLog#ENTRY_BYTES_MAX}, whatever this node's configuration says
 * @param requestBytesMax     largest frame accepted from a client
 * @param listener            is told what the transport notices
 */
public record TransportContext(String clusterId, ServerId self, String bind, SortedMap<ServerId, String> addresses,
        Serializer serializer, Supplier<Introduction> introduction, boolean platformPeerThreads, int frameBytesMax,
        int requestBytesMax, TransportListener listener) {

    /** Takes one limit for both peers and clients. */
    public TransportContext(String clusterId, ServerId self, String bind, SortedMap<ServerId, String> addresses,
            Serializer serializer, Supplier<Introduction> introduction, boolean platformPeerThreads, int frameBytesMax,
            TransportListener listener) {
        this(clusterId, self, bind, addresses, serializer, introduction, platformPeerThreads, frameBytesMax,
                frameBytesMax, listener);
    }
}
