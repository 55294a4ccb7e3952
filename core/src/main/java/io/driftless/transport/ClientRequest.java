package io.driftless.transport;

import io.driftless.log.Bytes;

/**
 * What a client asks of a node. It is the envelope around a command, and is answered through the {@link ClientSession}
 * from which it came. Immutable.
 */
public sealed interface ClientRequest {

    /**
     * The number of the request. The client chooses it, from 1 on, unique on its connection. The reply carries it back.
     * Each number is higher than those sent before it, because a {@link ClientReply.Goodbye} names the highest that was
     * read.
     */
    long id();

    /**
     * Asks the node to execute a command.
     *
     * @param id         see {@link #id()}
     * @param timeLeftMs how long the client still waits, in milliseconds; deadlines are sent as the time left
     * @param command    opaque
     */
    record Execute(long id, long timeLeftMs, Bytes command) implements ClientRequest { }

    /**
     * Queries this server's own state. The answer is local, and possibly stale.
     *
     * @param id    see {@link #id()}
     * @param query opaque
     */
    record LocalQuery(long id, Bytes query) implements ClientRequest { }

    /**
     * Asks for the node's status.
     *
     * @param id see {@link #id()}
     */
    record Status(long id) implements ClientRequest { }
}
