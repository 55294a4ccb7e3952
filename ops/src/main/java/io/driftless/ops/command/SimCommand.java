package io.driftless.ops.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.ops.console.Progress;
import io.driftless.sim.Plan;
import io.driftless.sim.Shrink;
import io.driftless.sim.SimulationResult;
import io.driftless.sim.Simulations;
import io.driftless.sim.Trace;
import io.driftless.sim.Violation;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code driftless sim}: deterministic simulation of whole clusters. */
@Command(name = "sim", sortOptions = false,
        description = {"Runs simulated clusters with faults, each from a seed, and checks what Raft promises.",
            "The same seed gives the same run. Stops at the first broken promise: prints it with the command that",
            "repeats the run, and writes the shrunk schedule to a file that --plan reads."},
        footer = {"", "Ends with 1 if a promise was broken.", "", "Examples:", "  driftless sim --seed 1 --seeds 2000",
            "  driftless sim --seed 4711 --trace run.txt",
            "  driftless sim --seed 4711 --trace run.mmd --format mermaid"})
final class SimCommand implements Callable<Integer> {

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--seed", paramLabel = "S", description = "The first seed. Default: one at random.")
    private @Nullable Long seed;

    @Option(names = "--seeds", paramLabel = "N", description =
            "How many seeds. Default: 1 with --seed, otherwise 1000.")
    private @Nullable Integer seeds;

    @Option(names = "--plan", paramLabel = "FILE", description = "Run a schedule that was written to a file instead.")
    private @Nullable Path planFile;

    @Option(names = "--trace", paramLabel = "FILE", description =
            "Write everything that happens in one run, that of --seed or --plan, to a file.")
    private @Nullable Path traceFile;

    @Option(names = "--format", paramLabel = "FORMAT", description =
            "How --trace writes: text (default), jsonl, or mermaid, a sequence diagram of the messages.")
    private @Nullable String format;

    @Option(names = "--output", paramLabel = "DIR", defaultValue = ".", description =
            "Where a shrunk schedule is written. Default: the working directory.")
    private Path output = Path.of(".");

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    private final Console console;

    SimCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (traceFile != null) {
            return trace(traceFile);
        }
        if (format != null) {
            throw CommandFailedException.usage("--format: says how --trace writes, and there is no --trace");
        }
        if (planFile != null) {
            return verdict(Simulations.tell(read(planFile)));
        }
        long first = seed == null ? ThreadLocalRandom.current().nextLong(1L << 40) : seed;
        int count = seeds != null ? seeds : seed != null ? 1 : 1000;
        if (count < 1) {
            throw CommandFailedException.usage("--seeds: " + count + " is not at least 1");
        }
        if (seed == null) {
            console.note("from seed " + first);
        }
        Progress progress = new Progress(console, "seeds", count);
        long beganNs = System.nanoTime();
        Simulations.Summary summary = Simulations.run(first, count, Runtime.getRuntime().availableProcessors(),
                progress::at);
        progress.end();
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        if (json) {
            console.line(Json.line(asJson(first, summary, seconds)));
        } else {
            console.line(String.format(Locale.ROOT, "%,d seeds from %d in %.1f s, %,d events, %,d entries committed,"
                    + " %,d commands acknowledged", summary.seeds(), first, seconds, summary.events(),
                    summary.committed(), summary.operations()));
            console.line("faults: " + summary.struck());
            summary.neverStruck().forEach(kind -> console.note("no run reached " + kind));
        }
        if (summary.failure().isPresent()) {
            failed(summary.failure().get());
            return 1;
        }
        return 0;
    }

    private static ObjectNode asJson(long first, Simulations.Summary summary, double seconds) {
        ObjectNode object = Json.object().put("seed", first).put("seeds", summary.seeds())
                .put("seconds", Math.round(seconds * 10) / 10.0).put("events", summary.events())
                .put("committed", summary.committed()).put("acknowledged", summary.operations())
                .put("recovery_max_ms", summary.recoveryMaxMs());
        ObjectNode faults = object.putObject("faults");
        summary.struck().forEach((kind, times) -> faults.put(kind.toLowerCase(Locale.ROOT), times));
        Violation violation = summary.failure().flatMap(SimulationResult::violation).orElse(null);
        object.put("failed_seed", summary.failure().map(failure -> failure.plan().seed()).orElse(null));
        object.put("property", violation == null ? null : violation.property());
        object.put("detail", violation == null ? null : violation.detail());
        return object;
    }

    private int trace(Path file) throws IOException {
        Trace.Format how = Stream.of(Trace.Format.values()).filter(one -> one.toString().equals(format == null ? "text"
                : format)).findFirst().orElseThrow(() -> CommandFailedException.usage("--format: '" + format
                + "' is none of text, jsonl, mermaid"));
        if (seed == null == (planFile == null) || seeds != null && seeds != 1) {
            throw CommandFailedException.usage("--trace: writes one run: give either --seed S or --plan FILE, and no"
                    + " --seeds");
        }
        Plan plan = seed != null ? Plan.of(seed) : read(planFile);
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            Trace trace = Trace.of(plan, how);
            writer.write(trace.text());
            return verdict(trace.result());
        } catch (IOException unwritable) {
            throw CommandFailedException.usage("--trace: cannot write " + file + ": " + unwritable.getClass()
                    .getSimpleName());
        }
    }

    private static Plan read(Path file) throws IOException {
        try {
            return Plan.parse(Files.readString(file));
        } catch (IllegalArgumentException malformed) {
            throw CommandFailedException.usage(file + ": " + malformed.getMessage());
        }
    }

    private int verdict(SimulationResult result) {
        if (traceFile == null) {
            result.lines().forEach(console::note);
        }
        result.violation().ifPresentOrElse(violation -> console.line("broken: " + violation.property() + ": "
                + violation.detail()), () -> console.line("no promise was broken"));
        return result.violation().isPresent() ? 1 : 0;
    }

    private void failed(SimulationResult failure) throws IOException {
        Violation violation = failure.violation().orElseThrow();
        long failedSeed = failure.plan().seed();
        console.note("seed " + failedSeed + " breaks " + violation.property() + ": " + violation.detail());
        Simulations.tell(failure.plan()).lines().forEach(console::note);
        Plan shrunk = Shrink.shrink(failure.plan());
        Path file = output.resolve("sim-" + failedSeed + ".plan");
        Files.writeString(file, "# breaks " + violation.property() + "\n" + shrunk.text());
        console.note("to repeat it: driftless sim --seed " + failedSeed);
        console.note("shrunk from " + failure.plan().faultCount() + " faults to " + shrunk.faultCount()
                + ": driftless sim --plan " + file);
    }
}
