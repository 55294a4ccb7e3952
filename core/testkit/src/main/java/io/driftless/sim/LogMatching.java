package io.driftless.sim;

import io.driftless.log.Entries;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.raft.Message;
import io.driftless.sim.history.Operation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Log matching (Raft figure 3, §5.3): if two logs have an entry of the same index and term, they are the same up to it.
 * Each entry is remembered with the term of the one before, so that one comparison stands for the whole log below.
 */
final class LogMatching implements Checker {

    /** No clock runs faster than so many hundredths of real time. */
    private static final long RATE_MAX_PERCENT = 106;

    private record Known(long termBefore, LogEntry entry) { }

    private final Map<DiskView.Place, Known> known = new HashMap<>();
    private final Universe universe;
    /** By how much clocks have jumped, all together. */
    private long jumpedMs;
    /** The terms of what is written on each disk, synced or not. */
    private final List<List<Long>> written = new ArrayList<>();

    LogMatching(Universe universe) {
        this.universe = universe;
        for (int node = 0; node < universe.plan.servers(); node++) {
            written.add(new ArrayList<>());
        }
    }

    @Override
    public String property() {
        return "log matching (Raft §5.3)";
    }

    @Override
    public void saw(Happening happening) {
        if (happening instanceof Happening.Started started) {
            DiskView view = universe.node(started.node()).view();
            List<Long> terms = written.get(started.node());
            terms.clear();
            for (long index = 1; index <= view.lastIndex(); index++) {
                terms.add(view.termAt(index));
            }
        } else if (happening instanceof Happening.LogReset reset) {
            List<Long> terms = written.get(reset.node());
            terms.clear();
            terms.addAll(Collections.nCopies(Math.toIntExact(reset.index() - 1), -1L));
            terms.add(reset.term());
        } else if (happening instanceof Happening.Struck struck && struck.fault().kind() == Fault.Kind.CLOCK_JUMP) {
            jumpedMs += struck.fault().lengthMs();
        } else if (happening instanceof Happening.LogWritten log) {
            List<Long> terms = written.get(log.node());
            for (LogEntry entry : log.entries()) {
                terms.subList((int) entry.index() - 1, terms.size()).clear();
                long before = terms.isEmpty() ? 0 : terms.getLast();
                terms.add(entry.term());
                check(log.node(), before, entry);
            }
        } else if (happening instanceof Happening.Sent sent
                && sent.message() instanceof Message.AppendEntries append
                && append.content() instanceof Entries entries) {
            long before = append.prevLogTerm();
            for (LogEntry entry : entries.list()) {
                Checker.require(entry.term() == append.entries().termAt(entry.index()), () -> "server " + sent.from()
                        + " sends " + entry + " in " + append);
                check(sent.from(), before, entry);
                before = entry.term();
            }
        }
    }

    private void check(int node, long termBefore, LogEntry entry) {
        Checker.require(termBefore <= entry.term(), () -> "terms fall at " + entry + " of server " + node);
        Known before = known.putIfAbsent(new DiskView.Place(entry.index(), entry.term()), new Known(termBefore, entry));
        Checker.require(before == null || before.termBefore() == termBefore && (before.entry() == entry
                || before.entry().equals(entry)), () -> "server " + node + " has " + entry + " after term " + termBefore
                + ", and elsewhere it was " + before);
        if (before == null && entry.index() > 1) {
            Known previous = known.get(new DiskView.Place(entry.index() - 1, termBefore));
            Checker.require(previous == null || isInTime(previous.entry(), entry), () -> "the log's clock falls, or"
                    + " goes on by more than the whole run took, at " + entry + " of server " + node + " after "
                    + previous);
        }
    }

    /** Only time that went by moves the log's clock, whatever wall clocks say: sessions will expire by it. */
    private boolean isInTime(LogEntry previous, LogEntry entry) {
        long elapsedMs = universe.timeline.nowNs() / 1_000_000 * RATE_MAX_PERCENT / 100 + jumpedMs + 1;
        return entry.timeMs() >= previous.timeMs() && entry.timeMs() - previous.timeMs() <= elapsedMs;
    }

    /** The entry of this index and term, if anybody has it. */
    @Nullable LogEntry entry(long index, long term) {
        Known found = known.get(new DiskView.Place(index, term));
        return found == null ? null : found.entry();
    }

    /** The serial of the command there; 0 if it is none. */
    long serialAt(long index, long term) {
        LogEntry entry = entry(index, term);
        return entry == null || entry.type() != EntryType.COMMAND ? 0 : Operation.decode(entry.payload()
                .asByteBuffer()).serial();
    }

    /**
     * Whether an entry counts on a disk: it is there, or in the snapshot, or the log has forgotten it behind one. Then
     * what is known to stand below the snapshot's entry decides.
     */
    boolean holds(DiskView view, long index, long term) {
        return view.termAt(index) == term || view.covering().stream().anyMatch(place -> place.index() > 0
                && place.index() >= index && termBelow(place.index(), place.term(), index) == term);
    }

    /** The term at {@code index} of the log that has {@code term} at {@code from}, at or above it; -1 if unknown. */
    long termBelow(long from, long term, long index) {
        long at = from;
        long found = term;
        while (at > index) {
            Known entry = known.get(new DiskView.Place(at, found));
            if (entry == null) {
                return -1;
            }
            found = entry.termBefore();
            at--;
        }
        return found;
    }
}
