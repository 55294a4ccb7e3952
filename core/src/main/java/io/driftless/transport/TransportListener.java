package io.driftless.transport;

/**
 * Is told what a transport noticed that did not stop it. Called on the transport's threads. Must not block or throw.
 */
public interface TransportListener {

    /** A listener that drops everything. */
    TransportListener NONE = new TransportListener() {
        @Override
        public void warning(String message) { }

        @Override
        public void badFrame(String remote, String message) { }
    };

    /**
     * Takes one line: a peer was refused, or a name does not resolve. The transport says each thing once per peer until
     * it changes.
     */
    void warning(String message);

    /**
     * A frame was too long, was truncated, had an unknown type or a bad checksum, or something arrived that is not the
     * Driftless protocol. Its connection was closed. Called for each bad frame, so that they can be counted. The line
     * for the log comes through {@link #warning}, once per peer.
     *
     * @param remote the peer's id and address, or the host of a client or stranger
     */
    void badFrame(String remote, String message);

    /**
     * A thread of the transport ended with this problem, or could not be started: an {@link OutOfMemoryError} where the
     * limit of threads is reached, or an error of the transport's own. The transport cannot go on without the thread,
     * so the node must end. Called at most a few times. This method may do whatever is necessary.
     */
    default void failed(Throwable problem) { }
}
