package io.driftless.ops.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.ops.console.CommandFailedException;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Count;
import io.driftless.ops.console.IoProblem;
import io.driftless.ops.console.Json;
import io.driftless.ops.console.Progress;
import io.driftless.sim.Links;
import io.driftless.sim.MutantSearch;
import io.driftless.sim.Plan;
import io.driftless.sim.Shrink;
import io.driftless.sim.Simulation;
import io.driftless.sim.SimulationResult;
import io.driftless.sim.Simulations;
import io.driftless.sim.Trace;
import io.driftless.sim.Violation;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
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
            "How many seeds. Default: 1 with --seed, otherwise 1000; with --minutes as many as it takes.")
    private @Nullable Integer seeds;

    @Option(names = "--minutes", paramLabel = "M", description = "End after so many minutes.")
    private @Nullable Integer minutes;

    @Option(names = "--nodes", paramLabel = "K", description =
            "Servers of each cluster, 1 to 7. Default: the seed says how many.")
    private int nodes;

    @Option(names = "--links", description =
            "Run every state of the one-way links between three servers instead, and print the table.")
    private boolean links;

    @Option(names = "--mutants", description =
            "Search for the mistakes in core/src/test/mutants instead, in a checkout in the working directory.")
    private boolean mutants;

    @Option(names = "--mutant", paramLabel = "NAME", description = "With --mutants: only this one.")
    private @Nullable String mutant;

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
    private final Function<Plan, SimulationResult> simulator;

    SimCommand(Console console) {
        this(console, Simulation::run);
    }

    /** With another simulator, to see what becomes of a broken promise. */
    SimCommand(Console console, Function<Plan, SimulationResult> simulator) {
        this.console = console;
        this.simulator = simulator;
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
        if (links) {
            return runLinks();
        }
        if (mutants) {
            return findMutants();
        }
        Simulations.Order order = order();
        long first = order.first();
        Progress progress = new Progress(console, "seeds", order.count());
        long beganNs = System.nanoTime();
        long atMostNs = minutes == null ? Long.MAX_VALUE : Duration.ofMinutes(minutes).toNanos();
        Simulations.Summary summary = Simulations.run(order, simulator, done -> {
            progress.state(String.format(Locale.ROOT, "%,.0f seeds/s", done * 1e9 / (System.nanoTime() - beganNs)));
            progress.at(done);
            return System.nanoTime() - beganNs < atMostNs;
        });
        progress.end();
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        if (json) {
            console.line(Json.line(asJson(first, summary, seconds)));
        } else {
            console.line(String.format(Locale.ROOT, "%s from %d in %.1f s (%.1f a second), %s, %s committed, %s"
                    + " acknowledged", Count.of(summary.seeds(), "seed"), first, seconds, summary.seeds() / seconds,
                    Count.of(summary.events(), "event"), Count.of(summary.committed(), "entry", "entries"),
                    Count.of(summary.operations(), "command")));
            console.line("faults: " + summary.struck());
            console.line("branches: " + summary.marks());
            Stream.concat(summary.neverStruck().stream(), summary.neverReached().stream()).forEach(what ->
                    console.note("no run reached " + what));
        }
        if (summary.failure().isPresent()) {
            failed(summary.failure().get());
            return 1;
        }
        return 0;
    }

    private Simulations.Order order() {
        long first = seed == null ? ThreadLocalRandom.current().nextLong(1L << 40) : seed;
        long count = seeds != null ? seeds : minutes != null ? Integer.MAX_VALUE : seed != null ? 1 : 1000;
        if (count < 1) {
            throw CommandFailedException.usage("--seeds: " + count + " is not at least 1");
        }
        if (minutes != null && minutes < 1) {
            throw CommandFailedException.usage("--minutes: " + minutes + " is not at least 1");
        }
        if (nodes < 0 || nodes > 7) {
            throw CommandFailedException.usage("--nodes: " + nodes + " is not between 1 and 7");
        }
        if (seed == null) {
            console.note("from seed " + first);
        }
        return new Simulations.Order(first, count, nodes, Runtime.getRuntime().availableProcessors());
    }

    private int runLinks() {
        List<Links.Row> rows = Links.all(seed == null ? 1 : seed);
        console.line(Links.table(rows).stripTrailing());
        List<Links.Row> wrong = rows.stream().filter(row -> !row.isRight()).toList();
        wrong.forEach(row -> console.note("not as it must be: " + row));
        return wrong.isEmpty() ? 0 : 1;
    }

    private int findMutants() throws IOException {
        MutantSearch search = new MutantSearch(Path.of("").toAbsolutePath(), System.getProperty("java.class.path"), 10,
                Duration.ofSeconds(60));
        if (!Files.isDirectory(search.checkout().resolve("core/src/test/mutants"))) {
            throw CommandFailedException.usage("--mutants: there is no core/src/test/mutants in "
                    + search.checkout() + ": run it in a checkout");
        }
        boolean areFound = true;
        for (Path patch : search.patches()) {
            if (mutant == null || patch.getFileName().toString().equals(mutant + ".patch")) {
                Path into = Files.createTempDirectory("driftless-mutant");
                try {
                    MutantSearch.Finding finding = search.search(patch, into);
                    areFound &= finding.found();
                    console.line(json ? Json.line(asJson(finding)) : finding.mutant() + (finding.found() ? " found by "
                            + finding.by() + " at seed " + finding.seed() + ", after " + finding.events() + " events"
                            : " not found"));
                } finally {
                    deleteAll(into);
                }
            }
        }
        return areFound ? 0 : 1;
    }

    private static ObjectNode asJson(MutantSearch.Finding finding) {
        ObjectNode object = Json.object().put("mutant", finding.mutant()).put("found", finding.found())
                .put("found_by", finding.found() ? finding.by() : null);
        return object.put("seed", finding.found() ? finding.seed() : null).put("events", finding.found()
                ? finding.events() : null);
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static ObjectNode asJson(long first, Simulations.Summary summary, double seconds) {
        ObjectNode object = Json.object().put("seed", first).put("seeds", summary.seeds())
                .put("seconds", Math.round(seconds * 10) / 10.0).put("events", summary.events())
                .put("committed", summary.committed()).put("acknowledged", summary.operations())
                .put("recovery_max_ms", summary.recoveryMaxMs())
                .put("sent_bytes", summary.sentBytes()).put("sent_again_bytes", summary.sentAgainBytes());
        ObjectNode faults = object.putObject("faults");
        summary.marks().forEach(object.putArray("branches")::add);
        summary.neverReached().forEach(object.putArray("branches_not_reached")::add);
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
        Plan plan = seed != null ? Plan.of(seed, nodes) : read(planFile);
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            Trace trace = Trace.of(plan, how);
            writer.write(trace.text());
            return verdict(trace.result());
        } catch (IOException unwritable) {
            throw CommandFailedException.usage("--trace: cannot write " + file + ": " + unwritable.getClass()
                    .getSimpleName());
        }
    }

    private static Plan read(Path file) {
        try {
            return Plan.parse(Files.readString(file));
        } catch (CharacterCodingException notText) {
            throw CommandFailedException.usage(file + ": " + IoProblem.words(notText));
        } catch (IOException unreadable) {
            throw CommandFailedException.usage(IoProblem.words(unreadable));
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
        String wanted = nodes == 0 ? "" : " --nodes " + nodes;
        console.note("seed " + failedSeed + wanted + " breaks " + violation.property() + ": " + violation.detail());
        Simulations.tell(failure.plan()).lines().forEach(console::note);
        Progress progress = Progress.ofUnknownTotal(console, "runs to shrink it");
        Plan shrunk = Shrink.shrink(failure, progress::at);
        progress.end();
        Path file = Files.createDirectories(output).resolve("sim-" + failedSeed + ".plan");
        Files.writeString(file, "# breaks " + violation.property() + "\n" + shrunk.text());
        console.note("to repeat it: driftless sim --seed " + failedSeed + wanted);
        console.note("shrunk from " + failure.plan().faultCount() + " faults to " + shrunk.faultCount()
                + ": driftless sim --plan " + file);
    }
}
