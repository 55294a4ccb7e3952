package io.driftless.ops.torture;

import io.driftless.ops.process.ScratchFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Runs episodes of {@link ReadEpisode}. The folder of one that went wrong is kept. */
final class ReadTorture {

    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;
    private static final int ROUNDS = 4;
    /** Answers that an episode must have had while one member led, of that member and of the others. */
    private static final int ANSWERS_MIN = 20;
    /** What strikes is drawn from these: mostly a leader that does not know yet that it leads no more. */
    private static final List<ReadFault> ONCE = List.of(ReadFault.OVERTAKEN, ReadFault.OVERTAKEN, ReadFault.OVERTAKEN,
            ReadFault.CUT_OFF, ReadFault.CUT_OFF, ReadFault.KILLED, ReadFault.PAUSED, ReadFault.TRANSFERRED);

    private ReadTorture() { }

    /** One short episode, in which each kind strikes; a line for the ledger. */
    static String once(Path parent, Torture.Worlds worlds, long seed) throws IOException, InterruptedException {
        return episode(parent, worlds, seed, 1, true);
    }

    /** A longer one; a third of the clusters have the same timeouts everywhere. */
    static String drawn(Path parent, Torture.Worlds worlds, long seed) throws IOException, InterruptedException {
        return episode(parent, worlds, seed, ROUNDS, seed % 3 != 0);
    }

    private static String episode(Path parent, Torture.Worlds worlds, long seed, int rounds, boolean isOnePatient)
            throws IOException, InterruptedException {
        long begunNs = System.nanoTime();
        Files.createDirectories(parent);
        ScratchFolder folder = ScratchFolder.createIn(parent.toAbsolutePath());
        Random random = new Random(seed * SPREAD);
        List<ReadFault> plan = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            List<ReadFault> once = new ArrayList<>(ONCE);
            Collections.shuffle(once, random);
            plan.addAll(once);
        }
        World world = worlds.in(folder.path());
        String counts;
        try (Trio trio = new Trio(folder.path(), world, Optional.empty())) {
            ReadEpisode episode = new ReadEpisode(trio, world, isOnePatient, random);
            List<String> violations = new ArrayList<>(episode.run(plan));
            counts = "seconds=" + (System.nanoTime() - begunNs) / 1_000_000_000 + " " + episode.counts()
                    + " seed=" + seed;
            if (violations.isEmpty()) {
                Set<ReadFault> missing = EnumSet.copyOf(ONCE);
                missing.removeAll(episode.struck().keySet());
                missing.forEach(fault -> violations.add(fault.word() + " never struck"));
                if (episode.atLeader() < ANSWERS_MIN || episode.atFollowers() < ANSWERS_MIN) {
                    violations.add("too few answers");
                }
            }
            if (!violations.isEmpty()) {
                throw new AssertionError("seed " + seed + ", kept in " + folder.path() + " (" + counts + "):\n"
                        + String.join("\n", violations));
            }
        } catch (IOException | RuntimeException failed) {
            throw new AssertionError("seed " + seed + ", kept in " + folder.path(), failed);
        }
        // Only now: the nodes have ended, and what was mounted is gone.
        folder.remove();
        return counts;
    }
}
