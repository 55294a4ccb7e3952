package io.driftless.bench.log;

import com.sun.management.ThreadMXBean;
import io.driftless.bench.log.LogFigure.Bar;
import io.driftless.bench.log.LogFigure.Taken;
import io.driftless.bench.run.Medians;
import io.driftless.log.LogEntry;
import io.driftless.ops.process.ScratchFolder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the log takes of memory: bytes allocated by appends, apart from the index and with it, and mappings.
 *
 * @param bench what all parts share
 */
record Costs(Bench bench) implements LogMeasurement {

    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final int CHUNK = 1024;
    /** After so many the index has room for the chunks that are counted then. */
    private static final int BEFORE = 70 * CHUNK;
    private static final int CHUNKS = 48;
    /** Appends while the index takes no new chunk: of several stretches in a row at most one meets one. */
    private static final int STRETCH = 200;
    private static final int STRETCHES = 5;
    private static final double INDEX_BYTES = 8;
    private static final double TENTH = 10;
    private static final double MAPPINGS = 2;

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void round(int number, LogFigures figures) throws IOException {
        ScratchFolder folder = ScratchFolder.createIn(bench.folder());
        try (LogWriter log = new LogWriter(folder.path(), LogBenchmark.SIZE)) {
            log.append(BEFORE);
            double withIndex = (double) allocated(log, log.prepare(CHUNKS * CHUNK)) / (CHUNKS * CHUNK);
            double[] stretches = new double[STRETCHES];
            for (int i = 0; i < STRETCHES; i++) {
                stretches[i] = (double) allocated(log, log.prepare(STRETCH)) / STRETCH;
            }
            figures.add("allocated-an-append-bytes", Bar.atMost(0), Taken.of(Medians.median(stretches)));
            figures.add("index-an-entry-bytes", Bar.atMost(INDEX_BYTES),
                    Taken.of(Math.round(withIndex * TENTH) / TENTH));
            if (Files.isReadable(MAPS)) {
                figures.add("mappings-a-segment", Bar.atMost(MAPPINGS), Taken.of(mappings(folder.path())));
            }
        } finally {
            folder.remove();
        }
    }

    private static long allocated(LogWriter log, List<List<LogEntry>> entries) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        // Not by an iterator, which would be allocated.
        for (int i = 0; i < entries.size(); i++) {
            log.append(entries.get(i));
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /** The most that any segment's file has. */
    private static double mappings(Path folder) throws IOException {
        Map<String, Integer> count = new HashMap<>();
        try (Stream<String> lines = Files.lines(MAPS)) {
            lines.filter(line -> line.contains(folder.toString()) && line.endsWith(".cq4"))
                    .forEach(line -> count.merge(line.substring(line.indexOf('/')), 1, Integer::sum));
        }
        return count.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }
}
