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
 * @param bind                where to listen, {@code host:port}; port 0 takes a free one
 * @param addresses           where the other members are; resolved again at each connect
 * @param serializer          how messages are written; peers must agree on it
 * @param introduction        what to tell a peer in the handshake; asked anew for each one
 * @param platformPeerThreads whether peer connections are read by platform threads instead of virtual ones
 * @param frameBytesMax       largest frame accepted from a peer: at least an entry of
 *                            {@link io.driftless.log.RaftLog#ENTRY_BYTES_MAX}, whatever this node is configured with
 * @param requestBytesMax     largest frame accepted from a client
 * @param listener            is told what was noticed
 */
public record TransportContext(String clusterId, ServerId self, String bind, SortedMap<ServerId, String> addresses,
        Serializer serializer, Supplier<Introduction> introduction, boolean platformPeerThreads, int frameBytesMax,
        int requestBytesMax, TransportListener listener) {

    /** With one limit for peers and clients. */
    public TransportContext(String clusterId, ServerId self, String bind, SortedMap<ServerId, String> addresses,
            Serializer serializer, Supplier<Introduction> introduction, boolean platformPeerThreads, int frameBytesMax,
            TransportListener listener) {
        this(clusterId, self, bind, addresses, serializer, introduction, platformPeerThreads, frameBytesMax,
                frameBytesMax, listener);
    }
}
