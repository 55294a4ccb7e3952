package io.driftless.ops.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import io.driftless.sim.Plan;
import io.driftless.sim.Simulation;
import io.driftless.sim.SimulationResult;
import io.driftless.sim.Trace;
import io.driftless.sim.Violation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** {@code driftless sim}. */
class SimCommandTest {

    private static final String SHORT = Plan.of(1).text().replaceFirst("PHASE_MS .*", "PHASE_MS 300");
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void runsSeedsAndSumsThemUp() {
        assertEquals(0, run("sim", "--seed", "1", "--seeds", "3", "--json"));
        String line = out.toString(StandardCharsets.UTF_8);
        assertTrue(line.startsWith("{\"seed\":1,\"seeds\":3,"), line);
        assertTrue(line.contains("\"failed_seed\":null,\"property\":null,\"detail\":null}"), line);
    }

    @Test
    void runsAPlanFromAFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.plan");
        Files.writeString(file, Plan.of(1).text());
        assertEquals(0, run("sim", "--plan", file.toString()));
        assertEquals("no promise was broken\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aBrokenPromiseEndsWith1AndLeavesTheShrunkSchedule(@TempDir Path folder) throws IOException {
        SimCommand command = new SimCommand(Console.of(new ByteArrayInputStream(new byte[0]), out, err), plan -> {
            SimulationResult good = Simulation.run(plan);
            Optional<Violation> broken = plan.seed() == 8 ? Optional.of(new Violation("no promise", "made up"))
                    : Optional.empty();
            return new SimulationResult(plan, broken, good.events(), good.simulatedMs(), good.committed(),
                    good.operations(), good.recoveryMs(), good.sentBytes(), good.sentAgainBytes(), good.struck(),
                    good.marks(), 0, List.of());
        });
        assertEquals(1, new CommandLine(command).execute("--seed", "7", "--seeds", "3", "--nodes", "3", "--output",
                folder.toString()));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("seed 8 --nodes 3 breaks no promise: made up"),
                err.toString(StandardCharsets.UTF_8));
        assertEquals(Plan.of(8, 3).text(), Plan.parse(Files.readString(folder.resolve("sim-8.plan"))).text());
    }

    @Test
    void printsTheTableOfLinks() {
        assertEquals(0, run("sim", "--links"));
        assertEquals(66, out.toString(StandardCharsets.UTF_8).lines().count());
    }

    @Test
    void mutantsNeedACheckoutInTheWorkingDirectory() {
        assertEquals(2, run("sim", "--mutants"));
        assertEquals(2, run("sim", "--nodes", "8"));
        assertEquals(2, run("sim", "--minutes", "0"));
    }

    @Test
    void refusesWhatIsNoPlanAndNoNumberOfSeeds(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.plan");
        Files.writeString(file, "hello");
        assertEquals(2, run("sim", "--plan", file.toString()));
        assertEquals(2, run("sim", "--seeds", "0"));
    }

    @ParameterizedTest
    @EnumSource(Trace.Format.class)
    void writesARunToAFileInEachFormat(Trace.Format format, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("run");
        Path plan = folder.resolve("a.plan");
        Files.writeString(plan, SHORT);
        assertEquals(0, run("sim", "--plan", plan.toString(), "--trace", file.toString(), "--format",
                format.toString()));
        assertEquals("no promise was broken\n", out.toString(StandardCharsets.UTF_8));
        assertEquals(Trace.of(Plan.parse(SHORT), format).text(), Files.readString(file));
        if (format == Trace.Format.JSONL) {
            Files.readString(file).lines().forEach(line -> assertTrue(Json.parseObject(line).isPresent(), line));
        }
    }

    @Test
    void aTraceIsTextUnlessSaidOtherwiseAndOfASeedToo(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("run");
        assertEquals(0, run("sim", "--seed", "1", "--trace", file.toString()));
        assertEquals(Trace.of(Plan.of(1), Trace.Format.TEXT).text(), Files.readString(file));
    }

    @Test
    void refusesATraceThatCannotBeWrittenInOneLine(@TempDir Path folder) {
        String file = folder.resolve("run").toString();
        refused("--format", "sim", "--seed", "3", "--format", "jsonl");
        refused("--format", "sim", "--seed", "3", "--trace", file, "--format", "xml");
        refused("--trace", "sim", "--trace", file);
        refused("--trace", "sim", "--seed", "3", "--seeds", "2", "--trace", file);
        refused(folder.toString(), "sim", "--seed", "3", "--trace", folder.toString());
        refused("nowhere", "sim", "--seed", "3", "--trace", folder.resolve("nowhere/run").toString());
    }

    private void refused(String named, String... arguments) {
        err.reset();
        assertEquals(2, run(arguments));
        List<String> lines = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertTrue(lines.size() == 1 && lines.getFirst().contains(named), lines.toString());
    }

    private int run(String... arguments) {
        return CommandTree.execute(Console.of(new ByteArrayInputStream(new byte[0]), out, err), arguments);
    }
}
