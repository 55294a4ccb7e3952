package io.driftless.testkit;

import io.driftless.log.LogEntry;
import io.driftless.raft.HardState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a node in memory keeps over its restarts: two versions of its log, the one that readers see and the one that a
 * power cut leaves, and the writes in between; its hard state; and its snapshots. Guarded by {@link #lock}, but for
 * {@link #beforeSync} and {@link #told}, which a test may block.
 */
final class MemoryDisk {

    final ReentrantLock lock = new ReentrantLock();
    /** Something was written, or the log is closed. */
    final Condition written = lock.newCondition();
    final MemorySnapshots snapshots = new MemorySnapshots();
    private final ArrayDeque<Write> unsynced = new ArrayDeque<>();
    private volatile Runnable beforeSync = () -> { };
    private volatile Told told = new Told() { };
    private Version seen = new Version(0, 0);
    private Version synced = new Version(0, 0);
    private long lastWriteId;
    private long syncedWriteId;
    private HardState hardState = HardState.INITIAL;
    private long doubtTerm;
    /** The highest boot that a peer has seen: the next start is above it. */
    private long bootSeen;
    /** Whether a sync of the log has failed since the last opening, or what was not synced was lost: it is noted. */
    private boolean missing;

    /** Is told of what is durable before whoever wrote it; may block. */
    interface Told {

        /** The log is. */
        default void logSynced(long lastIndex) { }

        /** The hard state is. */
        default void hardStateSynced(HardState state) { }
    }

    private record Write(long writeId, LogEntry entry) { }

    /** All that was written at one moment. Immutable from outside. */
    static final class Copy {

        private final Version log;
        private final HardState hardState;
        private final long doubtTerm;
        private final long bootSeen;
        private final MemorySnapshots snapshots;

        private Copy(Version log, HardState hardState, long doubtTerm, long bootSeen, MemorySnapshots snapshots) {
            this.log = log;
            this.hardState = hardState;
            this.doubtTerm = doubtTerm;
            this.bootSeen = bootSeen;
            this.snapshots = snapshots;
        }
    }

    private record Stored(LogEntry entry, long weightSoFar) { }

    /** A log: its boundary and the entries after it. */
    private static final class Version {
        private final ArrayList<Stored> entries = new ArrayList<>();
        private long boundary;
        private long boundaryTerm;
        private long boundaryWeight;

        Version(long boundary, long boundaryTerm) {
            this.boundary = boundary;
            this.boundaryTerm = boundaryTerm;
        }

        long lastIndex() {
            return boundary + entries.size();
        }

        Stored at(long index) {
            return entries.get((int) (index - boundary - 1));
        }

        long weightThrough(long index) {
            return index == boundary ? boundaryWeight : at(index).weightSoFar();
        }

        long termAt(long index) {
            return index == boundary ? boundaryTerm : at(index).entry().term();
        }

        void put(LogEntry entry) {
            entries.subList((int) (entry.index() - boundary - 1), entries.size()).clear();
            entries.add(new Stored(entry, weightThrough(entry.index() - 1) + entry.weight()));
        }

        void compact(long upToIndex) {
            if (upToIndex > boundary) {
                boundaryTerm = termAt(upToIndex);
                boundaryWeight = weightThrough(upToIndex);
                entries.subList(0, (int) (upToIndex - boundary)).clear();
                boundary = upToIndex;
            }
        }

        Version copy() {
            Version copy = new Version(boundary, boundaryTerm);
            copy.boundaryWeight = boundaryWeight;
            copy.entries.addAll(entries);
            return copy;
        }
    }

    static void requireConsecutive(long fromIndex, List<LogEntry> entries, long previousTerm) {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("no entries");
        }
        long index = fromIndex;
        long term = previousTerm;
        for (LogEntry entry : entries) {
            if (entry.index() != index) {
                throw new IllegalArgumentException("entry " + entry.index() + " where " + index + " is due");
            }
            if (entry.term() < term) {
                throw new IllegalArgumentException("entry " + index + " has term " + entry.term() + " after term "
                        + term);
            }
            term = entry.term();
            index++;
        }
    }

    long firstIndex() {
        return seen.boundary + 1;
    }

    long lastIndex() {
        return seen.lastIndex();
    }

    long lastWriteId() {
        return lastWriteId;
    }

    /** An unsynced overwrite takes what it supersedes off the durable part. */
    long durableIndex() {
        long durable = synced.lastIndex();
        for (Write write : unsynced) {
            durable = Math.min(durable, write.entry().index() - 1);
        }
        return durable;
    }

    long termAt(long index) {
        requireInside(index, seen.boundary);
        return seen.termAt(index);
    }

    long weight(long fromIndex, long toIndex) {
        requireInside(fromIndex, seen.boundary + 1);
        requireInside(toIndex, fromIndex);
        return seen.weightThrough(toIndex) - seen.weightThrough(fromIndex - 1);
    }

    long write(List<LogEntry> entries) {
        for (LogEntry entry : entries) {
            seen.put(entry);
            unsynced.add(new Write(++lastWriteId, entry));
        }
        written.signalAll();
        return lastWriteId;
    }

    long syncLog(long upToWriteId) {
        while (!unsynced.isEmpty() && unsynced.element().writeId() <= upToWriteId) {
            synced.put(unsynced.remove().entry());
        }
        syncedWriteId = Math.max(syncedWriteId, upToWriteId);
        return syncedWriteId;
    }

    void compact(long upToIndex) {
        seen.compact(upToIndex);
        synced.compact(upToIndex);
    }

    void reset(long lastIncludedIndex, long lastIncludedTerm) {
        unsynced.clear();
        seen = new Version(lastIncludedIndex, lastIncludedTerm);
        synced = new Version(lastIncludedIndex, lastIncludedTerm);
        syncedWriteId = lastWriteId;
    }

    List<LogEntry> entries(long fromIndex, long toIndex, long weightMax) {
        List<LogEntry> found = new ArrayList<>();
        long weight = 0;
        if (fromIndex > seen.boundary) {
            for (long index = fromIndex; index <= toIndex; index++) {
                LogEntry entry = seen.at(index).entry();
                weight += entry.weight();
                if (weight > weightMax && !found.isEmpty()) {
                    break;
                }
                found.add(entry);
            }
        }
        return found;
    }

    /** Drops the unsynced writes but the first {@code kept}. */
    void powerCut(int kept) {
        Iterator<Write> writes = unsynced.iterator();
        for (int i = 0; i < kept && writes.hasNext(); i++) {
            synced.put(writes.next().entry());
        }
        unsynced.clear();
        syncedWriteId = lastWriteId;
        seen = synced.copy();
    }

    Copy copy() {
        return new Copy(seen.copy(), hardState, doubtTerm, bootSeen, snapshots.copy());
    }

    /** What was copied is all there is, and durable. */
    void putBack(Copy copy) {
        unsynced.clear();
        syncedWriteId = lastWriteId;
        seen = copy.log.copy();
        synced = copy.log.copy();
        hardState = copy.hardState;
        doubtTerm = copy.doubtTerm;
        bootSeen = copy.bootSeen;
        snapshots.putBack(copy.snapshots);
    }

    int unsynced() {
        return unsynced.size();
    }

    HardState hardState() {
        return hardState;
    }

    void hardState(HardState state) {
        hardState = state;
    }

    long doubtTerm() {
        return doubtTerm;
    }

    void doubtTerm(long term) {
        doubtTerm = term;
    }

    /** The server is in doubt from now on, if it was not, and its starts are known up to {@code seenUpTo}. */
    void doubt(long seenUpTo) {
        doubtTerm = doubtTerm > 0 ? doubtTerm : hardState.currentTerm();
        bootSeen = Math.max(bootSeen, seenUpTo);
    }

    long bootSeen() {
        return bootSeen;
    }

    boolean isMissing() {
        return missing;
    }

    void missing(boolean now) {
        missing = now;
    }

    /** Runs what a test has set; without the lock, so that it may block. */
    void beforeSync() {
        beforeSync.run();
    }

    void beforeSync(Runnable hook) {
        beforeSync = hook;
    }

    /** Without the lock. */
    Told told() {
        return told;
    }

    void tell(Told newTold) {
        told = newTold;
    }

    private void requireInside(long index, long from) {
        if (index < from || index > lastIndex()) {
            throw new IllegalArgumentException("index " + index + " is outside " + from + ".." + lastIndex());
        }
    }
}
