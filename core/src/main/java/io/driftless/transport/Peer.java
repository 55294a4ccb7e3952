package io.driftless.transport;

import io.driftless.raft.Introduction;
import io.driftless.raft.ServerId;

/**
 * A connected peer. Immutable; a reconnect gives a new one.
 *
 * @param id           its name
 * @param introduction what it told of itself when this connection began
 * @param address      where it was met, as the transport sees the other end of the connection; for a person
 * @param connection   number of the connection, unique in this process
 */
public record Peer(ServerId id, Introduction introduction, String address, long connection) { }
