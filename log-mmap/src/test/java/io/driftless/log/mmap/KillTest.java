package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.LogEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a writing process, again and again, and compares what is recovered with a plain list. Legal is the list after
 * some prefix of the records written, not shorter than what the last sync covered.
 */
class KillTest {

    private static final int KILLS = 6;

    @TempDir
    Path directory;

    /** What the killed process may have done, in order. */
    private final List<LogEntry> written = new ArrayList<>();
    private long firstWriteId;
    private long synced;
    private long compacted;

    @Test
    void everyRecoveryAfterSigkillHoldsWhatWasSynced() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<LogEntry> known = List.of();
        long boundary = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            written.clear();
            synced = 0;
            compacted = 0;
            firstWriteId = 0;
            boolean early = kill == 3;
            runAndKill(random.nextLong(), early ? 1 : 30 + random.nextInt(400), early);
            String about = "kill " + kill + " of seed " + seed;
            try (MmapLog log = TestLogs.open(directory)) {
                assertEquals(log.lastIndex(), log.durableIndex(), about);
                assertTrue(log.firstIndex() - 1 >= boundary
                        && log.firstIndex() - 1 <= Math.max(boundary, compacted), about);
                boundary = log.firstIndex() - 1;
                known = recovered(known, TestLogs.all(log), boundary, about);
            }
        }
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

    private void runAndKill(long seed, int lines, boolean early) throws IOException, InterruptedException {
        Process process = Jvm.start(WritingProcess.class, directory.toString(), Long.toString(seed));
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            int left = lines;
            String line = out.readLine();
            while (line != null) {
                note(line.split(" "));
                if (--left == 0) {
                    // Not by the process itself, which would close the pipe before the last lines are read.
                    process.toHandle().destroyForcibly();
                }
                line = out.readLine();
            }
        } finally {
            process.destroyForcibly();
        }
        assertEquals(137, process.waitFor(), "the process ended by itself" + (early ? " while opening" : ""));
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
            case "open", "opened" -> { }
            default -> throw new AssertionError(String.join(" ", words));
        }
    }
}
