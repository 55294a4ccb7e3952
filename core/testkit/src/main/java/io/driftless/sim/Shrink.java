package io.driftless.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** Makes a plan that breaks a promise smaller, as long as it still breaks the same one. */
public final class Shrink {

    private static final int RUNS_MAX = 400;
    /** Twenty runs that never end; 400 ordinary ones are a fifth of it. */
    private static final long EVENTS_MAX = 40_000_000;

    private final String property;
    private final LongConsumer eachRun;
    private Plan smallest;
    private long runs;
    private long events;

    private Shrink(SimulationResult broken, LongConsumer eachRun) {
        this.smallest = broken.plan();
        this.property = broken.violation().orElseThrow().property();
        this.eachRun = eachRun;
    }

    /**
     * The smallest plan found that breaks the same promise as {@code broken}, within 400 runs and 40 million events;
     * its own plan if it broke none.
     *
     * @param eachRun told after each run how many were made
     */
    public static Plan shrink(SimulationResult broken, LongConsumer eachRun) {
        return broken.violation().isEmpty() ? broken.plan() : new Shrink(broken, eachRun).shrink();
    }

    private Plan shrink() {
        for (int part = Math.max(1, smallest.faults().size() / 2); part >= 1; part /= 2) {
            dropParts(part);
        }
        for (Knob knob : List.of(Knob.CLIENTS, Knob.KEYS)) {
            tryPlan(smallest.with(knob, 1));
        }
        for (long fewer = 0; fewer < smallest.knob(Knob.SESSION_CLIENTS); fewer++) {
            tryPlan(smallest.with(Knob.SESSION_CLIENTS, fewer));
        }
        for (long less = smallest.knob(Knob.PHASE_MS) * 3 / 4; less > 200 && tryPlan(smallest.with(Knob.PHASE_MS,
                less)); less = less * 3 / 4) {
            continue;
        }
        return smallest;
    }

    private void dropParts(int part) {
        int from = 0;
        while (from < smallest.faults().size()) {
            List<Fault> fewer = new ArrayList<>(smallest.faults());
            fewer.subList(from, Math.min(from + part, fewer.size())).clear();
            if (!tryPlan(smallest.withFaults(fewer))) {
                from += part;
            }
        }
    }

    private boolean tryPlan(Plan plan) {
        if (runs >= RUNS_MAX || events >= EVENTS_MAX) {
            return false;
        }
        SimulationResult result = Simulation.run(plan);
        events += result.events();
        eachRun.accept(++runs);
        boolean breaks = result.violation().map(Violation::property).filter(property::equals).isPresent();
        if (breaks) {
            smallest = plan;
        }
        return breaks;
    }
}
