package io.driftless.bench.log;

import io.driftless.bench.run.BenchOptions;
import io.driftless.bench.run.Cleanup;
import io.driftless.bench.run.Machine;
import io.driftless.bench.run.Measuring;
import io.driftless.bench.run.Parts;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.process.ScratchFolder;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code driftless bench log}: the log in this process beside its floors, in rounds, and the verdict. */
@Command(name = "log", sortOptions = false,
        description = {"What the log alone costs on this machine's disk, beside floors that write the same bytes in "
                + "the same round: W, a channel write and a force for each batch; M, a filled mapping and a force of "
                + "the range; plain, the log's records in a mapping without Chronicle. About twelve minutes, 10 GB of "
                + "disk.",
            "Parts: sync, batch, append, read, open, memory, growth, spare.",
            "Exit code 0 if all bars are met, 1 if not or if the run failed, 2 for bad usage."},
        footer = {"", "Example: driftless bench log --only sync,batch --sizes 256 --json"})
public final class LogCommand implements Callable<Integer> {

    private static final int PAYLOAD_BYTES_MAX = 1 << 20;
    private static final int FEWEST = 10_000;
    private static final int MOST = 10_000_000;
    private static final int QUICK_ENTRIES = 1_000_000;
    private static final int QUICK_MILLIS = 200;

    private final Console console;

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5",
            description = "rounds; every figure is the median over them (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--sizes", paramLabel = "BYTES", split = ",", defaultValue = "64,256,1024,16384",
            description = "payloads for sync and batch (default: ${DEFAULT-VALUE})")
    private List<Integer> sizes = List.of();

    @Option(names = "--only", paramLabel = "PART", split = ",", description = "only these parts")
    private List<String> only = List.of();

    @Option(names = "--time", paramLabel = "MS", defaultValue = "600",
            description = "milliseconds for each figure that is sampled (default: ${DEFAULT-VALUE})")
    private int millis;

    @Option(names = "--entries", paramLabel = "N",
            description = "how many entries are many: 10,000,000 as the bars say, or fewer")
    private @Nullable Integer entries;

    @Option(names = "--quick", description = "one round of 200 ms each and 1,000,000 entries: about a minute")
    private boolean quick;

    public LogCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        if (quick) {
            rounds = 1;
            millis = Math.min(millis, QUICK_MILLIS);
        }
        if (entries == null) {
            entries = quick ? QUICK_ENTRIES : MOST;
        }
        if (rounds < 1 || millis < 1 || entries < FEWEST || entries > MOST) {
            throw CommandFailedException.usage("--rounds and --time must be at least 1, --entries from " + FEWEST
                    + " to " + MOST);
        }
        if (sizes.stream().anyMatch(size -> size < 1 || size > PAYLOAD_BYTES_MAX)) {
            throw CommandFailedException.usage("--sizes: a payload has from 1 to " + PAYLOAD_BYTES_MAX + " bytes");
        }
        return Cleanup.run(this::run);
    }

    private int run(Cleanup cleanup) throws Exception {
        ScratchFolder scratch = cleanup.own(options::newScratch, ScratchFolder::remove);
        String machine = Machine.describe(scratch.path());
        Machine.warnIfInMemory(scratch.path(), console);
        List<LogMeasurement> parts = parts(new LogMeasurement.Bench(new Measuring(options.verbose()), scratch.path(),
                new LogFixtures(console, scratch.path()), millis, entries));
        LogFigures figures = new LogFigures(console);
        for (int round = 1; round <= rounds; round++) {
            for (LogMeasurement part : parts) {
                long beginNs = System.nanoTime();
                console.note("bench: round " + round + " of " + rounds + ": " + part.name());
                part.round(round, figures);
                console.note("bench:   " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beginNs) + " s");
            }
        }
        parts.forEach(part -> part.finish(figures));
        LogReport report = new LogReport(figures.all(), rounds);
        console.line(options.json() ? report.json() : machine + "\n\n" + report.table());
        return report.passed() ? 0 : 1;
    }

    private List<LogMeasurement> parts(LogMeasurement.Bench bench) {
        List<LogMeasurement> all = List.of(new DurableAppends.Single(bench, sizes),
                new DurableAppends.Batches(bench, sizes), new UnsyncedAppends(bench), new Reads(bench),
                new OpeningTime(bench), new Costs(bench), new Growth(bench), new DroppedSpare(bench));
        return Parts.chosen(all, LogMeasurement::name, only);
    }
}
