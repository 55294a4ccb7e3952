package io.driftless.transport;

import io.driftless.log.Bytes;

/**
 * What a client asks of a node: the envelope around a command, answered through the {@link ClientSession} it came from.
 * Immutable.
 */
public sealed interface ClientRequest {

    /**
     * Chosen by the client, from 1 on, unique on its connection; the reply carries it back. Each is higher than those
     * that were sent before it: a {@link ClientReply.Goodbye} names the highest that was read.
     */
    long id();

    /**
     * Execute a command.
     *
     * @param id         see {@link #id()}
     * @param timeLeftMs how long the client still waits; deadlines travel as time left
     * @param command    opaque
     */
    record Execute(long id, long timeLeftMs, Bytes command) implements ClientRequest { }

    /**
     * Ask this server's own state: local, possibly stale.
     *
     * @param id    see {@link #id()}
     * @param query opaque
     */
    record LocalQuery(long id, Bytes query) implements ClientRequest { }

    /**
     * Ask for the node's status.
     *
     * @param id see {@link #id()}
     */
    record Status(long id) implements ClientRequest { }
}
