package io.driftless.bench.commit;

import io.driftless.bench.commit.CommitReport.Plain;
import io.driftless.bench.commit.CommitReport.Round;
import io.driftless.bench.run.BenchCluster;
import io.driftless.bench.run.BenchOptions;
import io.driftless.bench.run.Cleanup;
import io.driftless.bench.run.Machine;
import io.driftless.bench.run.Measuring;
import io.driftless.bench.run.Measuring.Latency;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.process.ScratchFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code driftless bench commit}: three node processes, warm-up, rounds that alternate between the floor and the
 * cluster, verdict.
 */
@Command(name = "commit", sortOptions = false,
        description = {"What a durable commit costs on three node processes on this machine: one command "
                + "outstanding, and 64 in total over 8 connections, "
                + "put of 256 bytes, default settings. Beside it, taken in the same run, the floor: two round trips "
                + "between processes and one forced write; and three plain processes that replicate to each "
                + "other's disks without anything that makes it safe.",
            "Exit code 0 if both bars are met, 1 if not or if the run failed, 2 for bad usage."},
        footer = {"", "Example: driftless bench commit --rounds 5 --json"})
public final class CommitCommand implements Callable<Integer> {

    private static final long MS_PER_S = 1000;

    private final Console console;

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5",
            description = "rounds of floor, one outstanding, 64 outstanding (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--warmup", paramLabel = "S", defaultValue = "60",
            description = "seconds of warm-up before the first round (default: ${DEFAULT-VALUE})")
    private int warmupSeconds;

    @Option(names = "--time", paramLabel = "S", defaultValue = "5",
            description = "seconds for each figure of a round (default: ${DEFAULT-VALUE})")
    private int seconds;

    public CommitCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (rounds < 1 || seconds < 1 || warmupSeconds < 0) {
            throw CommandFailedException.usage("--rounds and --time must be at least 1, --warmup at least 0");
        }
        return Cleanup.run(this::run);
    }

    private int run(Cleanup cleanup) throws Exception {
        ScratchFolder scratch = cleanup.own(options::newScratch, ScratchFolder::remove);
        String machine = Machine.describe(scratch.path());
        Machine.warnIfInMemory(scratch.path(), console);
        PlainProcess echo = cleanup.own(() -> PlainProcess.start(EchoServer.class), PlainProcess::kill);
        PlainCluster plain = PlainCluster.start(scratch.path(), cleanup);
        console.note("bench: starting three nodes in " + scratch.path());
        BenchCluster cluster = BenchCluster.start(scratch, cleanup);
        Figures figures = new Figures(new Measuring(options.verbose()), scratch.path(), echo.port(), plain.port(),
                cluster.members());

        console.note("bench: warm-up, " + warmupSeconds + " s");
        figures.warmUp(warmupSeconds * MS_PER_S);
        List<Round> measured = new ArrayList<>();
        for (int i = 1; i <= rounds; i++) {
            Round round = figures.take(seconds * MS_PER_S);
            cluster.requireAlive();
            measured.add(round);
            console.note(String.format(Locale.ROOT,
                    "bench: round %d of %d: floor %.1f us, p50 %.1f us (%.2f floors), p99 %.1f us, %,.0f ops/s",
                    i, rounds, round.floorUs(), round.p50Us(), round.ratio(), round.p99Us(), round.opsPerS()));
        }
        CommitReport report = new CommitReport(measured);
        console.line(options.json() ? report.json() : machine + "\n\n" + report.table());
        return report.passed() ? 0 : 1;
    }

    /** Takes the figures of a round one after the other, each by a JMH run. */
    private record Figures(Measuring jmh, Path folder, int echoPort, int plainPort, String members) {

        Round take(long millis) {
            double roundTripUs = roundTrip(millis).p50Us();
            double syncUs = sync("writeAndForce", millis);
            double syncAtOnceUs = sync("writeAndForceAtOnce", millis);
            Plain plain = new Plain(plainSingle(millis), plainWindow(millis));
            Latency commit = single(millis);
            return new Round(roundTripUs, syncUs, syncAtOnceUs, plain, commit.p50Us(), commit.p99Us(), window(millis));
        }

        /**
         * Mostly by the load, which brings many times as many commands in the same time: both sides have to be
         * compiled.
         */
        void warmUp(long millis) {
            if (millis > 0) {
                roundTrip(millis / 20);
                sync("writeAndForce", millis / 20);
                plainSingle(millis / 20);
                plainWindow(millis / 20);
                window(millis * 11 / 20);
                single(millis / 4);
            }
        }

        private Latency roundTrip(long millis) {
            return jmh.latency(FloorBenchmark.class, "roundTrip", Map.of("port", Integer.toString(echoPort)), millis);
        }

        private double sync(String method, long millis) {
            return jmh.latency(FloorBenchmark.class, method, Map.of("directory", folder.toString()), millis).p50Us();
        }

        private double plainSingle(long millis) {
            return jmh.latency(PlainBenchmark.class, "single", plain(1), millis).p50Us();
        }

        private double plainWindow(long millis) {
            return jmh.perSecond(PlainBenchmark.class, "window", plain(CommitBenchmark.OUTSTANDING_EACH), millis);
        }

        private Map<String, String> plain(int outstanding) {
            return Map.of("port", Integer.toString(plainPort), "outstanding", Integer.toString(outstanding));
        }

        private Latency single(long millis) {
            return jmh.latency(CommitBenchmark.class, "single", Map.of("members", members), millis);
        }

        private double window(long millis) {
            return jmh.perSecond(CommitBenchmark.class, "window", Map.of("members", members), millis);
        }
    }
}
