package io.driftless.raft;

import java.util.ArrayList;
import java.util.List;

/**
 * The terms of consecutive entries as runs of equal terms: the compact form in which messages and the log's view carry
 * them. Immutable.
 *
 * @param firstIndex index of the first entry
 * @param runs       the runs in order, none empty; neighbours differ in term, and terms never fall
 */
public record TermRuns(long firstIndex, List<Run> runs) {

    /**
     * Entries of one term.
     *
     * @param term  their term
     * @param count how many, at least 1
     */
    public record Run(long term, long count) {
        /** Checks the count. */
        public Run {
            if (count < 1) {
                throw new IllegalArgumentException("a run of " + count + " entries");
            }
        }
    }

    /** Copies the list and checks that terms rise from run to run. */
    public TermRuns {
        runs = List.copyOf(runs);
        for (int i = 1; i < runs.size(); i++) {
            if (runs.get(i).term() <= runs.get(i - 1).term()) {
                throw new IllegalArgumentException("terms do not rise: " + runs);
            }
        }
    }

    /** No entries, the next of which would stand at {@code firstIndex}. */
    public static TermRuns empty(long firstIndex) {
        return new TermRuns(firstIndex, List.of());
    }

    /** {@code count} entries of one term; none if {@code count} is 0. */
    public static TermRuns of(long firstIndex, long term, long count) {
        return count == 0 ? empty(firstIndex) : new TermRuns(firstIndex, List.of(new Run(term, count)));
    }

    /** How many entries. */
    public long count() {
        long count = 0;
        for (Run run : runs) {
            count += run.count();
        }
        return count;
    }

    /** Index of the last entry; {@code firstIndex - 1} if there is none. */
    public long lastIndex() {
        return firstIndex + count() - 1;
    }

    /** Whether there is no entry. */
    public boolean isEmpty() {
        return runs.isEmpty();
    }

    /** The term of the entry at {@code index}, which must be one of these. */
    public long termAt(long index) {
        long end = firstIndex;
        for (Run run : runs) {
            end += run.count();
            if (index >= firstIndex && index < end) {
                return run.term();
            }
        }
        throw new IllegalArgumentException("index " + index + " is outside " + firstIndex + ".." + lastIndex());
    }

    /** The entries from {@code index} on, {@code firstIndex <= index <= lastIndex() + 1}. */
    public TermRuns from(long index) {
        long skip = index - firstIndex;
        List<Run> kept = new ArrayList<>(runs.size());
        for (Run run : runs) {
            if (skip < run.count()) {
                kept.add(skip == 0 ? run : new Run(run.term(), run.count() - skip));
                skip = 0;
            } else {
                skip -= run.count();
            }
        }
        return new TermRuns(index, kept);
    }
}
