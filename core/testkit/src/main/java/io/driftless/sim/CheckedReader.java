package io.driftless.sim;

import io.driftless.log.EntryType;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogReader;
import java.util.List;
import java.util.function.LongPredicate;
import org.agrona.DirectBuffer;

/** A reader that finds some entries damaged, as one that verifies checksums would. */
final class CheckedReader implements LogReader {

    private final LogReader reader;
    private final LongPredicate isIntact;

    CheckedReader(LogReader reader, LongPredicate isIntact) {
        this.reader = reader;
        this.isIntact = isIntact;
    }

    private void verify(long index) {
        if (!isIntact.test(index)) {
            throw new LogCorruptException("planned, at " + index);
        }
    }

    @Override
    public boolean seek(long index) {
        verify(index);
        return reader.seek(index);
    }

    @Override
    public List<LogEntry> read(long fromIndex, long toIndex, long weightMax) {
        List<LogEntry> entries = reader.read(fromIndex, toIndex, weightMax);
        entries.forEach(entry -> verify(entry.index()));
        return entries;
    }

    @Override
    public long index() {
        return reader.index();
    }

    @Override
    public long term() {
        return reader.term();
    }

    @Override
    public long timeMs() {
        return reader.timeMs();
    }

    @Override
    public EntryType type() {
        return reader.type();
    }

    @Override
    public long session() {
        return reader.session();
    }

    @Override
    public long serial() {
        return reader.serial();
    }

    @Override
    public int distance() {
        return reader.distance();
    }

    @Override
    public DirectBuffer payload() {
        return reader.payload();
    }

    @Override
    public LogEntry entry() {
        return reader.entry();
    }

    @Override
    public void close() {
        reader.close();
    }
}
