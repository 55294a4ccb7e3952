package io.driftless.bench.snapshot;

import io.driftless.bench.run.Cleanup;
import io.driftless.ops.console.Console;
import io.driftless.ops.process.ScratchFolder;
import java.util.List;

/** Some figures of {@code bench snapshots} that one cluster gives. Confined to one thread. */
interface SnapshotPart {

    /** What {@code --only} calls it. */
    String name();

    /**
     * Starts its nodes, does what it does, and measures.
     *
     * @throws Exception what makes figures impossible
     */
    List<SnapshotFigure> measure(Bench bench) throws Exception;

    /**
     * What a part works with.
     *
     * @param scratch where its data goes
     * @param cleanup ends its processes
     * @param console hears of its progress
     * @param share   amounts are divided by it: 1 for what the bars say
     */
    record Bench(ScratchFolder scratch, Cleanup cleanup, Console console, int share) {

        /** So much of {@code whole} as is measured this time. */
        long of(long whole) {
            return Math.max(1, whole / share);
        }

        void note(String text) {
            console.note("bench:   " + text);
        }
    }
}
