package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.command.OlderFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real node processes: how they start, refuse to start, and end. */
class NodeProcessTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String TIMESTAMP = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) ";

    @TempDir
    private Path folder;

    @Test
    void startsReadyAndStopsWithZeroOnSigterm() throws Exception {
        int port = LoopbackPorts.free(1).getFirst();
        try (CommandRun node = node(config("n1", "n1=127.0.0.1:" + port, "data", "c"))) {
            awaitLine(node, "ready");
            node.process().toHandle().destroy();
            assertEquals(0, node.exitCode(), node.err());
            List<String> lines = node.err().lines().toList();
            assertTrue(lines.stream().allMatch(line -> line.matches(TIMESTAMP + ".*")), node.err());
            assertTrue(lines.getFirst().contains("driftless 0."), lines.getFirst());
            assertTrue(node.err().contains("node n1 at 127.0.0.1:" + port), node.err());
            assertTrue(node.err().contains("durability always, serializer kryo"), node.err());
            assertTrue(lines.getLast().endsWith("stopped"), node.err());
            assertEquals("", node.out());
        }
    }

    /** Whoever sends the signal cannot know how far the start has come. */
    @Test
    void stopsWithZeroOnSigtermDuringItsStartToo() throws Exception {
        Path classes = SampleClasses.compile(folder.resolve("classes"), Map.of("own/Slow.java", """
                package own;
                import io.driftless.machine.*;
                public class Slow implements StateMachine {
                    public long open(MachineContext context) {
                        System.err.println("opening");
                        try {
                            Thread.sleep(Long.MAX_VALUE);
                        } catch (InterruptedException nobodyDoesThis) { }
                        return 0;
                    }
                    public Result apply(Command command) { return Result.ok(""); }
                    public void close() { }
                }
                """));
        Path config = config("n1", "n1=127.0.0.1:" + LoopbackPorts.free(1).getFirst(), "data", "c");
        Files.writeString(config, "state.machine=own.Slow\nstate.machine.path=" + classes + "\n",
                StandardOpenOption.APPEND);
        try (CommandRun node = node(config)) {
            awaitLine(node, "opening");
            node.process().toHandle().destroy();
            assertEquals(0, node.exitCode(), node.err());
            assertTrue(node.err().lines().toList().getLast().endsWith("stopped before it was ready"), node.err());
        }
    }

    @Test
    void refusesAPortInUseALockedDirectoryAnotherClusterAndAnotherFormat() throws Exception {
        List<Integer> ports = LoopbackPorts.free(2);
        try (CommandRun node = node(config("n1", "n1=127.0.0.1:" + ports.getFirst(), "data", "c"))) {
            awaitLine(node, "ready");
            assertRefused(10, "n1=127.0.0.1:" + ports.getFirst(), "other", "c");
            assertRefused(11, "n1=127.0.0.1:" + ports.get(1), "data", "c");
            node.process().toHandle().destroy();
            assertEquals(0, node.exitCode());
        }
        assertRefused(13, "n1=127.0.0.1:" + ports.getFirst(), "data", "another");
        OlderFormat.in(folder.resolve("data/identity"));
        String said = assertRefused(14, "n1=127.0.0.1:" + ports.getFirst(), "data", "c");
        assertEquals(1, said.lines().filter(line -> line.contains("has format 1, written by")).count(), said);
    }

    @Test
    void tellsWhomItWaitsForUntilTheClusterIsFormed() throws Exception {
        List<Integer> ports = LoopbackPorts.free(3);
        String members = "n1=127.0.0.1:%d,n2=127.0.0.1:%d,n3=127.0.0.1:%d".formatted(ports.toArray());
        try (CommandRun n1 = node(config("n1", members, "d1", "c")); CommandRun n2 =
                node(config("n2", members, "d2", "c"))) {
            awaitLine(n1, "forming: waiting for n3");
            awaitLine(n2, "forming: waiting for n3");
            try (CommandRun n3 = node(config("n3", members, "d3", "c"))) {
                awaitLine(n3, "ready");
                await().atMost(PATIENCE).until(() -> (n1.err() + n2.err() + n3.err())
                        .contains("leader (won the election)"));
            }
        }
    }

    @Test
    void everyProblemOfAConfigurationIsToldAtOnce() throws Exception {
        Path config = Files.writeString(folder.resolve("bad.properties"),
                "node.id=n1\nlog.durabilty=always\nheartbeat.interval=soon\n");
        try (CommandRun node = node(config)) {
            assertEquals(2, node.exitCode());
            assertTrue(node.err().contains("cluster.id is missing"), node.err());
            assertTrue(node.err().contains("bad.properties:2: log.durabilty"), node.err());
            assertTrue(node.err().contains("bad.properties:3: heartbeat.interval"), node.err());
        }
    }

    @Test
    void aCheckStartsNothing() throws Exception {
        Path config = config("n1", "n1=127.0.0.1:1", "unmade", "c");
        try (CommandRun check = CommandRun.start(folder, Map.of("DRIFTLESS_CLUSTER_ID", "from-environment"),
                "node", "--config", config.toString(), "--check")) {
            assertEquals(0, check.exitCode(), check.err());
            assertTrue(check.out().contains("node n1 of cluster from-environment"), check.out());
            assertFalse(Files.exists(folder.resolve("unmade")));
        }
    }

    @Test
    void endsWithItsParentAndRemovesTheScratchFolder() throws Exception {
        ScratchFolder scratch = ScratchFolder.createIn(folder);
        int port = LoopbackPorts.free(1).getFirst();
        Path config = Files.writeString(scratch.path().resolve("n1.properties"),
                "cluster.id=c\ncluster.members=n1=127.0.0.1:"
                + port + "\nnode.id=n1\ndata.dir=" + scratch.path().resolve("data") + "\n");
        try (CommandRun node = CommandRun.start(folder, "node", "--config", config.toString(), "--end-with-stdin",
                "--then-remove", scratch.path().toString())) {
            awaitLine(node, "ready");
            node.process().getOutputStream().close();
            assertEquals(0, node.exitCode(), node.err());
            assertTrue(Files.notExists(scratch.path()));
        }
    }

    @Test
    void removesNoFolderThatIsNotAScratchFolder() throws Exception {
        Path precious = Files.createDirectory(folder.resolve("precious"));
        Path config = config("n1", "n1=127.0.0.1:1", "data", "c");
        try (CommandRun node = CommandRun.start(folder, "node", "--config", config.toString(), "--end-with-stdin",
                "--then-remove", precious.toString())) {
            assertEquals(2, node.exitCode());
            assertTrue(Files.exists(precious));
        }
    }

    private Path config(String id, String members, String data, String cluster) throws IOException {
        Path file = Files.createTempFile(folder, id, ".properties");
        return Files.writeString(file, "cluster.id=" + cluster + "\ncluster.members=" + members + "\nnode.id=" + id
                + "\ndata.dir=" + folder.resolve(data) + "\n");
    }

    private CommandRun node(Path config) throws IOException {
        return CommandRun.start(folder, "node", "--config", config.toString());
    }

    private String assertRefused(int exitCode, String members, String data, String cluster) throws Exception {
        try (CommandRun node = node(config("n1", members, data, cluster))) {
            assertEquals(exitCode, node.exitCode(), node.err());
            assertTrue(node.err().contains("not started: "), node.err());
            return node.err();
        }
    }

    private static void awaitLine(CommandRun node, String text) {
        await().atMost(PATIENCE).until(() -> {
            if (!node.process().isAlive() && !node.err().contains(text)) {
                throw new AssertionError("ended with " + node.process().exitValue() + ": " + node.err());
            }
            return node.err().contains(text);
        });
    }
}
