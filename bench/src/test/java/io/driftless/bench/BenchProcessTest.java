package io.driftless.bench;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.driftless.bench.run.BenchCluster;
import io.driftless.bench.run.CpuTime;
import io.driftless.ops.console.Console;
import io.driftless.ops.console.Json;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole runs with real nodes, for moments: whether bars are met means nothing here, that figures are there and nothing
 * is left does.
 */
@Timeout(600)
class BenchProcessTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @Test
    void measuresCommitsOfThreeProcesses() throws IOException {
        ObjectNode json = judged("commit", "--json", "--rounds", "1", "--warmup", "1", "--time", "1");
        // How they compare is up to the disk, which may have been ten times as slow in the second of another figure.
        for (String time : List.of("floor_round_trip_us", "floor_sync_us", "sync_at_once_us", "plain_p50_us",
                "p50_us")) {
            assertTrue(json.get(time).doubleValue() > 1, json.toString());
        }
        assertTrue(json.get("p50_us").doubleValue() <= json.get("p99_us").doubleValue(), json.toString());
        assertTrue(json.get("ops_per_s").doubleValue() > 100, json.toString());
        assertTrue(json.get("plain_ops_per_s").doubleValue() > 1000, json.toString());
        assertEquals(1, json.get("rounds").intValue());
        nothingIsLeft();
    }

    @Test
    void measuresReadsBesideCommands() throws IOException {
        ObjectNode json = judged("reads", "--json", "--pairs", "2", "--warmup", "1", "--time", "1");
        for (String figure : List.of("command_p50_us", "query_p50_us", "writes_per_s", "reads_per_s",
                "follower_p50_us", "stale_p50_us")) {
            assertTrue(json.get(figure).doubleValue() > 1, json.toString());
        }
        nothingIsLeft();
    }

    @Test
    void measuresHowLongClientsWaitForAKilledLeader() throws IOException {
        ObjectNode json = judged("failover", "--json", "--kills", "1");
        assertTrue(json.get("worst_ms").doubleValue() > 1, json.toString());
        assertEquals(1, json.get("gaps_ms").size());
        nothingIsLeft();
    }

    @Test
    void measuresIdleNodes() throws IOException {
        assumeTrue(CpuTime.supported());
        ObjectNode json = judged("idle", "--json", "--seconds", "1", "--settle", "0");
        assertTrue(json.get("cpu_percent").doubleValue() >= 0, json.toString());
        nothingIsLeft();
    }

    @Test
    void measuresTheLogBesideItsFloors() throws IOException {
        ObjectNode json = judged("log", "--json", "--quick", "--time", "20", "--entries", "10000", "--sizes", "256",
                "--only", "sync,append,read,memory");
        List<String> names = new ArrayList<>();
        for (JsonNode figure : json.get("figures")) {
            names.add(figure.get("name").textValue());
            assertTrue(figure.get("log").doubleValue() >= 0, figure.toString());
        }
        assertEquals(List.of("sync-256-p50-us", "sync-256-p99-us", "append-256-in-a-segment-per-s",
                "append-256-10000-in-a-row-per-s", "read-in-order-first-10000-per-s", "read-in-order-10000-per-s",
                "read-any-first-of-10000-p50-us", "read-any-of-10000-p50-us", "allocated-an-append-bytes",
                "index-an-entry-bytes", "mappings-a-segment"), names);
        JsonNode sync = json.get("figures").get(0);
        assertTrue(sync.get("w").doubleValue() > 1 && sync.get("m").doubleValue() > 1
                && sync.get("plain").doubleValue() > 1, sync.toString());
        nothingIsLeft();
    }

    @Test
    void leavesNothingBehindWhenItIsStopped() throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString()));
        command.add("@" + Path.of(System.getProperty("driftless.top"),
                "log-mmap/src/main/resources/META-INF/driftless/jvm.options"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Bench.class.getName(),
                "commit", "--dir", folder.toString(), "--warmup", "100"));
        Process bench = new ProcessBuilder(command).start();
        try (BufferedReader progress = new BufferedReader(new InputStreamReader(bench.getErrorStream(),
                StandardCharsets.UTF_8))) {
            String line = progress.readLine();
            while (line != null && !line.contains("warm-up")) {
                line = progress.readLine();
            }
            assertNotEquals(null, line, "ended before the warm-up");
            List<ProcessHandle> children = bench.descendants().toList();
            // The nodes, as many plain processes, and the echo.
            assertEquals(2 * BenchCluster.NODES + 1, children.size());
            // Process.destroy would also close the stream that is read below.
            bench.toHandle().destroy();
            assertTrue(bench.waitFor(60, TimeUnit.SECONDS));
            for (ProcessHandle child : children) {
                child.onExit().get(60, TimeUnit.SECONDS);
            }
            assertEquals(null, progress.readLine(), "a word after the end");
        } finally {
            bench.destroyForcibly();
        }
        nothingIsLeft();
    }

    /** As the launcher gives them: without, the JVM itself has a word of warning for JMH. */
    private static List<String> jvmFlags() throws IOException {
        try (InputStream file = Bench.class.getResourceAsStream("/META-INF/driftless/jvm.options")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    /** The line that it prints, which agrees with its exit code. */
    private ObjectNode judged(String command, String... options) {
        int exitCode = run(command, options);
        ObjectNode json = Json.parseObject(out.toString(StandardCharsets.UTF_8))
                .orElseThrow(() -> new AssertionError(err));
        assertEquals(exitCode == 0, json.get("passed").booleanValue());
        return json;
    }

    private int run(String command, String... options) {
        List<String> args = new ArrayList<>(List.of(command, "--dir", folder.toString()));
        args.addAll(List.of(options));
        return Bench.run(Console.of(InputStream.nullInputStream(), out, err), args.toArray(String[]::new));
    }

    private void nothingIsLeft() throws IOException {
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
        // A node that was left behind lives as long as this process; what the test runner starts now and then, to see
        // whether its own parent lives, does not.
        await().atMost(Duration.ofMinutes(1)).until(() -> ProcessHandle.current().children()
                .noneMatch(ProcessHandle::isAlive));
    }
}
