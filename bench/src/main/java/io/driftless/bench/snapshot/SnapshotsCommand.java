package io.driftless.bench.snapshot;

import io.driftless.bench.run.BenchOptions;
import io.driftless.bench.run.Cleanup;
import io.driftless.bench.run.Machine;
import io.driftless.bench.run.Parts;
import io.driftless.ops.console.Console;
import io.driftless.ops.process.ScratchFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code driftless bench snapshots}: three node processes that take, send and receive snapshots under load. */
@Command(name = "snapshots", sortOptions = false,
        description = {"What snapshots cost and give, on three node processes on this machine: the latency of commands "
                + "while one is taken (take), how fast one reaches a follower (transfer), how fast a follower catches "
                + "up that was away (catch-up), what ten million commands leave on the disks and how long a start "
                + "takes then (disk), and whether a limit of the log holds for ten minutes (limit).",
            "Exit code 0 if every bar is met, 1 if not or if the run failed, 2 for bad usage."},
        footer = {"", "Example: driftless bench snapshots --only take,transfer --json"})
public final class SnapshotsCommand implements Callable<Integer> {

    private static final int QUICK = 16;

    private static final List<SnapshotPart> PARTS = List.of(new TakingPart(), new TransferPart(), new CatchUpPart(),
            new DiskPart(), new LimitPart());

    private final Console console;

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--only", paramLabel = "PART", split = ",",
            description = "only these parts: take, transfer, catch-up, disk, limit")
    private List<String> only = List.of();

    @Option(names = "--quick", description = "a sixteenth of everything: two minutes, and figures that prove little")
    private boolean quick;

    public SnapshotsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        List<SnapshotPart> parts = Parts.chosen(PARTS, SnapshotPart::name, only);
        int share = quick ? QUICK : 1;
        List<SnapshotFigure> figures = new ArrayList<>();
        for (SnapshotPart part : parts) {
            int failed = Cleanup.run(cleanup -> {
                figures.addAll(measure(part, share, cleanup));
                return 0;
            });
            if (failed != 0) {
                return failed;
            }
        }
        SnapshotsReport report = new SnapshotsReport(figures, share);
        console.line(options.json() ? report.json() : Machine.describe(options.directory()) + "\n\n" + report.table());
        return report.passed() ? 0 : 1;
    }

    private List<SnapshotFigure> measure(SnapshotPart part, int share, Cleanup cleanup) throws Exception {
        ScratchFolder scratch = cleanup.own(options::newScratch, ScratchFolder::remove);
        Machine.warnIfInMemory(scratch.path(), console);
        console.note("bench: " + part.name() + ": three nodes in " + scratch.path());
        long beganNs = System.nanoTime();
        List<SnapshotFigure> figures = part.measure(new SnapshotPart.Bench(scratch, cleanup, console, share));
        console.note("bench:   " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNs) + " s");
        return figures;
    }
}
