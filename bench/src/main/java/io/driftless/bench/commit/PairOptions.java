package io.driftless.bench.commit;

import io.driftless.bench.run.Measuring;
import io.driftless.ops.console.CommandFailedException;
import picocli.CommandLine.Option;

/** Options of a benchmark that measures in pairs. Filled in by picocli before a command is called. */
final class PairOptions {

    private static final long MS_PER_S = 1000;

    @Option(names = "--pairs", paramLabel = "N", defaultValue = "10",
            description = "pairs of runs, one beside the other (default: ${DEFAULT-VALUE})")
    private int pairs;

    @Option(names = "--warmup", paramLabel = "S", defaultValue = "30",
            description = "seconds of warm-up before the first pair (default: ${DEFAULT-VALUE})")
    private int warmupSeconds;

    @Option(names = "--time", paramLabel = "S", defaultValue = "3",
            description = "seconds for each figure (default: ${DEFAULT-VALUE})")
    private int seconds;

    /** {@link CommandFailedException} of bad usage, if these cannot be. */
    void check() {
        if (pairs < 2 || seconds < 1 || warmupSeconds < 0) {
            throw CommandFailedException.usage("--pairs must be at least 2, --time at least 1, --warmup at least 0");
        }
    }

    int pairs() {
        return pairs;
    }

    int seconds() {
        return seconds;
    }

    int warmupSeconds() {
        return warmupSeconds;
    }

    /** How long each figure takes. */
    long millis() {
        return seconds * MS_PER_S;
    }

    /** How long each of {@code parts} of the warm-up takes: at least a moment, as {@link Measuring} needs it. */
    long warmupMillis(int parts) {
        return Math.max(1, warmupSeconds * MS_PER_S / parts);
    }
}
