package io.driftless.sim;

import io.driftless.log.LogEntry;
import io.driftless.raft.HardState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the checkers know of a disk: what counts as stored there at this moment. Under a relaxed policy that is what was
 * written, and a power cut takes some of it; but an overwrite, and what is written behind it, counts when it is synced,
 * so that nothing superseded comes back (R18).
 */
final class DiskView {

    /** Where an entry stands, and of which term it is: that names it (Raft §5.3). */
    record Place(long index, long term) { }

    private final boolean relaxed;
    /** What counts though it was not synced; used under a relaxed policy only. */
    private final StoredLog written = new StoredLog();
    /** What begins with an overwrite that is not synced. */
    private final List<LogEntry> uncounted = new ArrayList<>();
    private final Set<Place> lost = new LinkedHashSet<>();

    private final StoredLog synced = new StoredLog();
    private final Deque<LogEntry> unsynced = new ArrayDeque<>();
    private HardState hardState = HardState.INITIAL;
    /** Of the last entry in it, which need not be in the log. */
    private Optional<Place> snapshot = Optional.empty();
    /** What was a snapshot once. */
    private final LinkedHashSet<Place> aside = new LinkedHashSet<>();

    DiskView(boolean relaxed) {
        this.relaxed = relaxed;
    }

    void written(List<LogEntry> entries, boolean overwrite) {
        unsynced.addAll(entries);
        if (overwrite) {
            written.cut(entries.getFirst().index());
        }
        if (overwrite || !uncounted.isEmpty()) {
            uncounted.addAll(entries);
        } else {
            entries.forEach(written::put);
        }
    }

    void synced() {
        syncFirst(unsynced.size());
        uncounted.forEach(written::put);
        uncounted.clear();
    }

    private void syncFirst(int count) {
        for (int i = 0; i < count && !unsynced.isEmpty(); i++) {
            synced.put(unsynced.removeFirst());
        }
    }

    /** The log has forgotten its beginning; what it forgets was synced. */
    void compacted(long upToIndex) {
        synced.compact(upToIndex);
        written.compact(upToIndex);
    }

    /** The log begins behind an index, and is empty, durably. */
    void reset(long index, long term) {
        lose(counted().from(index + 1));
        synced.reset(index, term);
        written.reset(index, term);
        uncounted.clear();
        unsynced.clear();
    }

    /** A snapshot is durable. */
    void snapshot(long index, long term) {
        snapshot = Optional.of(new Place(index, term));
    }

    /** The snapshot is not there any more. */
    void snapshotSetAside() {
        snapshot.ifPresent(aside::add);
        snapshot = Optional.empty();
    }

    /** The snapshot that was set aside last. */
    Optional<Place> lastSetAside() {
        return aside.reversed().stream().findFirst();
    }

    /** Whether its snapshot of this place was set aside. */
    boolean wasSetAside(Place place) {
        return aside.contains(place);
    }

    /** Whether a snapshot that was set aside held the entry of this index. */
    boolean wasSetAside(long index) {
        return aside.stream().anyMatch(place -> place.index() >= index);
    }

    private void lose(List<LogEntry> entries) {
        entries.forEach(entry -> lost.add(new Place(entry.index(), entry.term())));
    }

    void powerCut(int kept) {
        syncFirst(kept);
        unsynced.clear();
        uncounted.clear();
        if (relaxed) {
            lose(written.from(synced.lastIndex() + 1));
        }
        written.become(synced);
    }

    /** All that was written at one moment, as a copy of the folder has it. */
    record Copy(StoredLog log, HardState hardState, Optional<Place> snapshot) { }

    Copy copy() {
        StoredLog log = new StoredLog();
        log.become(synced);
        unsynced.forEach(log::put);
        return new Copy(log, hardState, snapshot);
    }

    /** What counted and is not in the copy is lost. */
    void putBack(Copy copy) {
        for (LogEntry entry : counted().entries()) {
            if (entry.index() > copy.log.boundary() && copy.log.termAt(entry.index()) != entry.term()) {
                lost.add(new Place(entry.index(), entry.term()));
            }
        }
        if (boundary() > copy.log.lastIndex()) {
            lost.add(new Place(boundary(), termAt(boundary())));
        }
        snapshot = copy.snapshot;
        synced.become(copy.log);
        written.become(copy.log);
        uncounted.clear();
        unsynced.clear();
        hardState = copy.hardState;
    }

    /** What counted here and was lost, once or more often. */
    Set<Place> lost() {
        return lost;
    }

    private StoredLog counted() {
        return relaxed ? written : synced;
    }

    void hardState(HardState state) {
        hardState = state;
    }

    HardState hardState() {
        return hardState;
    }

    /** The index before the log's first entry. */
    long boundary() {
        return counted().boundary();
    }

    long lastIndex() {
        return counted().lastIndex();
    }

    int unsyncedCount() {
        return unsynced.size();
    }

    /** The index of the snapshot; 0 without one. */
    long snapshotIndex() {
        return snapshot.map(Place::index).orElse(0L);
    }

    /** What stands for all that is at or below it: the last entry that the log has forgotten, and the snapshot's. */
    List<Place> covering() {
        List<Place> places = new ArrayList<>(2);
        places.add(new Place(boundary(), termAt(boundary())));
        snapshot.ifPresent(places::add);
        return places;
    }

    /** The term of the entry that counts at an index, or before the first one; 0 at index 0, -1 if there is none. */
    long termAt(long index) {
        return index == 0 ? 0 : counted().termAt(index);
    }
}
