package io.driftless.transport;

/** Makes the transport of a node; again after a restart in place. */
public interface TransportFactory {

    /** A transport that is not started yet. */
    Transport create(TransportContext context);

    /**
     * The client's side of the same transport: how a {@code RaftClient} of a node reaches the leader when that is
     * another node.
     */
    ClientTransport clients();
}
