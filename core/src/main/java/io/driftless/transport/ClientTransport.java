package io.driftless.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Connects clients to nodes. Thread safe. */
public interface ClientTransport {

    /** No generation: any will do, or none is known yet. */
    long GENERATION_UNKNOWN = -1;

    /**
     * Connects and does the handshake. Blocks up to {@code timeout}.
     *
     * @param clusterId the cluster that the client means; if empty, any cluster is accepted
     * @throws NotDriftlessException if the other side does not speak the Driftless protocol, or no version of it that
     *         this side speaks
     * @throws OtherClusterException if it belongs to another cluster
     * @throws IOException if it cannot be reached in time
     */
    ClientChannel connect(String clusterId, String address, Duration timeout, Listener listener) throws IOException;

    /**
     * Connects to a node of one generation of the cluster: what a client was told by one generation, a session say,
     * means nothing to another.
     *
     * @param clusterId  the cluster that the client means; if empty, any cluster is accepted
     * @param generation as {@link ClientChannel#generation} told it; {@link #GENERATION_UNKNOWN} takes any, and a node
     *                   that knows none is taken as well
     * @throws OtherClusterException if the node belongs to another cluster, or to another generation of it
     * @throws IOException as for {@link #connect(String, String, Duration, Listener)}
     */
    default ClientChannel connect(String clusterId, long generation, String address, Duration timeout,
            Listener listener) throws IOException {
        ClientChannel channel = connect(clusterId, address, timeout, listener);
        if (isOtherGeneration(generation, channel.generation())) {
            channel.close();
            throw OtherClusterException.ofGeneration(address, clusterId, channel.generation(), generation);
        }
        return channel;
    }

    /** Whether both generations are known, and differ. */
    static boolean isOtherGeneration(long one, long other) {
        return one != other && one != GENERATION_UNKNOWN && other != GENERATION_UNKNOWN;
    }

    /** Is told what comes back. Called by one thread at a time. Must not block. */
    interface Listener {

        /** Delivers the replies of one read, in order. */
        void replied(List<ClientReply> replies);

        /** The connection is gone. Called once, as the last call. */
        void closed(String why);
    }

    /** The other side is a node of another cluster, or of another generation of it. */
    final class OtherClusterException extends IOException {
        private static final long serialVersionUID = 1L;

        /** Takes a message of one line. */
        public OtherClusterException(String message) {
            super(message);
        }

        /**
         * Of a node of another generation.
         *
         * @param its  the generation of the node
         * @param own  the one that the client means
         */
        public static OtherClusterException ofGeneration(String address, String clusterId, long its, long own) {
            return new OtherClusterException(address + " belongs to another generation of "
                    + (clusterId.isEmpty() ? "its cluster" : "cluster '" + clusterId + "'") + ": " + its + ", not "
                    + own);
        }
    }

    /** The other side is not a Driftless node, or one that speaks no version of the protocol that this side speaks. */
    final class NotDriftlessException extends IOException {
        private static final long serialVersionUID = 1L;

        /** Takes a message of one line. */
        public NotDriftlessException(String message) {
            super(message);
        }
    }
}
