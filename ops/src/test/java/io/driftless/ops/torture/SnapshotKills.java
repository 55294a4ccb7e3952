package io.driftless.ops.torture;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Ends nodes by SIGKILL while they do something with snapshots, and starts them again before it returns. What is on the
 * disk once the process is gone says whether it was hit in that phase; a kill that came too late does not count, though
 * it was one. Confined to one thread.
 */
final class SnapshotKills {

    /** A transfer takes longer. */
    private static final int INTO_TRANSFER_MS = 700;
    private static final String RESTORING = "restoring the snapshot of index";
    private static final String RESTORED = "restored the snapshot of index";
    private static final String NOT_INSTALLED = "and begins behind it now";

    private final Trio trio;
    private final Random random;
    private final Pauses pauses = new Pauses(INTO_TRANSFER_MS);
    private final SnapshotMoments moments;
    private int ended;

    SnapshotKills(Trio trio, Random random) {
        this.trio = trio;
        this.random = random;
        this.moments = new SnapshotMoments(trio, random);
    }

    /** How many processes it has killed, in whatever phase. */
    int kills() {
        return moments.kills();
    }

    /** How many starts have ended an installation that a kill had cut short. */
    int installationsEnded() {
        return ended;
    }

    /** Whether a process was killed in that phase. */
    boolean strike(SnapshotPhase phase) throws IOException, InterruptedException {
        return switch (phase) {
            case TAKING -> whileTaking();
            case SENDING -> whileSending();
            case RECEIVING -> whileReceiving();
            case INSTALLING -> whileInstalling();
            case RESTORING -> whileRestoring();
            case COMPACTING -> afterCompacting();
            case ANY -> atAnyMoment();
        };
    }

    private boolean whileTaking() throws IOException {
        Optional<Server> found = SnapshotMoments.watch(trio.servers(), SnapshotMoments::isTaking);
        if (found.isEmpty()) {
            return false;
        }
        moments.kill(found.get());
        boolean struck = SnapshotMoments.isTaking(found.get());
        found.get().start();
        return struck;
    }

    private boolean afterCompacting() throws IOException {
        Map<Server, Set<String>> before = new HashMap<>();
        Optional<Server> found = SnapshotMoments.watch(trio.servers(), server -> {
            Set<String> now = SnapshotFolder.segments(server.data());
            Set<String> then = before.put(server, now);
            return then != null && !now.containsAll(then);
        });
        if (found.isPresent()) {
            moments.kill(found.get());
            found.get().start();
        }
        return found.isPresent();
    }

    private boolean whileRestoring() throws IOException {
        Server server = moments.any();
        if (SnapshotFolder.newest(server.data()) == 0) {
            return false;
        }
        moments.kill(server);
        server.begin();
        boolean began = SnapshotMoments.watch(List.of(server), starting -> starting.said().contains(RESTORING))
                .isPresent();
        moments.kill(server);
        boolean struck = began && !server.said().contains(RESTORED);
        server.start();
        return struck;
    }

    private boolean atAnyMoment() throws IOException, InterruptedException {
        pauses.next(random);
        Server server = moments.any();
        moments.kill(server);
        server.start();
        return true;
    }

    private boolean whileReceiving() throws IOException, InterruptedException {
        Server receiver = moments.behind();
        receiver.begin();
        Optional<Server> found = SnapshotMoments.watch(List.of(receiver), SnapshotMoments::isReceiving);
        if (found.isEmpty()) {
            return false;
        }
        pauses.next(random);
        moments.kill(found.get());
        boolean struck = SnapshotMoments.isReceiving(found.get());
        found.get().start();
        return struck;
    }

    private boolean whileSending() throws IOException, InterruptedException {
        Server receiver = moments.behind();
        receiver.begin();
        if (SnapshotMoments.watch(List.of(receiver), SnapshotMoments::isReceiving).isEmpty()) {
            return false;
        }
        Optional<Server> leader = trio.leader();
        if (leader.isEmpty() || leader.get() == receiver) {
            return false;
        }
        moments.kill(leader.get());
        boolean struck = SnapshotMoments.isReceiving(receiver);
        leader.get().start();
        return struck;
    }

    private boolean whileInstalling() throws IOException, InterruptedException {
        Server receiver = moments.behind();
        Set<String> before = SnapshotFolder.whole(receiver.data(), false);
        long newest = SnapshotFolder.newest(receiver.data());
        receiver.begin();
        SnapshotMoments.Sight received = server -> !before.containsAll(SnapshotFolder.whole(server.data(), false));
        // The quicker look: the log is reset within milliseconds.
        boolean seen = SnapshotMoments.watch(List.of(receiver), server -> SnapshotFolder.newest(server.data()) > newest)
                .isPresent();
        moments.kill(receiver);
        boolean struck = seen && received.of(receiver);
        receiver.start();
        if (receiver.said().contains(NOT_INSTALLED)) {
            ended++;
        }
        return struck;
    }
}
