package io.driftless.ops.torture;

import io.driftless.ops.process.ScratchFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** The process that {@link SnapshotFullDiskTest} starts in namespaces of its own. Ends when its standard input does. */
final class SnapshotFullDisk {

    /** Enough for the log, but not for a snapshot. */
    private static final long LITTLE = 1_500_000;
    /** Enough for a snapshot that comes in, and hardly more. */
    private static final long JUST_ENOUGH = 5_000_000;
    private static final Duration FULL = Duration.ofSeconds(5);
    private static final Duration END = Duration.ofSeconds(60);
    private static final int INTO_TRANSFER_MS = 700;
    private static final int CHUNK = 64 << 10;
    private static final int ATTEMPTS = 5;
    private static final String A_LINE = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\S+ (INFO|WARN|ERROR) .*";

    private final Trio trio;
    private final World world;
    private final Random random;
    private final SnapshotMoments moments;
    private int ended;
    private int lived;

    /** That a node is sent a snapshot, which had those of others before. */
    private interface Sign {
        boolean of(Server server, Set<String> before) throws IOException;
    }

    private SnapshotFullDisk(Trio trio, World world, Random random) {
        this.trio = trio;
        this.world = world;
        this.random = random;
        this.moments = new SnapshotMoments(trio, random);
    }

    /** With a folder and a seed. */
    public static void main(String[] arguments) throws Exception {
        Namespaces.endWithParent();
        Path parent = Files.createDirectories(Path.of(arguments[0])).toAbsolutePath();
        ScratchFolder folder = ScratchFolder.createIn(parent);
        Random random = new Random(Long.parseLong(arguments[1]));
        World world = new Namespaces(folder.path());
        try (Trio trio = new Trio(folder.path(), world, Optional.empty());
                SnapshotLoad load = SnapshotLoad.start(trio, random)) {
            SnapshotFullDisk disk = new SnapshotFullDisk(trio, world, random);
            disk.whileTaking();
            disk.whereTheSnapshotHasNoRoom();
            disk.whileReceiving();
            disk.whileInstalling();
            List<String> violations = load.end();
            if (!violations.isEmpty()) {
                throw new AssertionError("kept in " + folder.path() + ":\n" + String.join("\n", violations));
            }
            System.out.println("snapshots on full disks: taking=1 refused=1 receiving=1 installing=1 ended="
                    + disk.ended + " lived=" + disk.lived + " " + load.counts());
        }
        folder.remove();
        System.exit(0);
    }

    /** First it has no room for the snapshot alone, then for nothing. */
    private void whileTaking() throws IOException, InterruptedException {
        Server server = moments.any();
        fillBut(server, LITTLE);
        require(server, SnapshotMoments.watch(List.of(server), each -> each.said().contains("no snapshot of index")
                || !each.isAlive()).isPresent(), "takes a snapshot where there is no room for it");
        full(server);
    }

    /**
     * Where only the snapshot has no room the node lives, and takes it in as soon as there is some. A node that was
     * killed in the middle of an installation drops its log at the start, which makes room: then another one is tried.
     */
    private void whereTheSnapshotHasNoRoom() throws IOException, InterruptedException {
        boolean isRefused = false;
        for (int attempt = 1; !isRefused; attempt++) {
            Server server = moments.behind();
            require(server, attempt <= ATTEMPTS, "and others took in snapshots for which there was no room");
            fillBut(server, LITTLE);
            server.begin();
            SnapshotMoments.watch(List.of(server), each -> isRefused(each) || !each.isAlive()
                    || each.said().contains("received the snapshot"));
            isRefused = isRefused(server);
            roomAgain(server);
        }
    }

    private static boolean isRefused(Server server) {
        return server.said().contains("is not taken in");
    }

    private void whileReceiving() throws IOException, InterruptedException {
        Server server = sent(Long.MAX_VALUE, (each, before) -> SnapshotMoments.isReceiving(each));
        new Pauses(INTO_TRANSFER_MS).next(random);
        full(server);
    }

    private void whileInstalling() throws IOException, InterruptedException {
        // So that the rest is gone at once.
        full(sent(JUST_ENOUGH, (each, before) -> !before.containsAll(SnapshotFolder.whole(each.data(), false))));
    }

    /**
     * A node with so much room that is sent a snapshot, which is seen of it. A leader keeps the log for a while for one
     * that it was bringing up to date, which may fill the room that there is: then another one is tried.
     */
    private Server sent(long room, Sign sign) throws IOException, InterruptedException {
        for (int attempt = 1;; attempt++) {
            Server server = moments.behind();
            require(server, attempt <= ATTEMPTS, "and others were sent the log");
            Set<String> before = SnapshotFolder.whole(server.data(), false);
            Set<String> own = SnapshotFolder.whole(server.data(), true);
            if (room < Long.MAX_VALUE) {
                fillBut(server, room);
            }
            server.begin();
            boolean[] isSent = new boolean[1];
            require(server, SnapshotMoments.watch(List.of(server), each -> {
                isSent[0] = sign.of(each, before);
                return isSent[0] || !own.containsAll(SnapshotFolder.whole(each.data(), true)) || !each.isAlive();
            }).isPresent(), "is sent no snapshot, and takes none");
            if (isSent[0]) {
                return server;
            }
            roomAgain(server);
        }
    }

    /** Takes all room, gives it back, and sees the node go on or start, and catch up with what the others have now. */
    private void full(Server server) throws IOException, InterruptedException {
        world.fill(server);
        server.exitCode(FULL);
        roomAgain(server);
    }

    private void roomAgain(Server server) throws IOException, InterruptedException {
        world.makeRoom(server);
        // One that found no room may still be ending when there is some again.
        Optional<Integer> code = caughtUp(server) ? Optional.empty() : server.exitCode(END);
        if (code.isEmpty()) {
            requireLines(server);
            lived++;
            return;
        }
        require(server, code.get() == Server.DISK_FULL, "should have ended with " + Server.DISK_FULL + ", not "
                + code.get());
        ended++;
        requireLines(server);
        server.start();
        wellAgain(server);
    }

    /** Of a node that runs, what it is about to write may be half there. */
    private static void requireLines(Server server) {
        boolean isWhole = !server.isAlive();
        String said = server.said();
        String lines = isWhole ? said : said.substring(0, said.lastIndexOf('\n') + 1);
        lines.lines().filter(line -> !line.matches(A_LINE)).findFirst().ifPresent(line ->
                require(server, false, "says what is no line of its log: " + line));
    }

    private void wellAgain(Server server) throws IOException, InterruptedException {
        requireLines(server);
        require(server, caughtUp(server), "has ended by itself");
    }

    /** Waits until it has what the others have now, and more, which the clients send; false if it ends. */
    private boolean caughtUp(Server server) throws IOException, InterruptedException {
        long goal = trio.statuses().stream().mapToLong(status -> status.number("commit")).max().orElse(0);
        boolean seen = SnapshotMoments.watch(List.of(server), each -> !each.isAlive() || applied(each) > goal)
                .isPresent();
        require(server, seen, "does not get beyond index " + goal);
        return server.isAlive();
    }

    private long applied(Server server) {
        try {
            return trio.statuses().stream().filter(status -> status.node().equals(server.name()))
                    .mapToLong(status -> status.number("applied")).max().orElse(0);
        } catch (InterruptedException hurry) {
            throw new IllegalStateException("interrupted", hurry);
        }
    }

    private static void fillBut(Server server, long left) throws IOException {
        FileStore disk = Files.getFileStore(server.data());
        // In pieces: a node that runs writes meanwhile.
        try (OutputStream filler = Files.newOutputStream(server.data().resolve("filler"))) {
            for (long more = disk.getUsableSpace() - left; more > 0; more = disk.getUsableSpace() - left) {
                filler.write(new byte[(int) Math.min(more, CHUNK)]);
            }
        }
    }

    private static void require(Server server, boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(server.name() + " " + otherwise + ": " + server.said());
        }
    }
}
