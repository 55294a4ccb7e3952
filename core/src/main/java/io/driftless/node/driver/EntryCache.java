package io.driftless.node.driver;

import io.driftless.log.LogEntry;
import io.driftless.raft.TermRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries in memory, so that sending and applying them needs no disk. Written by the owner of the core, read
 * by any thread. Holds at most a fixed number of entries and, beyond the newest one, a fixed weight: what they keep on
 * the heap, with the arrays that their payloads are parts of.
 */
final class EntryCache {

    private static final int SLOTS = 1 << 14;
    /** What an entry takes on the heap beside its payload. */
    private static final long ENTRY_BYTES = 96;
    /** What the entries weigh together at most, but for the newest one. */
    static final long WEIGHT_MAX = 32 << 20;

    private final AtomicReferenceArray<@Nullable LogEntry> slots = new AtomicReferenceArray<>(SLOTS);
    private final long weightMax;
    private long oldest = 1;
    private long next = 1;
    private long weight;

    /** Of entries of the usual weight. */
    EntryCache() {
        this(WEIGHT_MAX);
    }

    /** Of entries that weigh at most this together. */
    EntryCache(long weightMax) {
        this.weightMax = weightMax;
    }

    private static int slot(long index) {
        return (int) (index & (SLOTS - 1));
    }

    /** Takes in an entry: the next one, or one that overwrites everything from its index on. */
    void put(LogEntry entry) {
        if (entry.index() < next) {
            while (next > Math.max(entry.index(), oldest)) {
                drop(next - 1, next - 2);
                next--;
            }
        } else if (entry.index() > next) {
            dropOldestUntil(next);
        }
        if (weight == 0 || entry.index() < oldest) {
            oldest = entry.index();
        }
        next = entry.index() + 1;
        while (oldest < entry.index() && (next - oldest > SLOTS || weight > weightMax)) {
            dropOldestUntil(oldest + 1);
        }
        weight += pinnedBy(entry, entry.index() - 1);
        slots.set(slot(entry.index()), entry);
    }

    private void dropOldestUntil(long end) {
        for (; oldest < end; oldest++) {
            drop(oldest, oldest + 1);
        }
    }

    private void drop(long index, long neighbour) {
        LogEntry old = entry(index);
        if (old != null) {
            weight -= pinnedBy(old, neighbour);
            slots.set(slot(index), null);
        }
    }

    /**
     * What an entry keeps on the heap: itself, and the array that its payload is a part of. Entries that came in one
     * read share theirs, and are neighbours: it counts for one that has none beside it.
     */
    private long pinnedBy(LogEntry entry, long neighbour) {
        LogEntry beside = entry(neighbour);
        byte[] array = entry.payload().array();
        return ENTRY_BYTES + (beside != null && beside.payload().array() == array ? 0 : array.length);
    }

    /** The entry at {@code index} if it is here. */
    @Nullable LogEntry entry(long index) {
        LogEntry entry = slots.get(slot(index));
        return entry != null && entry.index() == index ? entry : null;
    }

    /** The entries with these indexes and terms; empty if one of them is not here. */
    List<LogEntry> entries(TermRuns terms) {
        List<LogEntry> entries = new ArrayList<>(Math.toIntExact(terms.count()));
        long index = terms.firstIndex();
        for (TermRuns.Run run : terms.runs()) {
            for (long i = 0; i < run.count(); i++) {
                LogEntry entry = entry(index++);
                if (entry == null || entry.term() != run.term()) {
                    return List.of();
                }
                entries.add(entry);
            }
        }
        return entries;
    }
}
