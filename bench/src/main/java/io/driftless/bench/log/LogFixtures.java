package io.driftless.bench.log;

import io.driftless.ops.console.Console;
import io.driftless.ops.process.ScratchFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Logs with entries of {@value LogBenchmark#SIZE} bytes in them, closed. Confined to one thread. */
final class LogFixtures {

    private static final int BATCH = 100;

    private final Console console;
    private final Path folder;
    private final Map<Integer, Path> shared = new HashMap<>();

    LogFixtures(Console console, Path folder) {
        this.console = console;
        this.folder = folder;
    }

    /** A log with at least so many entries, that stays until the end; made when it is asked for first. */
    Path shared(int entries) throws IOException {
        Path made = shared.get(entries);
        if (made == null) {
            console.note(String.format(Locale.ROOT, "bench:   filling a log with %,d entries", entries));
            made = fresh(entries).path();
            shared.put(entries, made);
        }
        return made;
    }

    /** A log with exactly so many entries, for who removes it. */
    ScratchFolder fresh(int entries) throws IOException {
        ScratchFolder made = ScratchFolder.createIn(folder);
        try (LogWriter log = new LogWriter(made.path(), LogBenchmark.SIZE)) {
            for (int left = entries; left > 0; left -= BATCH) {
                log.append(Math.min(BATCH, left));
            }
        }
        return made;
    }
}
