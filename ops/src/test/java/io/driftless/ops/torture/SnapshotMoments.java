package io.driftless.ops.torture;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for what nodes do with snapshots, as their folders show it, and has a node need one. Confined to one thread.
 */
final class SnapshotMoments {

    /** So long is waited for a phase to begin, or for others to leave a node behind. */
    private static final Duration BEGINS_WITHIN = Duration.ofSeconds(60);
    private static final long LOOK_NS = 200_000;

    private final Trio trio;
    private final Random random;
    private int kills;

    SnapshotMoments(Trio trio, Random random) {
        this.trio = trio;
        this.random = random;
    }

    /** What is seen of one node. */
    interface Sight {
        boolean of(Server server) throws IOException;
    }

    /** How many processes were killed. */
    int kills() {
        return kills;
    }

    /** SIGKILL; {@link IllegalStateException} if it has ended by itself. */
    void kill(Server server) {
        if (!server.kill()) {
            throw new IllegalStateException(server.name() + " ended by itself: " + server.said());
        }
        kills++;
    }

    Server any() {
        return trio.servers().get(random.nextInt(Trio.NODES));
    }

    /**
     * The first of them of which it is seen; empty if it is of none in time. {@link IllegalStateException} if one ends
     * meanwhile.
     */
    static Optional<Server> watch(List<Server> servers, Sight sight) throws IOException {
        long endNs = System.nanoTime() + BEGINS_WITHIN.toNanos();
        while (System.nanoTime() < endNs) {
            for (Server server : servers) {
                if (sight.of(server)) {
                    return Optional.of(server);
                }
                if (!server.isAlive()) {
                    throw new IllegalStateException(server.name() + " ended by itself: " + server.said());
                }
            }
            LockSupport.parkNanos(LOOK_NS);
        }
        return Optional.empty();
    }

    static boolean isTaking(Server server) throws IOException {
        return !SnapshotFolder.unfinished(server.data(), true).isEmpty();
    }

    static boolean isReceiving(Server server) throws IOException {
        return !SnapshotFolder.unfinished(server.data(), false).isEmpty();
    }

    /**
     * A node that is down and lacks entries that the others have dropped: it was killed until they had snapshots of
     * what came after.
     */
    Server behind() throws IOException, InterruptedException {
        Server server = any();
        kill(server);
        List<Server> others = new ArrayList<>(trio.servers());
        others.remove(server);
        long goal = trio.statuses().stream().mapToLong(status -> status.number("last")).max().orElse(0);
        long reached = Math.max(goal, SnapshotFolder.newest(server.data()));
        for (Server other : others) {
            watch(List.of(other), each -> SnapshotFolder.newest(each.data()) > reached);
        }
        return server;
    }
}
