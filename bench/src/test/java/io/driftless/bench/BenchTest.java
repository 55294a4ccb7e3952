package io.driftless.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.console.Console;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void explainsItselfWithAnExample() {
        assertEquals(0, run("--help"));
        assertTrue(text(out).contains("Example: driftless bench commit"), text(out));
        assertEquals(0, run("commit", "--help"));
        assertTrue(text(out).contains("Example: driftless bench commit --rounds 5 --json"), text(out));
        assertEquals(0, run("idle", "--help"));
        assertTrue(text(out).contains("Example: driftless bench idle --json"), text(out));
        assertEquals(0, run("reads", "--help"));
        assertTrue(text(out).contains("Example: driftless bench reads --pairs 10 --json"), text(out));
        assertTrue(oneLine().contains("at most 0.7 of a command's time, and 64 threads read at least 1.5 times"),
                text(out));
        assertEquals(0, run("failover", "--help"));
        assertTrue(text(out).contains("Example: driftless bench failover --kills 20 --json"), text(out));
        assertTrue(oneLine().contains("the median is at most 150 ms, and the longest at most 500 ms"), text(out));
        assertEquals(0, run("snapshots", "--help"));
        assertTrue(text(out).contains("Example: driftless bench snapshots --only take,transfer --json"), text(out));
        assertEquals(0, run("log", "--help"));
        assertTrue(text(out).contains("Example: driftless bench log --only sync,batch"), text(out));
    }

    @Test
    void refusesBadUsageBeforeAnythingStarts(@TempDir Path folder) {
        refuses("which benchmark?");
        refuses("'sleep'", "sleep");
        refuses("--rounds", "commit", "--rounds", "0");
        refuses("--time", "commit", "--time", "0");
        refuses("--warmup", "commit", "--warmup", "-1");
        refuses("'many'", "commit", "--rounds", "many");
        refuses("--pairs must be at least 2", "reads", "--pairs", "1");
        refuses("--time at least 1", "reads", "--time", "0");
        refuses("--dir: " + folder.resolve("nowhere"), "reads", "--dir", folder.resolve("nowhere").toString());
        refuses("--kills must be at least 1", "failover", "--kills", "0");
        refuses("--seconds", "idle", "--seconds", "0");
        refuses("--dir: " + folder.resolve("nowhere"), "commit", "--dir", folder.resolve("nowhere").toString());
        refuses("no part disc; there are [take, transfer, catch-up, disk, limit]", "snapshots", "--only", "take,disc");
        refuses("--dir: " + folder.resolve("nowhere"), "snapshots", "--dir", folder.resolve("nowhere").toString());
        refuses("--rounds", "log", "--rounds", "0");
        refuses("--entries", "log", "--entries", "9");
        refuses("--sizes", "log", "--sizes", "256,0");
        refuses("no part reads", "log", "--dir", folder.toString(), "--only", "sync,reads");
        refuses("--dir: " + folder.resolve("nowhere"), "log", "--dir", folder.resolve("nowhere").toString());
        refuses("--dir: " + folder.resolve("nowhere"), "idle", "--dir", folder.resolve("nowhere").toString());
    }

    private void refuses(String mention, String... args) {
        err.reset();
        assertEquals(2, run(args), text(err));
        assertTrue(text(err).contains(mention), text(err));
        assertEquals("", text(out));
    }

    private int run(String... args) {
        return Bench.run(Console.of(InputStream.nullInputStream(), out, err), args);
    }

    /** What was written, however it was wrapped. */
    private String oneLine() {
        return text(out).replaceAll("\\s+", " ");
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
