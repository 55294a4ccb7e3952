package io.driftless.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Connects clients to nodes. Thread safe. */
public interface ClientTransport {

    /**
     * Connects and does the handshake. Blocks up to {@code timeout}.
     *
     * @param clusterId the cluster that the client means; if empty, any cluster is accepted
     * @throws NotDriftlessException if the other side does not speak the Driftless protocol, or speaks another version
     *         of it
     * @throws OtherClusterException if it belongs to another cluster
     * @throws IOException if it cannot be reached in time
     */
    ClientChannel connect(String clusterId, String address, Duration timeout, Listener listener) throws IOException;

    /** Is told what comes back. Called by one thread at a time. Must not block. */
    interface Listener {

        /** Delivers the replies of one read, in order. */
        void replied(List<ClientReply> replies);

        /** The connection is gone. Called once, as the last call. */
        void closed(String why);
    }

    /** The other side is a node of another cluster. */
    final class OtherClusterException extends IOException {
        private static final long serialVersionUID = 1L;

        /** Takes a message of one line. */
        public OtherClusterException(String message) {
            super(message);
        }
    }

    /** The other side is not a Driftless node, or is one of another version. */
    final class NotDriftlessException extends IOException {
        private static final long serialVersionUID = 1L;

        /** Takes a message of one line. */
        public NotDriftlessException(String message) {
            super(message);
        }
    }
}
