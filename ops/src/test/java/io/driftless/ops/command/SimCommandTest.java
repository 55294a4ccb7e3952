package io.driftless.ops.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.console.Console;
import io.driftless.sim.Plan;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code driftless sim}. */
class SimCommandTest {

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
    void refusesWhatIsNoPlanAndNoNumberOfSeeds(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.plan");
        Files.writeString(file, "hello");
        assertEquals(2, run("sim", "--plan", file.toString()));
        assertEquals(2, run("sim", "--seeds", "0"));
    }

    private int run(String... arguments) {
        return CommandTree.execute(Console.of(new ByteArrayInputStream(new byte[0]), out, err), arguments);
    }
}
