package io.driftless.node.driver;

import java.util.UUID;

/**
 * A session that a connection has named (R25), and what its client said there last. Thread safe.
 */
final class NamedSession {

    /** 0 until it is open. */
    private volatile long id;
    private final UUID nonce;
    private volatile long lowestWanted = 1;

    NamedSession(long id, UUID nonce) {
        this.id = id;
        this.nonce = nonce;
    }

    /** It is open, with this id. */
    void opened(long itsId) {
        id = itsId;
    }

    long id() {
        return id;
    }

    UUID nonce() {
        return nonce;
    }

    /** The lowest serial that the client was heard to want. */
    long lowestWanted() {
        return lowestWanted;
    }

    /** It never falls. Thread: that of the connection's reader, one at a time. */
    void wantsFrom(long serial) {
        lowestWanted = Math.max(lowestWanted, serial);
    }
}
