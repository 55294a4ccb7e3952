package io.driftless.bench.log;

import io.driftless.ops.process.ScratchFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * What JMH calls to measure a segment that was prepared, lay until the kernel had dropped its pages, and is then used.
 */
@Threads(1)
public class SpareBenchmark {

    private static final int BATCH = 100;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE_MS = 20;

    /** A log that has just gone on in its second segment. */
    @State(Scope.Benchmark)
    public static class SecondSegment {

        /** Where its folder is made. */
        @Param("")
        public String directory;

        /** Whether the cached pages of that segment are dropped before it is used. */
        @Param("false")
        public boolean dropped;

        private ScratchFolder folder;
        private LogWriter log;

        /** Fills the first segment. */
        @Setup
        public void open() throws IOException, InterruptedException {
            folder = ScratchFolder.createIn(Path.of(directory));
            log = new LogWriter(folder.path(), LogBenchmark.SIZE);
            long begun = write(FilledFiles.BYTES / 2);
            log.sync();
            Path spare = spare();
            if (dropped) {
                drop(spare);
            }
            write(FilledFiles.BYTES - begun);
            log.sync();
        }

        private long write(long bytes) {
            long each = new PlainRecord(LogBenchmark.SIZE).bytes();
            long written = 0;
            while (written < bytes) {
                log.append(BATCH);
                written += BATCH * each;
            }
            return written;
        }

        /** The second segment's file, when it has been there for a while. */
        private Path spare() throws IOException, InterruptedException {
            long deadline = System.nanoTime() + PATIENCE_NS;
            int seen = 0;
            while (System.nanoTime() < deadline) {
                Thread.sleep(PAUSE_MS);
                List<Path> files;
                try (Stream<Path> tree = Files.walk(folder.path())) {
                    files = tree.filter(file -> file.toString().endsWith(".cq4")).sorted().toList();
                }
                seen = files.size() == 2 ? seen + 1 : 0;
                if (seen == BATCH / 2) {
                    return files.get(1);
                }
            }
            throw new IOException("no second segment was prepared in " + folder.path());
        }

        /** As the kernel does when memory is short: only clean pages that nothing maps right now. */
        private static void drop(Path file) throws IOException, InterruptedException {
            Process dd = new ProcessBuilder("dd", "if=" + file, "iflag=nocache", "count=0", "status=none").inheritIO()
                    .start();
            if (dd.waitFor() != 0) {
                throw new IOException("dd could not drop the cached pages of " + file);
            }
        }

        /** Removes it. */
        @TearDown
        public void close() {
            log.close();
            folder.remove();
        }
    }

    /** One entry, forced. */
    @Benchmark
    public void appendAndSync(SecondSegment state) {
        state.log.append(1);
        state.log.sync();
    }
}
