package io.driftless.transport;

/** Makes the transport of a node, and makes another one after a restart in place. */
public interface TransportFactory {

    /** Makes a transport that is not started yet. */
    Transport create(TransportContext context);

    /**
     * The client's side of the same transport. A {@code RaftClient} of a node uses it to reach the leader when another
     * node leads.
     */
    ClientTransport clients();
}
