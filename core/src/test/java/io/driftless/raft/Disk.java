package io.driftless.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What one server of a {@link Cluster} has on its disk and what is on its way there. The log and the hard state are
 * written apart, each in order; a crash keeps any prefix of either.
 */
final class Disk {

    /**
     * An entry. {@code chain} stands for the entry and all before it: equal chains, equal logs.
     */
    record Entry(long term, String word, long chain) { }

    private record LogWrite(long writeId, long firstIndex, List<Entry> entries) { }

    private record StateWrite(long writeId, HardState state) { }

    /** Index 1 stands at position 0. */
    private final List<Entry> durableLog = new ArrayList<>();
    /** What the log shows: with the writes under way. */
    private final List<Entry> log = new ArrayList<>();
    private final Deque<LogWrite> logWrites = new ArrayDeque<>();
    private final Deque<StateWrite> stateWrites = new ArrayDeque<>();
    private HardState durableState = HardState.INITIAL;
    private long lastWriteId;
    private boolean stuck;

    static long chain(long previous, long term, String word) {
        long mixed = previous * 0x9E3779B97F4A7C15L + term * 31 + word.hashCode() + 17;
        return mixed ^ (mixed >>> 29);
    }

    void append(long writeId, TermRuns terms, List<String> words) {
        cut(log, terms.firstIndex());
        List<Entry> added = new ArrayList<>();
        long index = terms.firstIndex();
        for (String word : words) {
            long term = terms.termAt(index++);
            Entry entry = new Entry(term, word, chain(log.isEmpty() ? 0 : log.getLast().chain(), term, word));
            log.add(entry);
            added.add(entry);
        }
        logWrites.add(new LogWrite(writeId, terms.firstIndex(), added));
        lastWriteId = writeId;
    }

    void persist(long writeId, HardState state) {
        stateWrites.add(new StateWrite(writeId, state));
        lastWriteId = writeId;
    }

    private static void cut(List<Entry> entries, long firstIndex) {
        if (firstIndex > entries.size() + 1) {
            throw new AssertionError("a gap in the log: " + firstIndex + " after " + entries.size());
        }
        entries.subList(Math.toIntExact(firstIndex - 1), entries.size()).clear();
    }

    boolean isWritingLog() {
        return !logWrites.isEmpty();
    }

    boolean isWritingState() {
        return !stateWrites.isEmpty();
    }

    /** The oldest {@code count} log writes become durable. Returns the id of the last one. */
    long completeLogWrites(int count) {
        long writeId = 0;
        for (int i = 0; i < count; i++) {
            LogWrite write = logWrites.removeFirst();
            cut(durableLog, write.firstIndex());
            durableLog.addAll(write.entries());
            writeId = write.writeId();
        }
        return writeId;
    }

    int logWritesUnderWay() {
        return logWrites.size();
    }

    /** The oldest write of the hard state becomes durable. Returns its id. */
    long completeStateWrite() {
        StateWrite write = stateWrites.removeFirst();
        durableState = write.state();
        return write.writeId();
    }

    /** Power is lost: of the writes under way any prefix is kept, of the last one any part. */
    void crash(RandomGenerator random) {
        completeLogWrites(random.nextInt(logWrites.size() + 1));
        if (!logWrites.isEmpty()) {
            LogWrite torn = logWrites.removeFirst();
            int kept = random.nextInt(torn.entries().size() + 1);
            if (kept > 0) {
                cut(durableLog, torn.firstIndex());
                durableLog.addAll(torn.entries().subList(0, kept));
            }
        }
        for (int kept = random.nextInt(stateWrites.size() + 1); kept > 0; kept--) {
            completeStateWrite();
        }
        logWrites.clear();
        stateWrites.clear();
        log.clear();
        log.addAll(durableLog);
        stuck = false;
    }

    /** Puts entries there before the first start. */
    void preload(HardState state, TermRuns terms) {
        List<String> words = new ArrayList<>();
        for (long index = 1; index <= terms.lastIndex(); index++) {
            words.add(index + "@" + terms.termAt(index));
        }
        if (!words.isEmpty()) {
            append(0, terms, words);
            completeLogWrites(1);
        }
        durableState = state;
    }

    Recovered recovered(long applied) {
        long[] terms = durableLog.stream().mapToLong(Entry::term).toArray();
        return new Recovered(durableState, 0, CoreHarness.runs(1, terms), (from, to) -> (to - from + 1) * Words.WEIGHT,
                applied, 0);
    }

    void stick(boolean newStuck) {
        stuck = newStuck;
    }

    boolean isStuck() {
        return stuck;
    }

    long lastWriteId() {
        return lastWriteId;
    }

    /** What the last write of the hard state leaves, durable or under way. */
    HardState latestState() {
        return stateWrites.isEmpty() ? durableState : stateWrites.getLast().state();
    }

    HardState durableState() {
        return durableState;
    }

    List<Entry> log() {
        return log;
    }

    List<Entry> durableLog() {
        return durableLog;
    }

    /** The chain at an index of the log; 0 at index 0. */
    long chainAt(long index) {
        return index == 0 ? 0 : log.get(Math.toIntExact(index - 1)).chain();
    }

    /** Whether what is durable reaches {@code index} and is {@code chain} there. */
    boolean isDurable(long index, long chain) {
        return index <= durableLog.size() && (index == 0 || durableLog.get(Math.toIntExact(index - 1))
                .chain() == chain);
    }

    /** The words of these entries. */
    Words words(TermRuns terms) {
        List<String> words = new ArrayList<>();
        for (long index = terms.firstIndex(); index <= terms.lastIndex(); index++) {
            Entry entry = log.get(Math.toIntExact(index - 1));
            if (entry.term() != terms.termAt(index)) {
                throw new AssertionError("entry " + index + " is of term " + entry.term() + ", and "
                        + terms.termAt(index) + " was to be sent");
            }
            words.add(entry.word());
        }
        return new Words(words);
    }
}
