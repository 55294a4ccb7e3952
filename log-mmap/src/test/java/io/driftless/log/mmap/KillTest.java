package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.LogEntry;
import io.driftless.testkit.Ledger;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a writing process, again and again, and compares what is recovered with a plain list. Legal is the list after
 * some prefix of the records written, not shorter than what the last sync covered.
 */
class KillTest {

    private static final String PROOF = "kill";
    private static final int KILLS = 30;
    private static final int SOAK_KILLS = 300;
    private static final int KILLS_PER_LINE = 30;
    /** One in so many is killed within the first moments of its opening. */
    private static final int EARLY = 4;
    private static final int EARLY_US = 12_000;
    private static final int LATE_US = 150_000;

    @TempDir
    Path directory;

    private final ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor();
    /** Started ahead, waiting to be told to open. */
    private Process next;

    /** What the killed process may have done, in order. */
    private final List<LogEntry> written = new ArrayList<>();
    private long firstWriteId;
    private long synced;
    private long compacted;
    private boolean opened;

    @AfterEach
    void end() {
        killer.shutdownNow();
        if (next != null) {
            next.destroyForcibly().onExit().join();
        }
    }

    @Test
    void everyRecoveryAfterSigkillHoldsWhatWasSynced() throws Exception {
        if (!Ledger.soaking()) {
            int during = 0;
            // Whether a kill meets an opening is chance, where openings are quick or kills come late.
            for (int i = 0; during == 0 && i < 10; i++) {
                during = kills("short" + i, KILLS);
            }
            assertTrue(during > 0, "none was killed while it opened the log");
            return;
        }
        Ledger ledger = Ledger.open("log-mmap");
        while (ledger.total(PROOF, "kills") < SOAK_KILLS || ledger.total(PROOF, "during-open") < SOAK_KILLS / 6) {
            int during = kills("soak" + ledger.total(PROOF, "kills"), KILLS_PER_LINE);
            ledger.append(PROOF, "kills=" + KILLS_PER_LINE + " during-open=" + during);
        }
    }

    /** So many kills of one log; how many of them during its opening. */
    private int kills(String name, int count) throws IOException, InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path log = directory.resolve(name);
        List<LogEntry> known = List.of();
        long boundary = 0;
        int duringOpen = 0;
        for (int kill = 0; kill < count; kill++) {
            written.clear();
            synced = 0;
            compacted = 0;
            firstWriteId = 0;
            opened = false;
            runAndKill(log, random.nextLong(), random.nextInt(kill % EARLY == 0 ? EARLY_US : LATE_US));
            duringOpen += opened ? 0 : 1;
            String about = "kill " + kill + " of seed " + seed;
            try (MmapLog recovered = TestLogs.open(log)) {
                assertEquals(recovered.lastIndex(), recovered.durableIndex(), about);
                assertFalse(recovered.opening().missing(), about + ": a kill takes nothing from the page cache");
                assertTrue(recovered.firstIndex() - 1 >= boundary
                        && recovered.firstIndex() - 1 <= Math.max(boundary, compacted), about);
                boundary = recovered.firstIndex() - 1;
                known = recovered(known, TestLogs.all(recovered), boundary, about);
            }
        }
        return duringOpen;
    }

    /**
     * The list that was recovered, complete again with what compaction dropped; fails if it is none of the legal ones.
     */
    private List<LogEntry> recovered(List<LogEntry> before, List<LogEntry> found, long boundary, String about) {
        List<LogEntry> model = new ArrayList<>(before);
        int needed = synced == 0 ? 0 : (int) (synced - firstWriteId) + 1;
        for (int applied = 0; applied <= written.size(); applied++) {
            if (applied > 0) {
                LogEntry entry = written.get(applied - 1);
                model.subList((int) entry.index() - 1, model.size()).clear();
                model.add(entry);
            }
            if (applied >= needed && model.size() == boundary + found.size()
                    && model.subList((int) boundary, model.size()).equals(found)) {
                return model;
            }
        }
        throw new AssertionError(about + ": entries " + (boundary + 1) + ".." + (boundary + found.size())
                + " are no list after at least " + needed
                + " of " + written.size() + " records");
    }

    private void runAndKill(Path log, long seed, int afterUs) throws IOException, InterruptedException {
        Process process = next == null ? Jvm.start(WritingProcess.class, directory.resolve("warm0").toString()) : next;
        next = Jvm.start(WritingProcess.class, directory.resolve("warm" + seed).toString());
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8); Writer in = process.outputWriter()) {
            assertEquals("ready", out.readLine());
            in.write(log + "\n" + seed + "\n");
            in.flush();
            // Not by the process itself, which would close the pipe before the last lines are read.
            killer.schedule(() -> process.toHandle().destroyForcibly(), afterUs, TimeUnit.MICROSECONDS);
            String line = out.readLine();
            while (line != null) {
                note(line.split(" "));
                line = out.readLine();
            }
        } finally {
            process.destroyForcibly();
        }
        assertEquals(137, process.waitFor(), "the process ended by itself");
    }

    private void note(String[] words) {
        switch (words[0]) {
            case "write" -> {
                long from = Long.parseLong(words[1]);
                int count = Integer.parseInt(words[2]);
                long term = Long.parseLong(words[3]);
                written.addAll(TestLogs.entries(from, from + count - 1, term, Integer.parseInt(words[4])));
            }
            case "synced" -> {
                // A sync covers everything written so far, so the first one tells which write id the first record had.
                synced = Long.parseLong(words[1]);
                firstWriteId = synced - written.size() + 1;
            }
            case "compact" -> compacted = Math.max(compacted, Long.parseLong(words[1]));
            case "opened" -> opened = true;
            case "open" -> { }
            default -> throw new AssertionError(String.join(" ", words));
        }
    }
}
