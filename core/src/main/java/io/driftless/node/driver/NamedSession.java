package io.driftless.node.driver;

import java.util.UUID;

/**
 * A session that a connection has named (R25), what its client said there last, and what this leader has appended of
 * it. Thread safe, but for the latter, which is confined to the owner of the core.
 */
final class NamedSession {

    /** Long before any stamp. */
    private static final long NEVER = Long.MIN_VALUE / 2;

    /** 0 until it is open. */
    private volatile long id;
    private final UUID nonce;
    private volatile long lowestWanted = 1;
    private long appendedMs = NEVER;
    private long openingIndex;

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

    // ---- Thread: the owner of the core

    /** This leader has appended a command of it, its opening or a renewal, with this stamp or a later one. */
    void appended(long stampMs) {
        appendedMs = stampMs;
    }

    /** The stamp up to which this leader has appended something that renews it; long ago if it has not. */
    long appendedMs() {
        return appendedMs;
    }

    /** Its opening is this leader's entry at this index, which is its id if the entry opens it. */
    void openingPlaced(long index) {
        openingIndex = index;
    }

    /** 0 if this leader has appended no opening of it. */
    long openingIndex() {
        return openingIndex;
    }

    /** Another leader may overwrite what this one has appended. */
    void forgetAppended() {
        appendedMs = NEVER;
        openingIndex = 0;
    }
}
