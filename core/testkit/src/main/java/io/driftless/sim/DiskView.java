package io.driftless.sim;

import io.driftless.log.LogEntry;
import io.driftless.raft.HardState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What the checkers know of a disk: what would be there after a power cut at this moment. */
final class DiskView {

    private final List<LogEntry> synced = new ArrayList<>();
    private final Deque<LogEntry> unsynced = new ArrayDeque<>();
    private HardState hardState = HardState.INITIAL;

    void written(List<LogEntry> entries) {
        unsynced.addAll(entries);
    }

    void synced() {
        syncFirst(unsynced.size());
    }

    private void syncFirst(int count) {
        for (int i = 0; i < count && !unsynced.isEmpty(); i++) {
            LogEntry entry = unsynced.removeFirst();
            synced.subList(Math.toIntExact(entry.index() - 1), synced.size()).clear();
            synced.add(entry);
        }
    }

    void powerCut(int kept) {
        syncFirst(kept);
        unsynced.clear();
    }

    void hardState(HardState state) {
        hardState = state;
    }

    HardState hardState() {
        return hardState;
    }

    long lastIndex() {
        return synced.size();
    }

    int unsyncedCount() {
        return unsynced.size();
    }

    /** The term of the durable entry at an index; 0 at index 0, -1 if there is none. */
    long termAt(long index) {
        return index == 0 ? 0 : index > synced.size() ? -1 : synced.get(Math.toIntExact(index - 1)).term();
    }
}
