package io.driftless.ops.torture;

import io.driftless.ops.process.ScratchFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs episodes, and adds up what struck. The folder of an episode that went wrong is kept: configurations, data, what
 * the nodes wrote, the clients' history. Several may run at once on a machine.
 */
final class Torture {

    /** Makes the world of an episode. */
    interface Worlds {
        World in(Path folder) throws IOException;
    }

    /** Seeds that follow each other give streams that have nothing to do with each other. */
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;
    private static final int SHORT_PAUSE_MS = 400;
    private static final int LONG_PAUSE_MS = 2_500;

    private final Path parent;
    private final Worlds worlds;
    private final Set<Fault> kinds;
    private final Map<Fault, Integer> struck = new EnumMap<>(Fault.class);
    private long firstCommitMsMax;

    /** Below {@code parent}, with faults of these kinds. */
    Torture(Path parent, Worlds worlds, Set<Fault> kinds) {
        this.parent = parent;
        this.worlds = worlds;
        this.kinds = EnumSet.copyOf(kinds);
    }

    /** One episode in which each kind strikes once; a line for the ledger. */
    String once(long seed) throws IOException, InterruptedException {
        return episode(seed, 0, SHORT_PAUSE_MS);
    }

    /** One episode of drawn faults; a line for the ledger. */
    String drawn(long seed, int nodeFaults) throws IOException, InterruptedException {
        return episode(seed, nodeFaults, LONG_PAUSE_MS);
    }

    private String episode(long seed, int nodeFaults, int longestPauseMs) throws IOException, InterruptedException {
        long begunNs = System.nanoTime();
        Files.createDirectories(parent);
        ScratchFolder folder = ScratchFolder.createIn(parent.toAbsolutePath());
        Optional<Path> library = DiskFault.library(folder.path());
        World world = worlds.in(folder.path());
        Episode.Result result;
        try (Trio trio = new Trio(folder.path(), world, library)) {
            result = new Episode(trio, world, new Random(seed * SPREAD), longestPauseMs).run(kinds, nodeFaults);
        } catch (IOException | RuntimeException failed) {
            throw new AssertionError("seed " + seed + ", kept in " + folder.path(), failed);
        }
        if (!result.violations().isEmpty()) {
            throw new AssertionError("seed " + seed + ", kept in " + folder.path() + ":\n"
                    + String.join("\n", result.violations()));
        }
        folder.remove();
        result.struck().forEach((fault, count) -> struck.merge(fault, count, Integer::sum));
        firstCommitMsMax = Math.max(firstCommitMsMax, result.firstCommit().toMillis());
        return "seconds=" + (System.nanoTime() - begunNs) / 1_000_000_000 + " " + counts(result.struck())
                + " commands=" + result.commands() + " committed=" + result.committed() + " unknown="
                + result.unknown() + " first-commit-ms=" + result.firstCommit().toMillis() + " seed=" + seed;
    }

    private static String counts(Map<Fault, Integer> struck) {
        return struck.entrySet().stream().map(each -> each.getKey().word() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
    }

    /** What struck in all episodes, and the longest wait for a commit behind one. */
    String summary() {
        return counts(struck) + ", first commit behind the faults within " + firstCommitMsMax + " ms";
    }

    /** Kinds that were to strike and never did. */
    Set<Fault> missing() {
        Set<Fault> missing = EnumSet.copyOf(kinds);
        missing.removeAll(struck.keySet());
        return missing;
    }
}
