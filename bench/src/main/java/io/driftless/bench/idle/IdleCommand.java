package io.driftless.bench.idle;

import io.driftless.bench.run.BenchCluster;
import io.driftless.bench.run.BenchOptions;
import io.driftless.bench.run.Cleanup;
import io.driftless.bench.run.CpuTime;
import io.driftless.bench.run.Machine;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.process.ScratchFolder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code driftless bench idle}: three node processes that nobody talks to, and the processor time that they use all the
 * same.
 */
@Command(name = "idle", sortOptions = false,
        description = {"Processor time of three idle node processes on this machine, summed, from /proc. Linux only.",
            "Exit code 0 if the bar is met, 1 if not or if the run failed, 2 for bad usage."},
        footer = {"", "Example: driftless bench idle --json"})
public final class IdleCommand implements Callable<Integer> {

    private static final double NS_PER_S = 1e9;

    private final Console console;

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "20",
            description = "how long to look (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--settle", paramLabel = "S", defaultValue = "10",
            description = "how long to wait before, until what the start set off is over (default: ${DEFAULT-VALUE})")
    private int settleSeconds;

    public IdleCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (seconds < 1 || settleSeconds < 0) {
            throw CommandFailedException.usage("--seconds must be at least 1, --settle at least 0");
        }
        if (!CpuTime.supported()) {
            throw CommandFailedException.failed("there is no /proc here: idle processor time is measured on Linux "
                    + "only");
        }
        return Cleanup.run(this::run);
    }

    private int run(Cleanup cleanup) throws Exception {
        ScratchFolder scratch = cleanup.own(options::newScratch, ScratchFolder::remove);
        console.note("bench: starting three nodes in " + scratch.path());
        BenchCluster cluster = BenchCluster.start(scratch, cleanup);
        console.note("bench: settling, " + settleSeconds + " s");
        Thread.sleep(Duration.ofSeconds(settleSeconds));

        console.note("bench: looking, " + seconds + " s");
        long beginNs = System.nanoTime();
        List<Double> before = cluster.cpuSeconds();
        Thread.sleep(Duration.ofSeconds(seconds));
        List<Double> after = cluster.cpuSeconds();
        double elapsed = (System.nanoTime() - beginNs) / NS_PER_S;
        cluster.requireAlive();

        List<Double> used = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
            used.add(after.get(i) - before.get(i));
        }
        IdleReport report = new IdleReport(elapsed, used);
        console.line(options.json() ? report.json() : Machine.describe(scratch.path()) + "\n\n" + report.table());
        return report.passed() ? 0 : 1;
    }
}
