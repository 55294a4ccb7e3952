package io.driftless.bench.commit;

import io.driftless.bench.run.BenchCluster;
import io.driftless.bench.run.BenchOptions;
import io.driftless.bench.run.Cleanup;
import io.driftless.bench.run.Machine;
import io.driftless.bench.run.Measuring;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.process.ScratchFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code driftless bench reads}: what a read without the log costs beside a command, in pairs on one cluster. */
@Command(name = "reads", sortOptions = false,
        description = {"What reads without the log cost: queries and commands on three node processes, in interleaved "
                + "pairs. Latency of a linearizable query at the leader and of a command, with one outstanding; rate "
                + "of 64 threads that read and of 64 that write, over one client. Beside them the latency of a "
                + "linearizable query and of a stale one at a follower.",
            "The bars, of medians: at the leader a query takes at most " + ReadsReport.LATENCY_BAR + " of a command's"
                + " time, and 64 threads read at least " + ReadsReport.RATE_BAR + " times as often as they write.",
            "Exit code 0 if the bars are met, 1 if not or if the run failed, 2 for bad usage."},
        footer = {"", "Example: driftless bench reads --pairs 10 --json"})
public final class ReadsCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Mixin
    private PairOptions pairOptions = new PairOptions();

    public ReadsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        pairOptions.check();
        return Cleanup.run(this::run);
    }

    private int run(Cleanup cleanup) throws Exception {
        ScratchFolder scratch = cleanup.own(options::newScratch, ScratchFolder::remove);
        Machine.warnIfInMemory(scratch.path(), console);
        console.note("bench: starting three nodes in " + scratch.path());
        BenchCluster cluster = BenchCluster.start(scratch, cleanup);
        String leader = cluster.leader();
        Round round = new Round(new Measuring(options.verbose()), cluster.members(), cluster.address(leader),
                cluster.address(cluster.follower()));
        console.note("bench: warm-up, " + pairOptions.warmupSeconds() + " s");
        round.take(true, pairOptions.warmupMillis(Round.FIGURES));
        List<ReadsReport.Pair> measured = new ArrayList<>();
        for (int i = 0; i < pairOptions.pairs(); i++) {
            // Whoever comes second finds the disk as the first one left it.
            ReadsReport.Pair pair = round.take(i % 2 == 0, pairOptions.millis());
            measured.add(pair);
            console.note(String.format(Locale.ROOT, "bench: pair %d of %d, query to command: p50 %.3f, rate %.3f",
                    i + 1, pairOptions.pairs(), pair.latencyRatio(), pair.rateRatio()));
            cluster.requireAlive();
            if (!cluster.leader().equals(leader)) {
                throw CommandFailedException.failed("another node leads than when it began: this says nothing of "
                        + "queries at the leader");
            }
        }
        ReadsReport report = new ReadsReport(measured);
        console.line(options.json() ? report.json() : Machine.describe(scratch.path()) + "\n\n" + report.table());
        return report.passed() ? 0 : 1;
    }

    /** All that is measured once. */
    private record Round(Measuring jmh, String members, String leader, String follower) {

        /** How many figures there are. */
        static final int FIGURES = 6;

        ReadsReport.Pair take(boolean queriesFirst, long millis) {
            double queryUs = queriesFirst ? queryUs(leader, false, millis) : 0;
            double commandUs = jmh.latency(CommitBenchmark.class, "single", Map.of("members", members), millis)
                    .p50Us();
            queryUs = queriesFirst ? queryUs : queryUs(leader, false, millis);
            double reads = queriesFirst ? perSecond("readers", millis) : 0;
            double writes = perSecond("writers", millis);
            reads = queriesFirst ? reads : perSecond("readers", millis);
            return new ReadsReport.Pair(commandUs, queryUs, writes, reads, queryUs(follower, false, millis),
                    queryUs(follower, true, millis));
        }

        private double queryUs(String from, boolean stale, long millis) {
            return jmh.latency(ReadBenchmark.class, "single", Map.of("members", members, "from", from, "stale",
                    Boolean.toString(stale)), millis).p50Us();
        }

        private double perSecond(String method, long millis) {
            return jmh.perSecond(ReadBenchmark.class, method, Map.of("members", members), millis);
        }
    }
}
