package io.driftless.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/** Runs many seeds concurrently: each run is in one thread, and several run at once. Stops at the first failure. */
public final class Simulations {

    /**
     * The result of many runs. Immutable.
     *
     * @param seeds         how many were run
     * @param events        how many things happened
     * @param committed     how many entries were committed
     * @param operations    how many operations of clients were acknowledged
     * @param recoveryMaxMs the longest time from the end of all faults until a commit, in simulated time
     * @param sentBytes     the weight of all entries that leaders sent
     * @param sentAgainBytes of these, the weight of the entries that were sent again, as {@link SimulationResult}
     *         defines it
     * @param struck        which faults struck, and how often
     * @param marks         which rare branches were reached
     * @param failure       the first run that broke a promise
     */
    public record Summary(long seeds, long events, long committed, long operations, long recoveryMaxMs,
            long sentBytes, long sentAgainBytes, SortedMap<String, Integer> struck, SortedSet<String> marks,
            Optional<SimulationResult> failure) {

        /** The kinds of faults that struck in no run. */
        public List<String> neverStruck() {
            return Stream.of(Fault.Kind.values()).map(Enum::name).filter(kind -> !struck.containsKey(kind)).toList();
        }

        /** The rare branches that no run has reached. */
        public List<String> neverReached() {
            return Stream.of(Coverage.Mark.values()).map(Enum::name).filter(mark -> !marks.contains(mark)).toList();
        }
    }

    /**
     * The runs to be made. Immutable.
     *
     * @param first   the first seed
     * @param count   how many
     * @param servers how many servers each cluster has; if 0, the seeds say how many
     * @param threads how many runs to make at once
     */
    public record Order(long first, long count, int servers, int threads) {

        /** An order in which the seeds decide the sizes of the clusters. */
        public static Order of(long first, long count, int threads) {
            return new Order(first, count, 0, threads);
        }
    }

    private final Order order;
    private final Function<Plan, SimulationResult> simulator;
    private final LongPredicate progress;
    private final AtomicLong next = new AtomicLong();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    private final SortedMap<String, Integer> struck = new TreeMap<>();
    private final SortedSet<String> marks = new TreeSet<>();
    private long seeds;
    private long events;
    private long committed;
    private long operations;
    private long sentBytes;
    private long sentAgainBytes;
    private long recoveryMaxMs;
    private Optional<SimulationResult> failure = Optional.empty();

    private Simulations(Order order, Function<Plan, SimulationResult> simulator, LongPredicate progress) {
        this.order = order;
        this.simulator = simulator;
        this.progress = progress;
    }

    /**
     * Makes the runs that were ordered.
     *
     * @param simulator runs a plan, as {@link Simulation#run} does
     * @param progress  is told how many runs are done, and says whether to go on
     */
    public static Summary run(Order order, Function<Plan, SimulationResult> simulator, LongPredicate progress) {
        Simulations all = new Simulations(order, simulator, progress);
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < order.threads(); i++) {
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

    /** Runs one plan, with its digest and the last things that happened. See {@link Simulation#tell}. */
    public static SimulationResult tell(Plan plan) {
        return Simulation.tell(plan);
    }

    private void work() {
        for (long i = next.getAndIncrement(); i < order.count() && !stopped.get(); i = next.getAndIncrement()) {
            add(simulator.apply(Plan.of(order.first() + i, order.servers())));
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
            sentBytes += result.sentBytes();
            sentAgainBytes += result.sentAgainBytes();
            marks.addAll(result.marks());
            result.struck().forEach((kind, times) -> struck.merge(kind, times, Integer::sum));
            if (result.violation().isPresent() && (failure.isEmpty()
                    || failure.get().plan().seed() > result.plan().seed())) {
                failure = Optional.of(result);
                stopped.set(true);
            }
            if (!progress.test(seeds)) {
                stopped.set(true);
            }
        } finally {
            lock.unlock();
        }
    }

    private Summary summary() {
        lock.lock();
        try {
            return new Summary(seeds, events, committed, operations, recoveryMaxMs, sentBytes, sentAgainBytes,
                    Collections.unmodifiableSortedMap(struck), Collections.unmodifiableSortedSet(marks), failure);
        } finally {
            lock.unlock();
        }
    }
}
