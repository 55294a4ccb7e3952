package io.driftless.node.driver;

import io.driftless.raft.Introduction;
import io.driftless.raft.ServerId;
import io.driftless.raft.Sighting;
import io.driftless.transport.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The starts of its peers that a node was connected with, to be told in every greeting (R18). Of one incarnation only
 * those are kept that no later start has followed: usually one, and more if a data folder was put back to an earlier
 * copy or runs twice. In memory only, and bounded. Thread safe.
 */
final class Sightings {

    private static final int OF_ONE_INCARNATION_MAX = 8;
    private static final int SIGHTINGS_MAX = 128;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Sighting> seen = new ArrayList<>();

    /** All of them, those of one incarnation in the order in which they were last met. */
    List<Sighting> all() {
        lock.lock();
        try {
            return List.copyOf(seen);
        } finally {
            lock.unlock();
        }
    }

    /** A connection with a peer stands. Returns what is odd about its start, in one line. */
    Optional<String> met(Peer peer) {
        Introduction told = peer.introduction();
        Sighting start = new Sighting(told.incarnation(), told.boot(), told.run(), peer.address());
        lock.lock();
        try {
            List<Sighting> others = seen.stream().filter(each -> each.incarnation().equals(told.incarnation())
                    && !each.run().equals(told.run())).toList();
            List<UUID> runs = seen.stream().map(Sighting::run).toList();
            seen.removeIf(each -> each.incarnation().equals(told.incarnation()) && (each.boot() < told.boot()
                    || each.run().equals(told.run())));
            seen.add(start);
            limit(told.incarnation());
            Optional<Sighting> newer = others.stream().filter(each -> !isBefore(each, start, runs)).findFirst();
            return newer.map(other -> odd(peer.id(), start, other, runs.contains(start.run())));
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is an earlier start of the same folder, or was met before this one was last. */
    private static boolean isBefore(Sighting other, Sighting start, List<UUID> runs) {
        int at = runs.indexOf(start.run());
        return at >= 0 ? runs.indexOf(other.run()) < at : other.boot() < start.boot();
    }

    private static String odd(ServerId id, Sighting start, Sighting other, boolean alternate) {
        return alternate ? "two copies of the data folder of " + id + " run and take turns: " + start + ", and " + other
                + "; stop one of them" : "the data folder of " + id + " was put back to an earlier copy, or a copy of"
                + " it was started: now " + start + ", and seen before " + other
                + "; it has no vote until a leader has brought it up to date";
    }

    private void limit(UUID incarnation) {
        List<Sighting> own = seen.stream().filter(each -> each.incarnation().equals(incarnation)).toList();
        if (own.size() > OF_ONE_INCARNATION_MAX) {
            // Not the first: it has the highest boot.
            seen.remove(own.get(1));
        }
        if (seen.size() > SIGHTINGS_MAX) {
            seen.removeFirst();
        }
    }
}
