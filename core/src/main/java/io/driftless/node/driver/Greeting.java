package io.driftless.node.driver;

import io.driftless.raft.Introduction;
import io.driftless.raft.ServerId;
import io.driftless.transport.Peer;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;

/** What this server tells of itself in every greeting (R17, R18). Thread safe. */
final class Greeting {

    private final Introduction start;
    private final Sightings sightings = new Sightings();
    private volatile SortedMap<ServerId, UUID> formed;
    private volatile boolean inDoubt;

    /** As the server was at its start. */
    Greeting(Introduction start) {
        this.start = start;
        this.formed = start.formed();
        this.inDoubt = start.inDoubt();
    }

    /** How it was at its start. */
    Introduction start() {
        return start;
    }

    /** How it is now. */
    Introduction now() {
        return new Introduction(start.id(), start.incarnation(), start.boot(), start.run(), start.members(), formed,
                inDoubt, sightings.all());
    }

    /** The cluster has formed of these. */
    void formed(SortedMap<ServerId, UUID> incarnations) {
        formed = incarnations;
    }

    /** Whether it may lack entries that it acknowledged. */
    void inDoubt(boolean isInDoubt) {
        inDoubt = isInDoubt;
    }

    /** A connection with a peer stands. Returns what is odd about its start, in one line. */
    Optional<String> met(Peer peer) {
        return sightings.met(peer);
    }
}
