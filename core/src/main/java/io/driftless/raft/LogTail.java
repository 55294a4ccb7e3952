package io.driftless.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The core's picture of its log: terms as runs, weights of the newer entries, and which writes are under way. It
 * changes only by the core's own effects and by the completion of writes. Invariants: {@code boundaryIndex <=
 * durableIndex <= lastIndex}. Confined to the core's owner.
 */
final class LogTail {

    /** A write under way: a later overwrite cuts {@code lastIndex} down. */
    private record Write(long writeId, long lastIndex, long issuedNs) { }

    private long boundaryIndex;
    private long boundaryTerm;
    /** Runs of equal terms, by their first index; parallel lists. */
    private final List<Long> runStarts = new ArrayList<>();
    private final List<Long> runTerms = new ArrayList<>();
    private final EntryWeights weights;
    private final Deque<Write> writes = new ArrayDeque<>();
    private long lastIndex;
    private long durableIndex;
    /** The write of the last reset; below 0 without one. */
    private long resetWriteId = -1;

    LogTail(Recovered recovered) {
        boundaryIndex = recovered.log().firstIndex() - 1;
        boundaryTerm = recovered.boundaryTerm();
        lastIndex = boundaryIndex;
        for (TermRuns.Run run : recovered.log().runs()) {
            addRun(run.term(), run.count());
        }
        durableIndex = lastIndex;
        weights = new EntryWeights(lastIndex, recovered.stored());
    }

    private void addRun(long term, long count) {
        int last = runTerms.size() - 1;
        if (last < 0 || runTerms.get(last) != term) {
            runStarts.add(lastIndex + 1);
            runTerms.add(term);
        }
        lastIndex += count;
    }

    /**
     * The log ends with these entries now, whose write is asked for, from {@code terms.firstIndex()} on: the last
     * {@code terms.count()} of {@code content}, or one no-op without content. Writes nothing itself.
     */
    void extend(long writeId, TermRuns terms, Content content, long nowNs) {
        if (terms.firstIndex() <= lastIndex) {
            cutFrom(terms.firstIndex());
        }
        int skip = Math.toIntExact(Math.max(0, content.count() - terms.count()));
        int position = skip;
        for (TermRuns.Run run : terms.runs()) {
            addRun(run.term(), run.count());
            for (long i = 0; i < run.count(); i++) {
                weights.add(content.count() == 0 ? NOOP_WEIGHT : content.weight(position++));
            }
        }
        writes.add(new Write(writeId, lastIndex, nowNs));
    }

    /** What a no-op counts for. */
    static final long NOOP_WEIGHT = 64;

    private void cutFrom(long index) {
        while (!runStarts.isEmpty() && runStarts.getLast() >= index) {
            runStarts.removeLast();
            runTerms.removeLast();
        }
        lastIndex = index - 1;
        durableIndex = Math.min(durableIndex, lastIndex);
        weights.cutFrom(index);
        // The completion of a write that was overwritten says nothing of what stands there now (the ABA case).
        List<Write> kept = new ArrayList<>(writes.size());
        for (Write write : writes) {
            kept.add(new Write(write.writeId(), Math.min(write.lastIndex(), lastIndex), write.issuedNs()));
        }
        writes.clear();
        writes.addAll(kept);
    }

    /**
     * The log is empty now behind a snapshot that is durable; the write that makes it so is asked for. What earlier
     * writes complete counts for nothing (R28). Writes nothing itself.
     */
    void reset(long writeId, long index, long term, long nowNs) {
        boundaryIndex = index;
        boundaryTerm = term;
        runStarts.clear();
        runTerms.clear();
        weights.reset(index);
        lastIndex = index;
        // By the snapshot: a start completes what a crash leaves undone (R27).
        durableIndex = index;
        List<Write> kept = new ArrayList<>(writes.size() + 1);
        for (Write write : writes) {
            kept.add(new Write(write.writeId(), index, write.issuedNs()));
        }
        writes.clear();
        writes.addAll(kept);
        writes.add(new Write(writeId, index, nowNs));
        resetWriteId = writeId;
    }

    /** Nothing up to {@code index} is asked for any more; at most durableIndex. The log itself may keep more. */
    void compact(long index) {
        boundaryTerm = termAt(index);
        boundaryIndex = index;
        while (!runStarts.isEmpty() && (runStarts.size() > 1 ? runStarts.get(1) - 1 : lastIndex) <= index) {
            runStarts.removeFirst();
            runTerms.removeFirst();
        }
        if (!runStarts.isEmpty()) {
            runStarts.set(0, Math.max(runStarts.getFirst(), index + 1));
        }
    }

    /** All writes up to {@code writeId} are durable; returns whether {@link #durableIndex()} has risen. */
    boolean completed(long writeId) {
        long before = durableIndex;
        while (!writes.isEmpty() && writes.peekFirst().writeId() <= writeId) {
            durableIndex = Math.max(durableIndex, writes.removeFirst().lastIndex());
        }
        weights.forgetUpTo(durableIndex);
        return durableIndex > before;
    }

    /** Whether a write is under way. */
    boolean isWriting() {
        return !writes.isEmpty();
    }

    /** Whether a reset is under way: what counts as durable then may be so by the snapshot alone. */
    boolean isResetting() {
        return isWriting() && writes.peekFirst().writeId() <= resetWriteId;
    }

    /** When the oldest write under way was issued; {@link Long#MAX_VALUE} if there is none. */
    long oldestWriteNs() {
        return writes.isEmpty() ? Long.MAX_VALUE : writes.peekFirst().issuedNs();
    }

    /** Index of the last entry, durable or not. */
    long lastIndex() {
        return lastIndex;
    }

    /** Term of the last entry, or of the log's boundary if there is none. */
    long lastTerm() {
        return runTerms.isEmpty() ? boundaryTerm : runTerms.getLast();
    }

    /** The index before the first entry: 0, or the last one included in what was compacted. */
    long boundaryIndex() {
        return boundaryIndex;
    }

    /** Highest index up to which everything is durable here. */
    long durableIndex() {
        return durableIndex;
    }

    /** The term at an index from {@link #boundaryIndex()} to {@link #lastIndex()}. */
    long termAt(long index) {
        if (index == boundaryIndex) {
            return boundaryTerm;
        }
        if (index < boundaryIndex || index > lastIndex) {
            throw new IllegalArgumentException("term at " + index + " of a log " + boundaryIndex + " to " + lastIndex);
        }
        return runTerms.get(runAt(index));
    }

    private int runAt(long index) {
        int low = 0;
        int high = runStarts.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (runStarts.get(middle) <= index) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** First index of the run of equal terms that {@code index} stands in. */
    long firstOfRun(long index) {
        return index == boundaryIndex ? boundaryIndex : runStarts.get(runAt(index));
    }

    /** Last index up to {@code upTo} whose term is at most {@code term}; the boundary if there is none above it. */
    long lastWithTermAtMost(long term, long upTo) {
        for (int run = runStarts.size() - 1; run >= 0; run--) {
            if (runTerms.get(run) <= term && runStarts.get(run) <= upTo) {
                long end = run + 1 < runStarts.size() ? runStarts.get(run + 1) - 1 : lastIndex;
                return Math.min(end, upTo);
            }
        }
        return boundaryIndex;
    }

    /** The terms from one index to another, both included. */
    TermRuns terms(long fromIndex, long toIndex) {
        if (fromIndex > toIndex) {
            return TermRuns.empty(fromIndex);
        }
        List<TermRuns.Run> runs = new ArrayList<>(2);
        long index = fromIndex;
        for (int run = runAt(fromIndex); index <= toIndex; run++) {
            long end = run + 1 < runStarts.size() ? Math.min(runStarts.get(run + 1) - 1, toIndex) : toIndex;
            runs.add(new TermRuns.Run(runTerms.get(run), end - index + 1));
            index = end + 1;
        }
        return new TermRuns(fromIndex, runs);
    }

    /** Sum of the weights of {@code fromIndex..toIndex}, both included; 0 if empty. */
    long weight(long fromIndex, long toIndex) {
        return weights.weight(fromIndex, toIndex);
    }

    /** Sum of the weights of what is here behind {@code index}. */
    long weightAfter(long index) {
        return weight(Math.max(index, boundaryIndex()) + 1, lastIndex());
    }
}
