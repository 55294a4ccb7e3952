package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.LogEntry;
import io.driftless.log.LogReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random operations on a log and on a plain list. */
class MmapLogModelTest {

    private static final int OPERATIONS = 2_000;

    @TempDir
    Path directory;

    private final List<LogEntry> model = new ArrayList<>();
    private long boundary;
    private long boundaryTerm;
    private long durable;
    private long writeId;
    private long first;

    @Test
    void behavesLikeAPlainList() {
        long seed = System.nanoTime();
        try {
            run(new Random(seed));
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private void run(Random random) {
        MmapLog log = TestLogs.open(directory);
        LogReader reader = log.reader();
        try {
            first = 1;
            for (int i = 0; i < OPERATIONS; i++) {
                switch (random.nextInt(100)) {
                    case 0 -> {
                        reader.close();
                        log.close();
                        log = TestLogs.open(directory);
                        reader = log.reader();
                        durable = last();
                        writeId = 0;
                    }
                    case 1 -> reset(log, random);
                    case 2, 3, 4 -> compact(log, random);
                    case 5, 6, 7, 8, 9, 10 -> overwrite(log, random);
                    case 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 -> {
                        log.sync();
                        durable = last();
                    }
                    case 21, 22, 23, 24, 25, 26, 27, 28, 29, 30 -> read(reader, random);
                    default -> append(log, random);
                }
                check(log);
            }
            assertEquals(model.subList((int) (first - 1 - boundary), model.size()), TestLogs.all(log));
        } finally {
            reader.close();
            log.close();
        }
    }

    private long last() {
        return boundary + model.size();
    }

    private long termAt(long index) {
        return index == boundary ? boundaryTerm : model.get((int) (index - boundary - 1)).term();
    }

    private List<LogEntry> random(long from, Random random) {
        long term = Math.max(1, termAt(from - 1)) + random.nextInt(2);
        int length = random.nextInt(20) == 0 ? random.nextInt(16_000) : random.nextInt(400);
        return TestLogs.entries(from, from + random.nextInt(12), term, length);
    }

    private void append(MmapLog log, Random random) {
        List<LogEntry> entries = random(last() + 1, random);
        long id = log.append(entries);
        assertTrue(writeId == 0 || id == writeId + entries.size(), "write id " + id + " after " + writeId);
        writeId = id;
        model.addAll(entries);
    }

    private void overwrite(MmapLog log, Random random) {
        if (last() < first) {
            return;
        }
        long from = Math.max(first, last() - random.nextInt(40));
        List<LogEntry> entries = random(from, random);
        writeId = log.overwrite(from, entries);
        model.subList((int) (from - boundary - 1), model.size()).clear();
        model.addAll(entries);
        durable = Math.min(durable, from - 1);
    }

    private void compact(MmapLog log, Random random) {
        if (durable < first) {
            return;
        }
        long upTo = first + random.nextLong(durable - first + 1);
        log.compact(upTo);
        assertTrue(log.firstIndex() >= first && log.firstIndex() <= upTo + 1, "first index " + log.firstIndex());
        first = log.firstIndex();
    }

    private void reset(MmapLog log, Random random) {
        boundary = random.nextLong(1_000);
        boundaryTerm = boundary == 0 ? 0 : 1 + random.nextLong(5);
        log.reset(boundary, boundaryTerm);
        model.clear();
        first = boundary + 1;
        durable = boundary;
    }

    private void read(LogReader reader, Random random) {
        long index = first - 2 + random.nextLong(Math.max(1, last() - first + 5));
        boolean there = index >= first && index <= last();
        assertEquals(there, reader.seek(index), "index " + index);
        if (there) {
            assertEquals(model.get((int) (index - boundary - 1)), reader.entry());
        }
        long to = index + random.nextInt(30);
        long weightMax = random.nextInt(5_000);
        List<LogEntry> expected = new ArrayList<>();
        long weight = 0;
        for (long i = index; there && i <= Math.min(to, last()); i++) {
            LogEntry entry = model.get((int) (i - boundary - 1));
            weight += entry.weight();
            if (weight > weightMax && !expected.isEmpty()) {
                break;
            }
            expected.add(entry);
        }
        assertEquals(expected, reader.read(index, to, weightMax));
    }

    private void check(MmapLog log) {
        first = Math.max(first, log.firstIndex());
        assertEquals(first, log.firstIndex());
        assertEquals(last(), log.lastIndex());
        // A change of the segment syncs by itself.
        assertTrue(log.durableIndex() >= durable && log.durableIndex() <= last(), "durable " + log.durableIndex() + ", not " + durable);
        durable = log.durableIndex();
        assertEquals(termAt(last()), log.termAt(last()));
        assertEquals(termAt(first - 1), log.termAt(first - 1));
        if (last() >= first) {
            long middle = first + (last() - first) / 2;
            assertEquals(termAt(middle), log.termAt(middle));
            long sum = 0;
            for (long i = middle; i <= last(); i++) {
                sum += model.get((int) (i - boundary - 1)).weight();
            }
            assertEquals(sum, log.weight(middle, last()));
        }
        assertFalse(log.firstIndex() <= boundary);
    }
}
