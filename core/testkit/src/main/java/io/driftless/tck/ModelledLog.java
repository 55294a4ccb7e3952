package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogCompactedException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogReader;
import io.driftless.log.RaftLog;
import java.util.ArrayList;
import java.util.List;

/**
 * A log, and beside it a plain list that the same is done to. After each operation both must show the same. What a log
 * may choose (how much a compaction drops, what it syncs by itself) is taken over from it. Confined to one thread.
 */
final class ModelledLog implements AutoCloseable {

    private static final int WEIGHED = 64;

    private final RaftLogModelContract.Place place;
    /** From {@code boundary + 1} on, compacted or not. */
    private final List<LogEntry> list = new ArrayList<>();
    private RaftLog log;
    private LogReader reader;
    private boolean closed;
    private long boundary;
    private long boundaryTerm;
    private long first = 1;
    private long durable;
    private long writeId;
    /** Whether the next write id is known, or only that it rises. */
    private boolean writeIdKnown;

    ModelledLog(RaftLogModelContract.Place place) {
        this.place = place;
        this.log = place.open();
        this.reader = log.reader();
    }

    /** Does it on both sides, and compares. */
    void apply(LogOperation operation) {
        if (closed && !(operation instanceof LogOperation.Reopen)) {
            assertThrows(LogClosedException.class, () -> refused(operation), operation::toString);
            return;
        }
        switch (operation) {
            case LogOperation.Append append -> append(append);
            case LogOperation.Overwrite overwrite -> overwrite(overwrite);
            case LogOperation.Sync sync -> sync();
            case LogOperation.Compact compact -> compact(compact);
            case LogOperation.Reset reset -> reset(reset);
            case LogOperation.Close close -> closeLog();
            case LogOperation.Reopen reopen -> reopen();
            case LogOperation.ReadOne one -> readOne(last() + 2 - one.back());
            case LogOperation.ReadRange range -> readRange(last() + 2 - range.back(), range);
            case LogOperation.TermAt term -> termOf(last() + 2 - term.back());
        }
        if (!closed) {
            compare();
        }
    }

    private void refused(LogOperation operation) {
        switch (operation) {
            case LogOperation.Append append -> log.append(entries(1, 1, 1, 0));
            case LogOperation.Overwrite overwrite -> log.overwrite(1, entries(1, 1, 1, 0));
            case LogOperation.Sync sync -> log.sync();
            case LogOperation.Compact compact -> log.compact(1);
            case LogOperation.Reset reset -> log.reset(reset.index(), reset.term());
            case LogOperation.Close close -> {
                log.close();
                log.reader();
            }
            case LogOperation.Reopen reopen -> throw new IllegalArgumentException("never refused");
            case LogOperation.ReadOne one -> reader.seek(1);
            case LogOperation.ReadRange range -> reader.read(1, 1, 1);
            case LogOperation.TermAt term -> log.termAt(0);
        }
    }

    private long last() {
        return boundary + list.size();
    }

    private boolean isThere(long index) {
        return index >= first && index <= last();
    }

    private LogEntry at(long index) {
        return list.get((int) (index - boundary - 1));
    }

    private long term(long index) {
        return index == boundary ? boundaryTerm : at(index).term();
    }

    private static List<LogEntry> entries(long from, int count, long term, int payloadLength) {
        List<LogEntry> entries = new ArrayList<>();
        for (long index = from; index < from + count; index++) {
            byte[] payload = new byte[payloadLength];
            for (int i = 0; i < payloadLength; i++) {
                payload[i] = (byte) (index * 31 + term * 17 + i);
            }
            entries.add(new LogEntry(index, term, index * 10, EntryType.COMMAND, index % 3, index,
                    (int) (index * 13_107 % (LogEntry.DISTANCE_MAX + 1)), Bytes.wrap(payload)));
        }
        return entries;
    }

    private void append(LogOperation.Append append) {
        List<LogEntry> entries = entries(last() + 1, append.count(), Math.max(1, term(last())) + append.termStep(),
                append.payloadLength());
        wrote(log.append(entries), entries.size());
        list.addAll(entries);
    }

    private void overwrite(LogOperation.Overwrite overwrite) {
        long from = last() - overwrite.back();
        if (!isThere(from)) {
            assertThrows(IllegalArgumentException.class, () -> log.overwrite(from,
                    entries(Math.max(1, from), 1, Long.MAX_VALUE, 0)));
            return;
        }
        List<LogEntry> entries = entries(from, overwrite.count(), Math.max(1, term(from - 1)) + overwrite.termStep(),
                overwrite.payloadLength());
        wrote(log.overwrite(from, entries), entries.size());
        list.subList((int) (from - boundary - 1), list.size()).clear();
        list.addAll(entries);
        durable = Math.min(durable, from - 1);
    }

    private void wrote(long id, int count) {
        assertTrue(writeIdKnown ? id == writeId + count : id >= writeId + count, () -> "write id " + id + " after "
                + writeId + " and " + count + " entries");
        writeId = id;
        writeIdKnown = true;
    }

    private void sync() {
        long covered = log.sync();
        assertTrue(covered == writeId || !writeIdKnown, () -> "covered " + covered + " of " + writeId);
        durable = last();
    }

    private void compact(LogOperation.Compact compact) {
        long upTo = log.durableIndex() + 1 - compact.back();
        if (compact.back() == 0) {
            assertThrows(IllegalArgumentException.class, () -> log.compact(upTo));
            return;
        }
        log.compact(upTo);
        long now = log.firstIndex();
        assertTrue(now >= first && now <= Math.max(first, upTo + 1), () -> "first index " + now + " after " + first);
        first = now;
    }

    private void reset(LogOperation.Reset reset) {
        log.reset(reset.index(), reset.term());
        list.clear();
        boundary = reset.index();
        boundaryTerm = reset.term();
        first = boundary + 1;
        durable = boundary;
    }

    private void closeLog() {
        log.close();
        closed = true;
    }

    private void reopen() {
        reader.close();
        log.close();
        log = place.open();
        reader = log.reader();
        closed = false;
        writeIdKnown = false;
        assertTrue(log.firstIndex() >= first, () -> "the first index went back to " + log.firstIndex());
        durable = last();
    }

    private void readOne(long index) {
        assertEquals(isThere(index), reader.seek(index), () -> "is index " + index + " there");
        if (isThere(index)) {
            assertEquals(at(index), reader.entry());
        } else {
            assertThrows(IllegalStateException.class, reader::index);
        }
    }

    private void readRange(long from, LogOperation.ReadRange range) {
        long to = from + range.count();
        if (from > 0 && from < first) {
            assertThrows(LogCompactedException.class, () -> reader.read(from, to, range.weightMax()),
                    () -> "entries from " + from + ", below " + first);
            return;
        }
        List<LogEntry> expected = new ArrayList<>();
        long weight = 0;
        for (long i = from; isThere(from) && i <= Math.min(to, last()); i++) {
            weight += at(i).weight();
            if (weight > range.weightMax() && !expected.isEmpty()) {
                break;
            }
            expected.add(at(i));
        }
        assertEquals(expected, reader.read(from, to, range.weightMax()), () -> "entries " + from + ".." + to);
    }

    private void termOf(long index) {
        if (index >= first - 1 && index <= last()) {
            assertEquals(term(index), log.termAt(index), () -> "term at " + index);
        } else {
            assertThrows(IllegalArgumentException.class, () -> log.termAt(index));
        }
    }

    private void compare() {
        assertEquals(first, log.firstIndex(), "first index");
        assertEquals(last(), log.lastIndex(), "last index");
        long now = log.durableIndex();
        assertTrue(now >= durable && now <= last(), () -> "durable " + now + ", not " + durable + ".." + last());
        durable = now;
        assertEquals(term(last()), log.termAt(last()), "last term");
        assertEquals(term(first - 1), log.termAt(first - 1), "term before the first index");
        long weighed = Math.max(first, last() - WEIGHED);
        if (weighed <= last()) {
            long sum = 0;
            for (long i = weighed; i <= last(); i++) {
                sum += at(i).weight();
            }
            assertEquals(sum, log.weight(weighed, last()), "weight of " + weighed + ".." + last());
        }
    }

    /** Compares all entries. */
    void compareAll() {
        if (closed) {
            reopen();
        }
        compare();
        long next = first;
        while (next <= last()) {
            List<LogEntry> part = reader.read(next, last(), 1 << 20);
            assertFalse(part.isEmpty(), "nothing at " + next);
            assertEquals(list.subList((int) (next - boundary - 1), (int) (next - boundary - 1) + part.size()), part);
            next += part.size();
        }
    }

    @Override
    public void close() {
        reader.close();
        log.close();
    }
}
