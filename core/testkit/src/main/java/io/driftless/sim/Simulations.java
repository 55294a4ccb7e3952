package io.driftless.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/** Runs many seeds, side by side: each run is in one thread, and several run at once. Stops at the first failure. */
public final class Simulations {

    /**
     * What came of many runs. Immutable.
     *
     * @param seeds         how many were run
     * @param events        how many things happened
     * @param committed     how many entries were committed
     * @param operations    how many operations of clients were acknowledged
     * @param recoveryMaxMs the longest time from the end of all faults until a commit, in simulated time
     * @param struck        which faults struck, and how often
     * @param failure       the first run that broke a promise
     */
    public record Summary(long seeds, long events, long committed, long operations, long recoveryMaxMs,
            SortedMap<String, Integer> struck, Optional<SimulationResult> failure) {

        /** The kinds of faults that struck in no run. */
        public List<String> neverStruck() {
            return Stream.of(Fault.Kind.values()).map(Enum::name).filter(kind -> !struck.containsKey(kind)).toList();
        }
    }

    private final long first;
    private final long count;
    private final LongConsumer progress;
    private final AtomicLong next = new AtomicLong();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    private final SortedMap<String, Integer> struck = new TreeMap<>();
    private long seeds;
    private long events;
    private long committed;
    private long operations;
    private long recoveryMaxMs;
    private Optional<SimulationResult> failure = Optional.empty();

    private Simulations(long first, long count, LongConsumer progress) {
        this.first = first;
        this.count = count;
        this.progress = progress;
    }

    /**
     * Runs the seeds from {@code first} on.
     *
     * @param count    how many
     * @param threads  how many at once
     * @param progress is told how many are done
     */
    public static Summary run(long first, long count, int threads, LongConsumer progress) {
        Simulations all = new Simulations(first, count, progress);
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            others.add(Thread.ofPlatform().daemon(true).name("simulation-" + i).start(all::work));
        }
        all.work();
        for (Thread thread : others) {
            try {
                thread.join();
            } catch (InterruptedException interrupt) {
                all.stopped.set(true);
                Thread.currentThread().interrupt();
            }
        }
        return all.summary();
    }

    /** Runs one plan, with its digest and the last that happened; see {@link Simulation#tell}. */
    public static SimulationResult tell(Plan plan) {
        return Simulation.tell(plan);
    }

    private void work() {
        for (long i = next.getAndIncrement(); i < count && !stopped.get(); i = next.getAndIncrement()) {
            add(Simulation.run(Plan.of(first + i)));
        }
    }

    private void add(SimulationResult result) {
        lock.lock();
        try {
            seeds++;
            events += result.events();
            committed += result.committed();
            operations += result.operations();
            recoveryMaxMs = Math.max(recoveryMaxMs, result.recoveryMs());
            result.struck().forEach((kind, times) -> struck.merge(kind, times, Integer::sum));
            if (result.violation().isPresent() && (failure.isEmpty()
                    || failure.get().plan().seed() > result.plan().seed())) {
                failure = Optional.of(result);
                stopped.set(true);
            }
            progress.accept(seeds);
        } finally {
            lock.unlock();
        }
    }

    private Summary summary() {
        lock.lock();
        try {
            return new Summary(seeds, events, committed, operations, recoveryMaxMs,
                    Collections.unmodifiableSortedMap(struck), failure);
        } finally {
            lock.unlock();
        }
    }
}
