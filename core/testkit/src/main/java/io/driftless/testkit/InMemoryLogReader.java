package io.driftless.testkit;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogReader;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** Reads an {@link InMemoryLog}. Belongs to one thread. */
final class InMemoryLogReader implements LogReader {

    private final InMemoryLog log;
    private @Nullable LogEntry current;
    private boolean closed;

    InMemoryLogReader(InMemoryLog log) {
        this.log = log;
    }

    @Override
    public boolean seek(long index) {
        requireOpen();
        List<LogEntry> found = log.isCompacted(index) ? List.of() : log.entries(index, index, 0);
        current = found.isEmpty() ? null : found.get(0);
        return current != null;
    }

    @Override
    public long index() {
        return entry().index();
    }

    @Override
    public long term() {
        return entry().term();
    }

    @Override
    public long timeMs() {
        return entry().timeMs();
    }

    @Override
    public EntryType type() {
        return entry().type();
    }

    @Override
    public long session() {
        return entry().session();
    }

    @Override
    public long serial() {
        return entry().serial();
    }

    @Override
    public int distance() {
        return entry().distance();
    }

    @Override
    public DirectBuffer payload() {
        Bytes payload = entry().payload();
        return new UnsafeBuffer(payload.array(), payload.offset(), payload.length());
    }

    @Override
    public LogEntry entry() {
        requireOpen();
        if (current == null) {
            throw new IllegalStateException("the reader stands on no entry");
        }
        return current;
    }

    @Override
    public List<LogEntry> read(long fromIndex, long toIndex, long weightMax) {
        requireOpen();
        return log.entries(fromIndex, toIndex, weightMax);
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new LogClosedException("the reader is closed");
        }
    }
}
