package io.driftless.bench.log;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.log.LogReader;
import io.driftless.log.mmap.MmapLog;
import io.driftless.log.mmap.MmapLogOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The log with its default options, new or as it was left. Confined to one thread. */
final class LogWriter implements EntryWriter {

    private static final long TERM = 1;

    private final MmapLog log;
    private final Bytes payload;
    private final List<LogEntry> batch = new ArrayList<>();
    private long next;

    LogWriter(Path folder, int size) {
        this.log = MmapLog.open(folder, MmapLogOptions.DEFAULT, warning -> System.err.println("bench: " + warning));
        this.payload = Bytes.wrap(payload(size));
        this.next = log.lastIndex() + 1;
    }

    /** Bytes none of which is zero. */
    static byte[] payload(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i % 127 + 1);
        }
        return bytes;
    }

    @Override
    public void append(int entries) {
        if (entries == 1) {
            log.append(List.of(entry(next)));
        } else {
            batch.clear();
            for (int i = 0; i < entries; i++) {
                batch.add(entry(next + i));
            }
            log.append(batch);
        }
        next += entries;
    }

    private LogEntry entry(long index) {
        return new LogEntry(index, TERM, index, EntryType.COMMAND, 1, index, payload);
    }

    /** The next {@code count} entries, each as a batch of its own, for {@link #append(List)}. */
    List<List<LogEntry>> prepare(int count) {
        List<List<LogEntry>> batches = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            batches.add(List.of(entry(next + i)));
        }
        return batches;
    }

    /** Appends what was prepared. */
    void append(List<LogEntry> prepared) {
        log.append(prepared);
        next += prepared.size();
    }

    /** Index of the last entry. */
    long lastIndex() {
        return log.lastIndex();
    }

    /** A reader of the log. */
    LogReader reader() {
        return log.reader();
    }

    @Override
    public void sync() {
        log.sync();
    }

    @Override
    public void close() {
        log.close();
    }
}
