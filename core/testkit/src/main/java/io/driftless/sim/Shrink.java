package io.driftless.sim;

import java.util.ArrayList;
import java.util.List;

/** Makes a plan that breaks a promise smaller, as long as it still breaks the same one. */
public final class Shrink {

    private static final int RUNS_MAX = 400;

    private final String property;
    private Plan smallest;
    private int runs;

    private Shrink(Plan plan, String property) {
        this.smallest = plan;
        this.property = property;
    }

    /** The smallest plan found that breaks the same promise; {@code plan} itself if it breaks none. */
    public static Plan shrink(Plan plan) {
        return Simulation.run(plan).violation().map(violation -> new Shrink(plan, violation.property()).shrink())
                .orElse(plan);
    }

    private Plan shrink() {
        for (int part = Math.max(1, smallest.faults().size() / 2); part >= 1; part /= 2) {
            dropParts(part);
        }
        for (Knob knob : List.of(Knob.CLIENTS, Knob.KEYS)) {
            tryPlan(smallest.with(knob, 1));
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
        boolean breaks = runs++ < RUNS_MAX && Simulation.run(plan).violation().map(Violation::property).filter(
                property::equals).isPresent();
        if (breaks) {
            smallest = plan;
        }
        return breaks;
    }
}
