package io.driftless.sim;

import io.driftless.log.LogEntry;
import io.driftless.raft.HardState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the checkers know of a disk: what counts as stored there at this moment. Under a relaxed policy that is what was
 * written, and a power cut takes some of it; but an overwrite, and what is written behind it, counts when it is synced,
 * so that nothing superseded comes back (R18).
 */
final class DiskView {

    /** An entry that counted and was lost. */
    record Lost(long index, long term) { }

    private final boolean relaxed;
    /** What counts though it was not synced; used under a relaxed policy only. */
    private final List<LogEntry> written = new ArrayList<>();
    /** What begins with an overwrite that is not synced. */
    private final List<LogEntry> uncounted = new ArrayList<>();
    private final Set<Lost> lost = new LinkedHashSet<>();

    private final List<LogEntry> synced = new ArrayList<>();
    private final Deque<LogEntry> unsynced = new ArrayDeque<>();
    private HardState hardState = HardState.INITIAL;

    DiskView(boolean relaxed) {
        this.relaxed = relaxed;
    }

    void written(List<LogEntry> entries, boolean overwrite) {
        unsynced.addAll(entries);
        if (overwrite) {
            cut(written, entries.getFirst().index());
        }
        if (overwrite || !uncounted.isEmpty()) {
            uncounted.addAll(entries);
        } else {
            written.addAll(entries);
        }
    }

    void synced() {
        syncFirst(unsynced.size());
        uncounted.forEach(entry -> put(written, entry));
        uncounted.clear();
    }

    private void syncFirst(int count) {
        for (int i = 0; i < count && !unsynced.isEmpty(); i++) {
            put(synced, unsynced.removeFirst());
        }
    }

    private static void put(List<LogEntry> log, LogEntry entry) {
        cut(log, entry.index());
        log.add(entry);
    }

    private static void cut(List<LogEntry> log, long fromIndex) {
        log.subList(Math.min(Math.toIntExact(fromIndex - 1), log.size()), log.size()).clear();
    }

    void powerCut(int kept) {
        syncFirst(kept);
        unsynced.clear();
        uncounted.clear();
        if (relaxed) {
            for (LogEntry entry : written.subList(Math.min(synced.size(), written.size()), written.size())) {
                lost.add(new Lost(entry.index(), entry.term()));
            }
        }
        written.clear();
        written.addAll(synced);
    }

    /** All that was written at one moment, as a copy of the folder has it. */
    record Copy(List<LogEntry> log, HardState hardState) { }

    Copy copy() {
        List<LogEntry> log = new ArrayList<>(synced);
        unsynced.forEach(entry -> put(log, entry));
        return new Copy(List.copyOf(log), hardState);
    }

    /** What counted and is not in the copy is lost. */
    void putBack(Copy copy) {
        for (LogEntry entry : counted()) {
            if (entry.index() > copy.log.size()
                    || copy.log.get(Math.toIntExact(entry.index() - 1)).term() != entry.term()) {
                lost.add(new Lost(entry.index(), entry.term()));
            }
        }
        for (List<LogEntry> log : List.of(synced, written)) {
            log.clear();
            log.addAll(copy.log);
        }
        uncounted.clear();
        unsynced.clear();
        hardState = copy.hardState;
    }

    /** What counted here and was lost, once or more often. */
    Set<Lost> lost() {
        return lost;
    }

    private List<LogEntry> counted() {
        return relaxed ? written : synced;
    }

    void hardState(HardState state) {
        hardState = state;
    }

    HardState hardState() {
        return hardState;
    }

    long lastIndex() {
        return counted().size();
    }

    int unsyncedCount() {
        return unsynced.size();
    }

    /** The term of the entry that counts at an index; 0 at index 0, -1 if there is none. */
    long termAt(long index) {
        List<LogEntry> log = counted();
        return index == 0 ? 0 : index > log.size() ? -1 : log.get(Math.toIntExact(index - 1)).term();
    }
}
