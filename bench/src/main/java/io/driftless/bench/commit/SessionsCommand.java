package io.driftless.bench.commit;

import io.driftless.bench.run.BenchCluster;
import io.driftless.bench.run.BenchOptions;
import io.driftless.bench.run.Cleanup;
import io.driftless.bench.run.CpuTime;
import io.driftless.bench.run.Machine;
import io.driftless.bench.run.Measuring;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.process.ScratchFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code driftless bench sessions}: what it costs that a command goes in a session, in pairs on one cluster, each with
 * and without, in turns.
 */
@Command(name = "sessions", sortOptions = false,
        description = {"What sessions cost: the same load on three node processes with and without them, in "
                + "interleaved pairs. Latency with one command outstanding, rate with 64 over 8 connections, and "
                + "processor time of the nodes for each command of that load.",
            "Exit code 0 if the bars are met, 1 if not or if the run failed, 2 for bad usage."},
        footer = {"", "Example: driftless bench sessions --pairs 10 --json"})
public final class SessionsCommand implements Callable<Integer> {

    /** Before the samples count, which costs the nodes as much. */
    private static final double SETTLING_S = 0.5;

    private final Console console;

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Mixin
    private PairOptions pairOptions = new PairOptions();

    public SessionsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        pairOptions.check();
        if (!CpuTime.supported()) {
            throw CommandFailedException.failed("there is no /proc here: processor time is measured on Linux only");
        }
        return Cleanup.run(this::run);
    }

    private int run(Cleanup cleanup) throws Exception {
        ScratchFolder scratch = cleanup.own(options::newScratch, ScratchFolder::remove);
        Machine.warnIfInMemory(scratch.path(), console);
        console.note("bench: starting three nodes in " + scratch.path());
        BenchCluster cluster = BenchCluster.start(scratch, cleanup);
        Measuring jmh = new Measuring(options.verbose());
        console.note("bench: warm-up, " + pairOptions.warmupSeconds() + " s");
        for (boolean sessions : new boolean[] {true, false}) {
            for (String method : List.of("window", "single")) {
                jmh.perSecond(CommitBenchmark.class, method, parameters(cluster, sessions),
                        pairOptions.warmupMillis(4));
            }
        }
        List<SessionsReport.Pair> measured = new ArrayList<>();
        for (int i = 0; i < pairOptions.pairs(); i++) {
            // Whoever comes second finds the disk as the first one left it.
            boolean first = i % 2 == 0;
            SessionsReport.Figures one = take(jmh, cluster, first);
            SessionsReport.Figures other = take(jmh, cluster, !first);
            SessionsReport.Pair pair = first ? new SessionsReport.Pair(one, other)
                    : new SessionsReport.Pair(other, one);
            measured.add(pair);
            console.note(String.format(Locale.ROOT,
                    "bench: pair %d of %d, with sessions to without: p50 %.3f, rate %.3f, CPU %.3f", i + 1,
                    pairOptions.pairs(), pair.latencyRatio(), pair.rateRatio(), pair.cpuRatio()));
        }
        cluster.requireAlive();
        SessionsReport report = new SessionsReport(measured);
        console.line(options.json() ? report.json() : Machine.describe(scratch.path()) + "\n\n" + report.table());
        return report.passed() ? 0 : 1;
    }

    private SessionsReport.Figures take(Measuring jmh, BenchCluster cluster, boolean sessions) throws IOException {
        Map<String, String> parameters = parameters(cluster, sessions);
        double p50Us = jmh.latency(CommitBenchmark.class, "single", parameters, pairOptions.millis()).p50Us();
        double before = cpuSeconds(cluster);
        double perSecond = jmh.perSecond(CommitBenchmark.class, "window", parameters, pairOptions.millis());
        double cpu = cpuSeconds(cluster) - before;
        return new SessionsReport.Figures(p50Us, perSecond, cpu * 1e6 / (perSecond
                * (pairOptions.seconds() + SETTLING_S)));
    }

    private static double cpuSeconds(BenchCluster cluster) throws IOException {
        return cluster.cpuSeconds().stream().mapToDouble(Double::doubleValue).sum();
    }

    private static Map<String, String> parameters(BenchCluster cluster, boolean sessions) {
        return Map.of("members", cluster.members(), "sessions", Boolean.toString(sessions));
    }
}
