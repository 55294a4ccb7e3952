package io.driftless.transport;

import io.driftless.raft.Introduction;
import io.driftless.raft.ServerId;

/**
 * A connected peer. Immutable. A reconnect gives a new one.
 *
 * @param id           its name
 * @param introduction what it told about itself when this connection began
 * @param address      the other end of the connection, as the transport sees it; for a person
 * @param connection   number of the connection, unique in this process
 */
public record Peer(ServerId id, Introduction introduction, String address, long connection) { }
