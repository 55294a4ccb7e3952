package io.driftless.sim;

import io.driftless.log.LogEntry;
import io.driftless.machine.Consistency;
import io.driftless.machine.QueryOutcome;
import io.driftless.sim.history.Operation;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * What a query shows is the state at the index of its answer, and this index is high enough (R20): for a linearizable
 * one, at least what anybody had committed when it reached the server; for one of at least an index, this index. And if
 * the answer says how old it can be, everything that was committed longer ago is in it.
 */
final class ReadsAreTrue implements Checker {

    /** No clock runs slower than so many hundredths of real time. */
    private static final long RATE_MIN_PERCENT = 94;

    private final CommittedLog log;
    private final LongSupplier nowNs;
    /** How much was committed when linearizable queries reached a server, by their numbers. */
    private final Map<Long, Long> committed = new HashMap<>();
    /** How much was committed, by the time from which on it was. */
    private final NavigableMap<Long, Long> history = new TreeMap<>();
    /** The values of each register, by the index from which on it has them. */
    private final Map<Integer, NavigableMap<Long, Long>> registers = new HashMap<>();
    private long lastApplied;

    ReadsAreTrue(CommittedLog log, LongSupplier nowNs) {
        this.log = log;
        this.nowNs = nowNs;
    }

    @Override
    public String property() {
        return "queries show what they have to (thesis §6.4; R20)";
    }

    @Override
    public void saw(Happening happening) {
        if (history.isEmpty() || log.count() > history.lastEntry().getValue()) {
            history.put(nowNs.getAsLong(), log.count());
        }
        if (happening instanceof Happening.Applied applied) {
            applied(applied);
        } else if (happening instanceof Happening.QueryReached reached && reached.query().isLinearizable()) {
            committed.put(reached.query().number(), log.count());
        } else if (happening instanceof Happening.QueryTold told) {
            Long least = committed.remove(told.query().number());
            if (told.outcome() instanceof QueryOutcome.Answered answered) {
                answered(told, answered, least == null ? 0 : least);
            }
        }
    }

    /** Whoever applies it first does so right behind all that is executed before it. */
    private void applied(Happening.Applied applied) {
        if (applied.index() > lastApplied && applied.index() <= log.count()) {
            lastApplied = applied.index();
            LogEntry entry = log.entry(applied.index());
            Operation operation = Operation.decode(entry.payload().asByteBuffer());
            registers.computeIfAbsent(operation.key(), none -> new TreeMap<>()).put(applied.index(),
                    operation.after(applied.result()));
        }
    }

    private void answered(Happening.QueryTold told, QueryOutcome.Answered answered, long least) {
        long index = answered.index();
        Checker.require(index <= log.count(), () -> told + ", and only " + log.count() + " is committed");
        Checker.require(index >= least, () -> told + ", and when it came, " + least + " was committed");
        if (told.query().consistency() instanceof Consistency.AtLeast(long asked)) {
            Checker.require(index >= asked, () -> told + " is below what was asked for");
        }
        Checker.require(answered.result().isOk(), () -> told + " is an error");
        long value = answered.result().asByteBuffer().getLong();
        Map.Entry<Long, Long> written = registers.getOrDefault(told.query().read().key(), new TreeMap<>())
                .floorEntry(index);
        long expected = written == null ? 0 : written.getValue();
        Checker.require(value == expected, () -> told + " shows " + value + ", and there the register holds "
                + expected);
        answered.age().ifPresent(age -> {
            long longestNs = age.toNanos() / RATE_MIN_PERCENT * 100 + 1_000;
            Map.Entry<Long, Long> old = history.lowerEntry(told.atNs() - longestNs);
            Checker.require(old == null || index >= old.getValue(), () -> told + ", and " + old.getValue()
                    + " had been committed longer ago, at " + old.getKey() / 1_000 + " us");
        });
    }
}
