package io.driftless.transport;

/** Is told what a transport noticed while it went on. Called on its threads; must not block or throw. */
public interface TransportListener {

    /** Drops everything. */
    TransportListener NONE = new TransportListener() {
        @Override
        public void warning(String message) { }

        @Override
        public void badFrame(String remote, String message) { }
    };

    /**
     * One line: a peer that was refused, a name that does not resolve. The transport says each thing once per peer
     * until it changes.
     */
    void warning(String message);

    /**
     * A frame was too long, truncated, of unknown type or with a bad checksum, or something came that is not our
     * protocol; its connection was closed. Called for each: count it. The line for the log comes through
     * {@link #warning}, once per peer.
     *
     * @param remote the peer's id and address, or the host of a client or stranger
     */
    void badFrame(String remote, String message);

    /**
     * A thread of the transport ended by this, or could not be started: an {@link OutOfMemoryError} where the limit of
     * threads is reached, or an error of the transport's own. It cannot go on without, so the node must end. Called at
     * most a few times; may do what it takes.
     */
    default void failed(Throwable problem) { }
}
