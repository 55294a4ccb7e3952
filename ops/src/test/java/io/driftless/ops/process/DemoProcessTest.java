package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo as a process: its verdict, and that nothing of it is left, however it ends. */
class DemoProcessTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anyBytesAreVerifiedOnAnyNumberOfNodes(int nodes) throws Exception {
        Path input = oddText();
        try (CommandRun demo = CommandRun.start(folder, "demo", "--input", input.toString(), "--nodes",
                Integer.toString(nodes),
                "--json")) {
            assertEquals(0, demo.exitCode(), demo.err());
            assertEquals(1, demo.out().lines().count(), demo.out());
            assertTrue(demo.out().startsWith("{\"acknowledged\":404,\"lost\":0,\"duplicated\":"), demo.out());
            assertTrue(demo.out().strip().endsWith("\"nodes_agree\":true,\"verified\":true}"), demo.out());
            assertTrue(demo.err().contains("killed the leader, n"), demo.err());
            assertNothingLeft();
        }
    }

    @Test
    void theBanksMoneyIsWhatItsClientsWereTold() throws Exception {
        try (CommandRun demo = CommandRun.start(folder, "demo", "bank", "--time", "1s", "--json")) {
            assertEquals(0, demo.exitCode(), demo.err());
            assertTrue(demo.out().matches("\\{\"transfers\":[1-9]\\d*,\"refused\":\\d+,\"rejected\":\\d+,"
                    + "\"unknown\":\\d+,\"kills\":[1-9],\"totals_read\":\\d+,\"deposited\":100000,\"total\":100000,"
                    + "\"lost\":0,\"duplicated\":0,.*,\"nodes_agree\":true,\"verified\":true}\n"), demo.out());
            assertTrue(demo.err().contains("killed the leader, n"), demo.err());
            assertNothingLeft();
        }
    }

    @Test
    void keepsItsFolderIfAskedTo() throws Exception {
        Path input = Files.writeString(folder.resolve("one-line"), "only");
        try (CommandRun demo = CommandRun.start(folder, "demo", "--input", input.toString(), "--nodes", "1",
                "--keep")) {
            assertEquals(0, demo.exitCode(), demo.err());
            assertTrue(demo.out().contains("lines acknowledged  1 of 1"), demo.out());
            Path kept = scratchFolders().getFirst();
            try (CommandRun dump = CommandRun.start(folder, "log", "dump", kept.resolve("n1").toString())) {
                assertEquals(0, dump.exitCode(), dump.err());
                assertTrue(dump.out().contains("put \"1\" \"only\""), dump.out());
            }
            assertTrue(ScratchFolder.of(kept).remove());
        }
    }

    @Test
    void anEmptyTextAndALineThatIsTooLongStartNothing() throws Exception {
        Path empty = Files.createFile(folder.resolve("empty"));
        Path tooLong = Files.write(folder.resolve("long"), new byte[(1 << 20) + 1]);
        for (Path input : List.of(empty, tooLong)) {
            try (CommandRun demo = CommandRun.start(folder, "demo", "--input", input.toString())) {
                assertEquals(2, demo.exitCode(), demo.err());
                assertTrue(demo.err().contains(input.toString()), demo.err());
                assertNothingLeft();
            }
        }
    }

    @Test
    void leavesNothingWhenItIsKilled() throws Exception {
        try (CommandRun demo = running()) {
            List<ProcessHandle> nodes = demo.process().descendants().toList();
            // The leader may be dead already, and not yet restarted.
            assertTrue(nodes.size() >= 2, nodes::toString);
            try {
                demo.process().destroyForcibly();
                await().atMost(PATIENCE).until(() -> nodes.stream().noneMatch(ProcessHandle::isAlive));
                await().atMost(PATIENCE).until(() -> scratchFolders().isEmpty());
            } finally {
                nodes.forEach(ProcessHandle::destroyForcibly);
            }
        }
    }

    @Test
    void leavesNothingWhenItIsInterrupted() throws Exception {
        try (CommandRun demo = running()) {
            interrupt(demo);
        }
    }

    @Test
    void leavesNothingWhenItIsInterruptedAtItsStart() throws Exception {
        try (CommandRun demo = CommandRun.start(folder, "demo")) {
            await().pollInterval(Duration.ofMillis(5)).atMost(PATIENCE)
                    .until(() -> demo.process().descendants().findAny().isPresent());
            interrupt(demo);
        }
    }

    private void interrupt(CommandRun demo) throws Exception {
        List<ProcessHandle> nodes = demo.process().descendants().toList();
        boolean deaf = ignoresInterrupts();
        assertEquals(0, new ProcessBuilder("kill", deaf ? "-TERM" : "-INT", Long.toString(demo.process().pid()))
                .start().waitFor());
        assertEquals(deaf ? 143 : 130, demo.exitCode(), demo.err());
        await().atMost(PATIENCE).until(() -> nodes.stream().noneMatch(ProcessHandle::isAlive));
        await().atMost(PATIENCE).until(() -> scratchFolders().isEmpty());
        assertFalse(demo.err().contains("gave up"), demo.err());
    }

    /** Whether this process was started so that it ignores SIGINT, as in the background: then its children do too. */
    private static boolean ignoresInterrupts() throws IOException {
        String mask = Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line ->
                line.startsWith("SigIgn:")).findFirst().orElseThrow().substring("SigIgn:".length()).strip();
        return (Long.parseUnsignedLong(mask, 16) & 1 << 1) != 0;
    }

    /** A demo whose nodes have all started, with more to do than it gets done in a pause of this machine. */
    private CommandRun running() throws IOException {
        Path input = Files.writeString(folder.resolve("many-lines"), "line\n".repeat(300_000));
        CommandRun demo = CommandRun.start(folder, "demo", "--input", input.toString());
        await().atMost(PATIENCE).until(() -> scratchFolders().size() == 1
                && Stream.of("n1.log", "n2.log", "n3.log").allMatch(this::isReady));
        return demo;
    }

    private boolean isReady(String log) {
        try {
            return Files.readString(scratchFolders().getFirst().resolve(log)).contains("ready");
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Empty lines, equal ones, long ones, and bytes that are no text; the last without a line feed. */
    private Path oddText() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int i = 0; i < 100; i++) {
            text.write("the same\n\n".getBytes(StandardCharsets.UTF_8));
            text.write(("line " + i + " with \u00fcmlauts and \ud83d\ude00\r\n").getBytes(StandardCharsets.UTF_8));
            text.write(new byte[] {0, (byte) 0xFF, (byte) i, 1, '\n'});
        }
        text.write("x".repeat(64 << 10).getBytes(StandardCharsets.UTF_8));
        text.write("\n\n\nend".getBytes(StandardCharsets.UTF_8));
        byte[] bytes = text.toByteArray();
        // The counter above was once a line feed.
        bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\0\u00ff\n\1") + 2] = 'n';
        return Files.write(folder.resolve("odd"), bytes);
    }

    private List<Path> scratchFolders() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("driftless-scratch-")).toList();
        }
    }

    private void assertNothingLeft() throws IOException {
        assertEquals(List.of(), scratchFolders());
        assertTrue(ProcessHandle.current().descendants().noneMatch(process -> process.info().arguments()
                .filter(arguments -> String.join(" ", arguments).contains(folder.toString())).isPresent()));
    }
}
