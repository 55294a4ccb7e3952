package io.driftless.node;

import io.driftless.log.LogEntry;
import io.driftless.raft.TermRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries in memory, so that sending and applying them needs no disk. Written by the owner of the core, read
 * by any thread. Holds at most a fixed number of entries and, beyond the newest ones, a fixed weight.
 */
final class EntryCache {

    private static final int SLOTS = 1 << 14;
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
            for (long index = Math.max(entry.index(), oldest); index < next; index++) {
                drop(index);
            }
        } else if (entry.index() > next) {
            for (long index = oldest; index < next; index++) {
                drop(index);
            }
        }
        if (weight == 0 || entry.index() < oldest) {
            oldest = entry.index();
        }
        next = entry.index() + 1;
        while (oldest < entry.index() && (next - oldest > SLOTS || weight > weightMax)) {
            drop(oldest++);
        }
        weight += entry.weight();
        slots.set(slot(entry.index()), entry);
    }

    private void drop(long index) {
        LogEntry old = slots.get(slot(index));
        if (old != null && old.index() == index) {
            weight -= old.weight();
            slots.set(slot(index), null);
        }
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
