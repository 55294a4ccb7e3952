package io.driftless.bench.log;

import io.driftless.log.LogReader;
import io.driftless.ops.process.ScratchFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * What JMH calls to measure the log and the floors beside it. The loop that repeats something fast stands in the
 * method, and the whole is one shot: reading the clock for each entry would cost as much as the entry.
 */
@Threads(1)
public class LogBenchmark {

    /** Payload bytes where the size is not what is being looked at. */
    static final int SIZE = 256;

    /** A writer in a new folder. */
    @State(Scope.Benchmark)
    public abstract static class NewWriter {

        /** Where the folder is made. */
        @Param("")
        public String directory;

        /** The {@link EntryWriter.Kind}. */
        @Param("log")
        public String writer;

        /** Payload bytes of an entry. */
        @Param("256")
        public int size;

        /** Entries appended at once, or in a shot. */
        @Param("1")
        public int count;

        private ScratchFolder folder;
        private EntryWriter opened;

        final EntryWriter writer() {
            return opened;
        }

        final void openNew() throws IOException {
            folder = ScratchFolder.createIn(Path.of(directory));
            opened = EntryWriter.Kind.valueOf(writer.toUpperCase(Locale.ROOT)).open(folder.path(), size);
        }

        final void closeAndRemove() throws IOException {
            try {
                opened.close();
            } finally {
                folder.remove();
            }
        }
    }

    /** One for all calls. */
    @State(Scope.Benchmark)
    public static class OneWriter extends NewWriter {

        /** Opens it. */
        @Setup
        public void open() throws IOException {
            openNew();
        }

        /** Removes it. */
        @TearDown
        public void close() throws IOException {
            closeAndRemove();
        }
    }

    /** Another one for each shot. */
    @State(Scope.Benchmark)
    public static class WriterForEachShot extends NewWriter {

        /** Opens one. */
        @Setup(Level.Iteration)
        public void open() throws IOException {
            openNew();
        }

        /** Removes it. */
        @TearDown(Level.Iteration)
        public void close() throws IOException {
            closeAndRemove();
        }
    }

    /** A log that is there already, with entries of {@value #SIZE} bytes. */
    @State(Scope.Benchmark)
    public static class FilledLog {

        /** Its folder. */
        @Param("")
        public String folder;

        /** Entries in a shot. */
        @Param("1")
        public int count;

        /** Whether everything is read once before, so that its pages are mapped. */
        @Param("false")
        public boolean readBefore;

        private final SplittableRandom random = new SplittableRandom(1);
        private LogWriter log;
        private LogReader reader;
        private long last;
        private long at;

        /** Opens it. */
        @Setup
        public void open() {
            log = new LogWriter(Path.of(folder), SIZE);
            reader = log.reader();
            last = log.lastIndex();
            for (long index = 1; readBefore && index <= last; index++) {
                read(index);
            }
        }

        /** Closes it. */
        @TearDown
        public void close() {
            reader.close();
            log.close();
        }

        private long read(long index) {
            if (!reader.seek(index)) {
                throw new IllegalStateException("entry " + index + " of " + last + " is missing");
            }
            return reader.payload().capacity();
        }
    }

    /** A log that is there already, and closed. */
    @State(Scope.Benchmark)
    public static class ClosedLog {

        /** Its folder. */
        @Param("")
        public String folder;

        private LogWriter log;

        /** Closes it again. */
        @TearDown(Level.Iteration)
        public void close() {
            log.close();
        }
    }

    /** A batch, forced. */
    @Benchmark
    public void appendAndSync(OneWriter state) throws IOException {
        state.writer().append(state.count);
        state.writer().sync();
    }

    /** Entries one by one into something new, without a sync. */
    @Benchmark
    public void append(WriterForEachShot state) throws IOException {
        EntryWriter writer = state.writer();
        for (int i = 0; i < state.count; i++) {
            writer.append(1);
        }
    }

    /** Entries one by one behind those that are there, without a sync. */
    @Benchmark
    public void appendBehind(FilledLog state) {
        for (int i = 0; i < state.count; i++) {
            state.log.append(1);
        }
    }

    /** One entry behind those that are there, forced. */
    @Benchmark
    public void appendBehindAndSync(FilledLog state) {
        state.log.append(1);
        state.log.sync();
    }

    /** Reads {@code count} entries, from where the last shot ended; after the last entry comes the first. */
    @Benchmark
    public long readInOrder(FilledLog state) {
        long bytes = 0;
        for (int i = 0; i < state.count; i++) {
            state.at = state.at == state.last ? 1 : state.at + 1;
            bytes += state.read(state.at);
        }
        return bytes;
    }

    /** Reads any entry. */
    @Benchmark
    public long readAny(FilledLog state) {
        return state.read(state.random.nextLong(state.last) + 1);
    }

    /** Opens the log. */
    @Benchmark
    public long open(ClosedLog state) {
        state.log = new LogWriter(Path.of(state.folder), SIZE);
        return state.log.lastIndex();
    }
}
