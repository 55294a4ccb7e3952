package io.driftless.ops.process;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.ops.cluster.MemberStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of {@code docs/operations.md} as they stand there, but for the ports. */
class OperationsGuideTest {

    private static final Pattern BLOCK = Pattern.compile("^```sh ([a-z0-9-]+)\\n(.*?)^```$",
            Pattern.MULTILINE | Pattern.DOTALL);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration ASK = Duration.ofSeconds(2);

    @TempDir
    private Path folder;

    private final List<String> addresses = new ArrayList<>();
    private final List<Process> terminals = new ArrayList<>();
    private String guide = "";
    private Map<String, String> blocks = new TreeMap<>();

    @BeforeEach
    void readGuideAndMakeCommand() throws IOException {
        guide = Files.readString(Path.of(System.getProperty("driftless.top"), "docs", "operations.md"));
        String text = guide;
        List<Integer> ports = LoopbackPorts.free(3);
        for (int i = 0; i < 3; i++) {
            text = text.replace("127.0.0.1:700" + (i + 1), "127.0.0.1:" + ports.get(i));
            addresses.add("127.0.0.1:" + ports.get(i));
        }
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.put(matcher.group(1), matcher.group(2));
        }
        String java = CommandRun.java(folder).stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Path command = Files.writeString(Files.createDirectory(folder.resolve("bin")).resolve("driftless"),
                "#!/bin/sh\nexec " + java + " \"$@\"\n");
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void closeTerminals() {
        for (Process terminal : terminals) {
            terminal.destroyForcibly();
            terminal.onExit().join();
        }
    }

    @Test
    void theWalkThroughWorksAsItIsWritten() throws Exception {
        assertEquals(List.of("setup", "terminal-1", "terminal-2", "terminal-3", "terminal-4", "terminal-4-again"),
                List.copyOf(blocks.keySet()));
        assertEquals("", run("setup"));
        for (int n = 1; n <= 3; n++) {
            open("terminal-" + n, "n" + n + ".out");
        }
        awaitReady("n1.out", "n2.out", "n3.out");
        awaitSameState();
        String written = run("terminal-4");
        assertTrue(written.matches("(?s)written, version 1 \\(index \\d+\\)\\n.*\\nhello, world\\n"
                + "written, version 2 \\(index \\d+\\)\\n.*"), written);
        assertTrue(written.lines().anyMatch(line -> line.contains("unreachable")), written);
        open("terminal-1", "n1-again.out");
        awaitReady("n1-again.out");
        awaitSameState();
        String read = run("terminal-4-again");
        assertTrue(read.startsWith("still here\ngreeting\t"), read);
        assertEquals(3, read.lines().filter(line -> line.contains("\"reachable\":true")).count(), read);
        assertTrue(read.matches("(?s).*\nn[1-3] leads, term \\d+; it took \\S+ ms\n"), read);
    }

    @Test
    void theTableHasEveryExitCodeOfANode() {
        for (EndCause cause : EndCause.values()) {
            assertTrue(guide.contains("\n| " + cause.exitCode() + " | "), cause + " is missing");
        }
    }

    private void open(String block, String output) throws IOException {
        terminals.add(bash(block).redirectOutput(folder.resolve(output).toFile()).redirectErrorStream(true).start());
    }

    private void awaitReady(String... outputs) {
        for (String output : outputs) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                String said = Files.readString(folder.resolve(output));
                assertTrue(said.contains(" ready\n"), () -> output + ": " + said);
            });
        }
    }

    /**
     * There is a leader, and all have what it has. Nodes that are ready may take longer to find a leader than the first
     * command waits, and one that is back may lack what was written meanwhile, which the guide reads from it alone.
     */
    private void awaitSameState() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            List<MemberStatus> members = MemberStatus.askAll(addresses, ASK);
            assertTrue(members.stream().anyMatch(MemberStatus::isLeader), members::toString);
            assertEquals(1, members.stream().map(member -> member.number("applied")).distinct().count(),
                    members::toString);
        });
    }

    private String run(String block) throws Exception {
        Path out = folder.resolve(block + ".out");
        Path err = folder.resolve(block + ".err");
        Process process = bash(block).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        terminals.add(process);
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), block);
        assertEquals(0, process.exitValue(), block + ": " + Files.readString(out) + Files.readString(err));
        return Files.readString(out);
    }

    private ProcessBuilder bash(String block) {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", blocks.get(block))
                .directory(folder.toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("DRIFTLESS_"));
        builder.environment().merge("PATH", folder.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
        return builder;
    }
}
