package io.driftless.ops.torture;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Strikes nodes, and mends them before it returns: all run again. {@link IllegalStateException} if a node does not do
 * what is documented. Damage is done to one node at a time, which then gets back exactly what it had. Confined to one
 * thread.
 */
final class NodeFaults {

    private static final Duration STRIKE = Duration.ofSeconds(60);

    private final Trio trio;
    private final World world;
    private final Random random;
    private final Pauses pauses;

    NodeFaults(Trio trio, World world, Random random, Pauses pauses) {
        this.trio = trio;
        this.world = world;
        this.random = random;
        this.pauses = pauses;
    }

    /** Whether it struck: a sync that fails needs one that is tried. */
    boolean strike(Fault fault) throws IOException, InterruptedException {
        Server server = trio.servers().get(random.nextInt(Trio.NODES));
        return switch (fault) {
            case KILLED -> killed();
            case STOPPED -> stopped();
            case SYNC_FAILED -> syncFailed(server);
            case SYNC_HUNG -> syncHung(server);
            case DISK_FULL -> diskFull(server);
            case TRUNCATED -> damaged(server, Damage::truncate);
            case FLIPPED -> damaged(server, Damage::flip);
            case TORN_TAIL -> tornTail(server);
            case WIPED -> wiped(server);
            case CUT_ONE_WAY, CUT_TWO_WAYS, DELAYED, RESET ->
                    throw new IllegalArgumentException(fault + " is not for nodes");
        };
    }

    /** Mostly one, sometimes two or all. */
    private List<Server> some() {
        List<Server> servers = new ArrayList<>(trio.servers());
        Collections.shuffle(servers, random);
        int dice = random.nextInt(10);
        return servers.subList(0, dice < 6 ? 1 : dice < 8 ? 2 : Trio.NODES);
    }

    private boolean killed() throws IOException, InterruptedException {
        List<Server> victims = some();
        boolean struck = true;
        for (Server server : victims) {
            struck &= server.kill();
        }
        pauses.next(random);
        for (Server server : victims) {
            server.begin();
        }
        victims.forEach(server -> server.awaitLine("ready"));
        return struck;
    }

    private boolean stopped() throws IOException, InterruptedException {
        List<Optional<Server.Pause>> held = new ArrayList<>();
        for (Server server : some()) {
            held.add(server.pause());
        }
        pauses.next(random);
        for (Optional<Server.Pause> pause : held) {
            if (pause.isPresent()) {
                pause.get().close();
            }
        }
        return held.stream().allMatch(Optional::isPresent);
    }

    private boolean syncFailed(Server server) throws IOException, InterruptedException {
        DiskFault.SYNC_FAILS.begin(server.control());
        Optional<Integer> code = server.exitCode(STRIKE);
        DiskFault.SYNC_FAILS.end(server.control());
        if (code.isEmpty() && DiskFault.SYNC_FAILS.hasStruck(server.control())) {
            throw new IllegalStateException(server.name() + " goes on after a failed sync: " + server.said());
        }
        return restartAfter(server, Server.FAILED_SYNC, code);
    }

    private boolean diskFull(Server server) throws IOException, InterruptedException {
        world.fill(server);
        Optional<Integer> code = server.exitCode(STRIKE);
        world.makeRoom(server);
        return restartAfter(server, Server.DISK_FULL, code);
    }

    private static boolean restartAfter(Server server, int expected, Optional<Integer> code) throws IOException {
        if (code.isPresent()) {
            expect(server, expected, code);
            server.start();
        }
        return code.isPresent();
    }

    private boolean syncHung(Server server) throws IOException, InterruptedException {
        DiskFault.SYNC_HANGS.begin(server.control());
        try {
            await().atMost(STRIKE).pollInterval(Duration.ofMillis(5)).until(() ->
                    DiskFault.SYNC_HANGS.hasStruck(server.control()));
            pauses.next(random);
            return true;
        } catch (ConditionTimeoutException noSync) {
            return false;
        } finally {
            DiskFault.SYNC_HANGS.end(server.control());
        }
    }

    /** What does harm to a log, and says to which file. */
    private interface Harm {
        Path doTo(Path data, Random random) throws IOException;
    }

    /**
     * After a clean stop all is known to be synced: whatever is missing then was acknowledged, and the node must not
     * start without it.
     */
    private boolean damaged(Server server, Harm harm) throws IOException, InterruptedException {
        server.stop();
        Path copy = trio.folder().resolve(server.name() + ".copy");
        Damage.copy(server.data(), copy);
        Path file = harm.doTo(server.data(), random);
        server.begin();
        expect(server, Server.CORRUPT, server.exitCode(STRIKE));
        if (!server.said().contains(file.getFileName().toString())) {
            throw new IllegalStateException(server.name() + " does not name " + file + ": " + server.said());
        }
        Damage.remove(server.data());
        Files.move(copy, server.data());
        server.start();
        return true;
    }

    private boolean tornTail(Server server) throws IOException, InterruptedException {
        server.kill();
        Damage.tear(server.data(), random);
        server.start();
        return server.said().contains("; cut: ");
    }

    private boolean wiped(Server server) throws IOException, InterruptedException {
        server.kill();
        Path aside = trio.folder().resolve(server.name() + ".aside");
        Files.move(server.data(), aside);
        server.begin();
        server.awaitLine("formed with another incarnation of " + server.name());
        pauses.next(random);
        server.kill();
        Damage.remove(server.data());
        Files.move(aside, server.data());
        server.start();
        return true;
    }

    private static void expect(Server server, int code, Optional<Integer> seen) {
        if (!seen.equals(Optional.of(code))) {
            throw new IllegalStateException(server.name() + " should have ended with exit code " + code + ", not "
                    + seen + ": " + server.said());
        }
    }
}
