package io.driftless.sim;

import io.driftless.log.LogEntry;
import java.util.ArrayList;
import java.util.List;

/** A log as the checkers know it: the entry before the first one, and the entries. */
final class StoredLog {

    private long boundary;
    private long boundaryTerm;
    private final List<LogEntry> entries = new ArrayList<>();

    /** The index before the first entry. */
    long boundary() {
        return boundary;
    }

    long lastIndex() {
        return boundary + entries.size();
    }

    /** The term at an index; -1 where there is no entry, but for the one before the first. */
    long termAt(long index) {
        if (index == boundary) {
            return boundaryTerm;
        }
        return index < boundary || index > lastIndex() ? -1 : entries.get(place(index)).term();
    }

    private int place(long index) {
        return Math.toIntExact(index - boundary - 1);
    }

    /** The entries, in order. */
    List<LogEntry> entries() {
        return entries;
    }

    /** Those from an index on. */
    List<LogEntry> from(long index) {
        return entries.subList(Math.clamp(index - boundary - 1, 0, entries.size()), entries.size());
    }

    /** Forgets what stands at an index and behind it. */
    void cut(long fromIndex) {
        from(fromIndex).clear();
    }

    /** Appends an entry, or replaces what stands there and behind it. */
    void put(LogEntry entry) {
        cut(entry.index());
        entries.add(entry);
    }

    /** Forgets what stands up to an index; at most its last one. */
    void compact(long upToIndex) {
        if (upToIndex > boundary) {
            long term = termAt(upToIndex);
            entries.subList(0, place(upToIndex) + 1).clear();
            boundary = upToIndex;
            boundaryTerm = term;
        }
    }

    /** Forgets everything. */
    void reset(long index, long term) {
        entries.clear();
        boundary = index;
        boundaryTerm = term;
    }

    /** Becomes the same as another. */
    void become(StoredLog other) {
        reset(other.boundary, other.boundaryTerm);
        entries.addAll(other.entries);
    }
}
