package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes run on copies of one data folder: peers and processes say so, and the cluster goes on. The folder is
 * n1's, since n1 connects to the others; nobody connects to a copy that only waits where no member list says.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "all of 127.0.0.0/8 is loopback on Linux only")
class ClonedFolderTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String CLONES_HOST = "127.0.0.3";

    @TempDir
    private Path folder;

    @Test
    void bothCopiesAreNamedWithTheirAddresses() throws Exception {
        try (LocalCluster cluster = LocalCluster.startAndAwaitLeader(ScratchFolder.createIn(folder), 3,
                Map.of("log.segment.bytes", "8MiB"), 256, PATIENCE, started -> { })) {
            put(cluster, "before");
            cluster.node("n1").terminate();
            assertTrue(cluster.node("n1").awaitEnd(PATIENCE));
            Path clone = folder.resolve("clone");
            copy(cluster.dataFolder("n1"), clone);
            cluster.restart("n1");
            try (CommandRun copy = CommandRun.start(folder, "node", "--config", configure(cluster, clone))) {
                await().atMost(PATIENCE).untilAsserted(() -> {
                    String peers = log(cluster, "n3") + "\n" + log(cluster, "n2");
                    assertTrue(peers.lines().anyMatch(line -> line.contains("two copies of the data folder of n1 run")
                            && line.matches(".*at 127\\.0\\.0\\.\\d:\\d+.*at 127\\.0\\.0\\.\\d:\\d+.*")), peers);
                });
                await().atMost(PATIENCE).until(() -> Stream.concat(log(cluster, "n1").lines(), copy.err().lines())
                        .anyMatch(line -> line.contains("has seen another start of this data folder")
                                && line.contains(", at 127.0.0.")));
            }
            put(cluster, "after");
        }
    }

    private String configure(LocalCluster cluster, Path clone) throws IOException {
        String of = Files.readString(cluster.configFile("n1"));
        String port = cluster.address("n1").substring(cluster.address("n1").indexOf(':'));
        return Files.writeString(folder.resolve("clone.properties"), of.replaceAll("(?m)^data\\.dir=.*$", "data.dir="
                + clone) + "bind=" + CLONES_HOST + port + "\n").toString();
    }

    private static void copy(Path from, Path to) throws Exception {
        assertEquals(0, new ProcessBuilder(List.of("cp", "-r", from.toString(), to.toString())).inheritIO().start()
                .waitFor());
    }

    /** Again if the leader was deposed meanwhile, as a pause of this machine can do. */
    private void put(LocalCluster cluster, String value) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            try (CommandRun run = CommandRun.start(folder, "kv", "put", "--cluster", cluster.addresses(), "key",
                    value)) {
                assertEquals(0, run.exitCode(), run.err());
            }
        });
    }

    private static String log(LocalCluster cluster, String name) {
        return String.join("\n", cluster.node(name).lastLines(Integer.MAX_VALUE));
    }
}
