package io.driftless.log.mmap;

import io.driftless.log.LogEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A plain list, everything that was done to it, and what of that was acknowledged when: tells whether what an opening
 * finds after a cut is legal. Legal is the list after some prefix of the records written, not shorter than what was
 * acknowledged before the cut. Times are those of a {@link DiskHistory}. Confined to one thread.
 */
final class Journal {

    /**
     * What a log shows.
     *
     * @param first        its first index
     * @param boundaryTerm term of the index before
     * @param entries      from {@code first} on
     */
    record Found(long first, long boundaryTerm, List<LogEntry> entries) {

        static Found in(MmapLog log) {
            long first = log.firstIndex();
            Found found = new Found(first, log.termAt(first - 1), TestLogs.all(log));
            if (found.last() != log.lastIndex() || log.durableIndex() != log.lastIndex()) {
                throw new AssertionError("entries up to " + found.last() + ", last index " + log.lastIndex()
                        + ", durable " + log.durableIndex());
            }
            return found;
        }

        long last() {
            return first + entries.size() - 1;
        }
    }

    private sealed interface Step {

        /** When it began. */
        int at();

        record Written(int at, LogEntry entry) implements Step { }

        record Reset(int at, long index, long term) implements Step { }
    }

    /** The first so many steps must be there after a cut at or after {@code at}. */
    private record Acknowledged(int at, int steps) { }

    /** From {@code at} on the first index may, or must, be at least {@code first}, after so many resets. */
    private record First(int at, int resets, long first, boolean must) { }

    private final @Nullable Journal earlier;
    private final int earlierCut;
    private final List<Step> steps = new ArrayList<>();
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private final List<First> firsts = new ArrayList<>();
    private Found base = new Found(1, 0, List.of());
    private int openedAt = Integer.MAX_VALUE;
    private int resets;
    /** The list as it is now, from {@code boundary + 1} on, and beside each entry the number of steps up to it. */
    private final List<LogEntry> entries = new ArrayList<>();
    private final List<Integer> positions = new ArrayList<>();
    private long boundary;
    private long boundaryTerm;

    /** Of a log that has never been opened. */
    Journal() {
        this(null, 0);
    }

    /** Of a log that goes on after a cut; before it has been opened, the earlier journal says what may be there. */
    Journal(@Nullable Journal earlier, int earlierCut) {
        this.earlier = earlier;
        this.earlierCut = earlierCut;
    }

    /** The log has been opened for the first time and shows this: all of it is acknowledged. */
    void opened(int at, Found found) {
        base = found;
        openedAt = at;
        boundary = found.first() - 1;
        boundaryTerm = found.boundaryTerm();
        entries.addAll(found.entries());
        found.entries().forEach(entry -> positions.add(0));
        firsts.add(new First(at, 0, found.first(), true));
    }

    /** These are about to be appended or to supersede what is there. */
    void writing(int at, List<LogEntry> written) {
        for (LogEntry entry : written) {
            steps.add(new Step.Written(at, entry));
            int keep = (int) (entry.index() - boundary - 1);
            entries.subList(keep, entries.size()).clear();
            positions.subList(keep, positions.size()).clear();
            entries.add(entry);
            positions.add(steps.size());
        }
    }

    /** A compaction is about to begin. */
    void compacting(int at, long upTo) {
        firsts.add(new First(at, resets, upTo + 1, false));
    }

    /** A reset is about to begin. */
    void resetting(int at, long index, long term) {
        steps.add(new Step.Reset(at, index, term));
        resets++;
        boundary = index;
        boundaryTerm = term;
        entries.clear();
        positions.clear();
        firsts.add(new First(at, resets, index + 1, true));
    }

    /** An operation has returned, and the log says this of itself. */
    void returned(int at, long firstIndex, long durableIndex) {
        firsts.add(new First(at, resets, firstIndex, true));
        int at0 = (int) (durableIndex - boundary);
        acknowledged.add(new Acknowledged(at, at0 <= 0 ? lastReset() : positions.get(at0 - 1)));
    }

    /** All of it has been acknowledged. */
    void synced(int at) {
        acknowledged.add(new Acknowledged(at, steps.size()));
    }

    private int lastReset() {
        int position = steps.size();
        while (position > 0 && !(steps.get(position - 1) instanceof Step.Reset)) {
            position--;
        }
        return position;
    }

    List<LogEntry> entries() {
        return entries;
    }

    long last() {
        return boundary + entries.size();
    }

    long termAt(long index) {
        return index == boundary ? boundaryTerm : entries.get((int) (index - boundary - 1)).term();
    }

    /** Throws unless {@code found} is legal after a cut at {@code cut}. */
    void check(Found found, int cut) {
        if (cut < openedAt) {
            if (earlier != null) {
                earlier.check(found, earlierCut);
            } else if (!found.equals(base)) {
                throw new AssertionError("entries " + found.first() + ".." + found.last() + " in a log never used");
            }
            return;
        }
        int needed = acknowledged.stream().filter(ack -> ack.at() <= cut).mapToInt(Acknowledged::steps).max().orElse(0);
        Prefix prefix = new Prefix();
        int possible = (int) steps.stream().filter(step -> step.at() <= cut).count();
        for (int applied = 0; applied <= possible; applied++) {
            if (applied > 0) {
                prefix.apply(steps.get(applied - 1));
            }
            if (applied >= needed && prefix.shows(found, cut)) {
                return;
            }
        }
        throw new AssertionError("entries " + found.first() + ".." + found.last() + ", term " + found.boundaryTerm()
                + " before them, are no list after at least " + needed + " of " + steps.size() + " steps");
    }

    /** The list after some of the steps. */
    private final class Prefix {

        private final List<LogEntry> list = new ArrayList<>(base.entries());
        private long before = base.first() - 1;
        private long termBefore = base.boundaryTerm();
        private int resetsApplied;

        void apply(Step step) {
            switch (step) {
                case Step.Written written -> {
                    list.subList((int) (written.entry().index() - before - 1), list.size()).clear();
                    list.add(written.entry());
                }
                case Step.Reset reset -> {
                    list.clear();
                    before = reset.index();
                    termBefore = reset.term();
                    resetsApplied++;
                }
            }
        }

        boolean shows(Found found, int cut) {
            int dropped = (int) (found.first() - 1 - before);
            if (dropped < 0 || dropped > list.size() || found.last() != before + list.size()
                    || !list.subList(dropped, list.size()).equals(found.entries())
                    || found.boundaryTerm() != (dropped == 0 ? termBefore : list.get(dropped - 1).term())) {
                return false;
            }
            long lower = 0;
            long upper = 0;
            for (First first : firsts) {
                if (first.at() <= cut && first.resets() == resetsApplied) {
                    lower = first.must() ? Math.max(lower, first.first()) : lower;
                    upper = Math.max(upper, first.first());
                }
            }
            return found.first() >= lower && found.first() <= upper;
        }
    }
}
