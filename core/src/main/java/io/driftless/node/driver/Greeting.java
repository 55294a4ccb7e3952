package io.driftless.node.driver;

import io.driftless.raft.ClusterConfiguration;
import io.driftless.raft.CommittedConfiguration;
import io.driftless.raft.Introduction;
import io.driftless.transport.Peer;
import java.util.Optional;

/** What this server tells of itself in every greeting (R17, R18). Thread safe. */
final class Greeting {

    private final Introduction start;
    private final Sightings sightings = new Sightings();
    private volatile Introduction told;

    /** As the server was at its start. */
    Greeting(Introduction start) {
        this.start = start;
        this.told = start;
    }

    /** How it was at its start. */
    Introduction start() {
        return start;
    }

    /** How it is now. */
    Introduction now() {
        return told.withSeen(sightings.all());
    }

    /** The cluster has formed. */
    synchronized void formed(ClusterConfiguration formation) {
        told = told.withCommitted(new CommittedConfiguration(0, formation));
    }

    /** Whether it may lack entries that it acknowledged. */
    synchronized void inDoubt(boolean isInDoubt) {
        told = told.withDoubt(isInDoubt);
    }

    /** A connection with a peer stands. Returns what is odd about its start, in one line. */
    Optional<String> met(Peer peer) {
        return sightings.met(peer);
    }
}
