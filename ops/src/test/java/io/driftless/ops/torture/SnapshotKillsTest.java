package io.driftless.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.process.ScratchFolder;
import io.driftless.testkit.Ledger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Three node processes that take snapshots all the time, send them slowly, and keep no more of the log than they must,
 * are killed in each phase of that under load: docs/testing.md.
 */
class SnapshotKillsTest {

    private static final Path FOLDER = Path.of("target", "torture");
    private static final String PROOF = "snapshot-kills";
    /** Of the kills while installing, those that left something to do to the next start. */
    private static final String INSTALLATIONS = "installations-ended";
    private static final int KILLS = 50;
    private static final int EACH_PHASE = 3;
    private static final int MORE_DRAWN = 3;
    private static final int ATTEMPTS = 8;
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    @Test
    void nothingIsLostOrDoubledWhenNodesAreKilledInEveryPhaseOfASnapshot() throws Exception {
        long seed = Long.getLong("driftless.torture.seed", System.nanoTime() % 1_000_000_000);
        System.out.println("snapshot kills, seed " + seed);
        if (!Ledger.soaking()) {
            System.out.println("snapshot kills: " + episode(seed, 0));
            return;
        }
        Ledger ledger = Ledger.open("core", "log-mmap", "transport-nio", "ops");
        for (long next = seed; !isDone(ledger); next++) {
            String counts = episode(next, MORE_DRAWN);
            ledger.append(PROOF, counts);
            System.out.println("snapshot kills: " + counts);
        }
        for (SnapshotPhase phase : SnapshotPhase.values()) {
            System.out.println("snapshot kills in all, " + phase.word() + ": " + ledger.total(PROOF, phase.word()));
        }
        System.out.println("snapshot kills in all, " + INSTALLATIONS + ": " + ledger.total(PROOF, INSTALLATIONS));
    }

    private static boolean isDone(Ledger ledger) throws IOException {
        long all = 0;
        long fewest = Long.MAX_VALUE;
        for (SnapshotPhase phase : SnapshotPhase.values()) {
            long count = ledger.total(PROOF, phase.word());
            all += count;
            fewest = Math.min(fewest, count);
        }
        return all >= KILLS && fewest >= EACH_PHASE;
    }

    /** One cluster: each phase once in a drawn order, and so many more; a line for the ledger. */
    private static String episode(long seed, int more) throws Exception {
        long begunNs = System.nanoTime();
        Files.createDirectories(FOLDER);
        ScratchFolder folder = ScratchFolder.createIn(FOLDER.toAbsolutePath());
        World world = World.loopback();
        Random random = new Random(seed * SPREAD);
        try (Trio trio = new Trio(folder.path(), world, Optional.empty());
                SnapshotLoad load = SnapshotLoad.start(trio, random)) {
            SnapshotKills kills = new SnapshotKills(trio, random);
            Map<SnapshotPhase, Integer> struck = new EnumMap<>(SnapshotPhase.class);
            for (SnapshotPhase phase : plan(random, more)) {
                assertTrue(strike(kills, phase), phase + " was not reached in " + ATTEMPTS + " attempts; seed " + seed
                        + ", kept in " + folder.path());
                struck.merge(phase, 1, Integer::sum);
            }
            List<String> violations = load.end();
            assertEquals(List.of(), violations, "seed " + seed + ", kept in " + folder.path());
            folder.remove();
            return "seconds=" + (System.nanoTime() - begunNs) / 1_000_000_000 + " " + struck.entrySet().stream()
                    .map(each -> each.getKey().word() + "=" + each.getValue()).collect(Collectors.joining(" "))
                    + " kills=" + kills.kills() + " " + INSTALLATIONS + "=" + kills.installationsEnded() + " "
                    + load.counts() + " seed=" + seed;
        } catch (IOException | RuntimeException failed) {
            throw new AssertionError("seed " + seed + ", kept in " + folder.path(), failed);
        }
    }

    private static List<SnapshotPhase> plan(Random random, int more) {
        List<SnapshotPhase> phases = List.of(SnapshotPhase.values());
        List<SnapshotPhase> plan = new ArrayList<>(phases);
        for (int i = 0; i < more; i++) {
            plan.add(phases.get(random.nextInt(phases.size())));
        }
        Collections.shuffle(plan, random);
        return plan;
    }

    private static boolean strike(SnapshotKills kills, SnapshotPhase phase) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (kills.strike(phase)) {
                return true;
            }
        }
        return false;
    }
}
