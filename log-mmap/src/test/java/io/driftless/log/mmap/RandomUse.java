package io.driftless.log.mmap;

import io.driftless.log.LogEntry;
import io.driftless.log.LogListener;
import io.driftless.log.SyncFailedException;
import io.driftless.log.mmap.RecordingDisk.Phase;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Uses a log at random, under a {@link RecordingDisk}, and keeps the {@link Journal} of it. Confined to one thread. */
final class RandomUse {

    static final MmapLogOptions OPTIONS = new MmapLogOptions(SegmentSizes.MIN, 32 * 1024);

    private final Path directory;
    private final RecordingDisk disk;
    private final Journal journal;
    private final Random random;
    private MmapLog log;
    private int failedFrom;
    private int failedAt;

    /** Opens it. */
    RandomUse(Path directory, RecordingDisk disk, Journal journal, Random random) {
        this.directory = directory;
        this.disk = disk;
        this.journal = journal;
        this.random = random;
        disk.begin(Phase.OPEN);
        this.log = open(directory, disk);
        try {
            Journal.Found found = Journal.Found.in(log);
            journal.check(found, now());
            journal.opened(now(), found);
        } catch (RuntimeException | Error e) {
            log.close();
            throw e;
        }
    }

    /** As a new process would: without a memory of the sequences that were used. */
    static MmapLog open(Path directory, Disk disk) {
        UsedSequences.forget();
        return MmapLog.open(directory, OPTIONS, LogListener.NONE, disk);
    }

    private int now() {
        return disk.history().now();
    }

    /** Whether its opening said that what was written may be missing. */
    boolean foundMissing() {
        return log.opening().missing();
    }

    /** So many operations. */
    void run(int operations) {
        for (int i = 0; i < operations; i++) {
            int dice = random.nextInt(100);
            if (dice < 55) {
                append();
            } else if (dice < 68) {
                overwrite();
            } else if (dice < 82) {
                sync();
            } else if (dice < 92) {
                compact();
            } else if (dice < 95) {
                reset();
            } else {
                reopen();
            }
            disk.observe();
            journal.returned(now(), log.firstIndex(), log.durableIndex());
        }
    }

    private List<LogEntry> entries(long from) {
        long term = Math.max(1, journal.termAt(from - 1)) + random.nextInt(2);
        int count = 1 + (random.nextBoolean() ? 0 : random.nextInt(8));
        int dice = random.nextInt(10);
        int length = random.nextInt(dice < 4 ? 200 : dice < 7 ? 3_000 : OPTIONS.entryBytesMax());
        return TestLogs.entries(from, from + count - 1, term, length);
    }

    private void append() {
        disk.begin(Phase.WRITE);
        List<LogEntry> entries = entries(journal.last() + 1);
        journal.writing(now(), entries);
        log.append(entries);
    }

    private void overwrite() {
        long first = log.firstIndex();
        if (journal.last() < first) {
            return;
        }
        disk.begin(Phase.WRITE);
        long from = Math.max(first, journal.last() - random.nextInt(12));
        long term = journal.termAt(journal.last()) + 1;
        List<LogEntry> entries = TestLogs.entries(from, from + random.nextInt(4), term, random.nextInt(600));
        journal.writing(now(), entries);
        log.overwrite(from, entries);
    }

    /** Syncs. */
    void sync() {
        disk.begin(Phase.SYNC);
        log.sync();
        journal.synced(now());
    }

    private void compact() {
        long durable = log.durableIndex();
        if (durable >= log.firstIndex()) {
            disk.begin(Phase.COMPACT);
            long upTo = random.nextBoolean() ? durable
                    : log.firstIndex() + random.nextLong(durable - log.firstIndex() + 1);
            journal.compacting(now(), upTo);
            log.compact(upTo);
        }
    }

    private void reset() {
        disk.begin(Phase.RESET);
        long index = random.nextLong(journal.last() + 50);
        long term = index == 0 ? 0 : 1 + random.nextLong(9);
        journal.resetting(now(), index, term);
        log.reset(index, term);
        journal.synced(now());
    }

    private void reopen() {
        disk.begin(Phase.CLOSE);
        log.close();
        journal.synced(now());
        disk.begin(Phase.OPEN);
        log = open(directory, disk);
        int size = journal.entries().size();
        int dropped = (int) (log.firstIndex() - 1 - (journal.last() - size));
        if (!Journal.Found.in(log).entries().equals(journal.entries().subList(dropped, size))) {
            throw new AssertionError("closed and opened again, the log differs");
        }
    }

    /** A sync fails once; the next would not, but nothing may be acknowledged any more. */
    void failSync() {
        append();
        disk.begin(Phase.SYNC);
        failedFrom = now();
        long durable = log.durableIndex();
        disk.failOnce();
        for (int attempt = 0; attempt < 2; attempt++) {
            try {
                log.sync();
            } catch (SyncFailedException e) {
                continue;
            }
            throw new AssertionError("a sync succeeded after one had failed");
        }
        if (log.durableIndex() != durable) {
            throw new AssertionError("durable up to " + log.durableIndex() + " after a failed sync, not " + durable);
        }
        disk.observe();
        failedAt = now();
    }

    /** Before a sync failed. */
    int failedFrom() {
        return failedFrom;
    }

    /** After it did. */
    int failedAt() {
        return failedAt;
    }

    /** Closes the log, which syncs it unless a sync has failed. */
    void close() {
        disk.begin(Phase.CLOSE);
        log.close();
        disk.observe();
    }
}
