package io.driftless.sim;

import java.util.List;

/** Plans in which nothing goes wrong by itself: for tests and stories that say what happens. No state. */
final class Quiet {

    private Quiet() { }

    /**
     * A formed cluster of {@code servers} voters with one client that works on one key. Messages take half a
     * millisecond and writes one, on every run.
     *
     * @param seed draws the election timeouts
     */
    static Plan plan(long seed, int servers, Fault... faults) {
        return Plan.of(seed).withFaults(List.of(faults)).with(Knob.VOTERS, (1L << servers) - 1)
                .with(Knob.OUTGOING, 0).with(Knob.LEARNERS, 0).with(Knob.FORMED, 1)
                .with(Knob.CLIENTS, 1).with(Knob.KEYS, 1).with(Knob.PHASE_MS, 10_000)
                .with(Knob.LATENCY_MIN_US, 500).with(Knob.LATENCY_MAX_US, 500).with(Knob.NOTICE_MAX_MS, 1)
                .with(Knob.DISK_MIN_US, 1_000).with(Knob.DISK_MAX_US, 1_000).with(Knob.DISK_BATCH_ENTRIES, 4_096)
                .with(Knob.APPLY_MAX_US, 10).with(Knob.SPARED_PERCENT, 0)
                .with(Knob.BATCH_ENTRIES, 10).with(Knob.WINDOW_ENTRIES, 40)
                .with(Knob.THINK_MAX_MS, 200).with(Knob.TIMEOUT_MS, 2_000).with(Knob.DRIFT_PERMILLE, 0)
                .with(Knob.KEEPS_STATE, 0).with(Knob.LOST_PERMILLE, 0)
                .with(Knob.CACHE_ENTRIES, 0).with(Knob.SESSION_CLIENTS, 0).with(Knob.SNAPSHOT_ENTRIES, 0)
                .with(Knob.READS, 0);
    }
}
