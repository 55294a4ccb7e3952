package io.driftless.ops.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.ops.console.Console;
import io.driftless.ops.process.CommandRun;
import io.driftless.ops.process.LocalCluster;
import io.driftless.ops.process.ScratchFolder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a real node. */
class KvCommandsTest {

    private static LocalCluster cluster;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        cluster = LocalCluster.startAndAwaitLeader(ScratchFolder.createIn(folder), 1,
                Map.of("log.segment.bytes", "8MiB"), 256,
                Duration.ofMinutes(1), started -> { });
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void commandsExitWithZeroWhenCommitted() {
        assertEquals(0, run("", "kv", "put", "ops/k", "a value"));
        assertEquals(0, run("", "kv", "get", "ops/k"));
        assertTrue(out().endsWith("a value\n"), out());
        assertEquals(0, run("", "kv", "get", "ops/absent", "--json"));
        assertTrue(out().contains("\"op\":\"get\",\"key\":\"ops/absent\",\"outcome\":\"answered\",\"index\":"), out());
        assertTrue(out().contains("\"value\":null") && out().matches("(?s).*,\"version\":null,\"age_ms\":\\d+}\n"),
                out());
        assertEquals(0, run("", "kv", "cas", "ops/k", "wrong", "new", "--json"));
        assertTrue(out().contains("\"ok\":false"), out());
        assertEquals(0, run("", "kv", "cas", "ops/k2", "null", "created", "--json"));
        assertTrue(out().contains("\"ok\":true"), out());
        assertEquals(0, run("", "kv", "delete", "ops/k2"));
        assertEquals(0, run("", "kv", "put", "--", "ops/dash", "-5"));
        out.reset();
        assertEquals(0, run("", "kv", "put", "ops/version", "1", "--json"));
        assertTrue(out().endsWith(",\"reason\":null,\"version\":1,\"ok\":true}\n"), out());
    }

    @Test
    void aValueThatBeginsWithAnAtSignIsNoFileOfArguments(@TempDir Path folder) throws IOException {
        String file = "@" + Files.writeString(folder.resolve("notes"), "what the file says");
        for (String value : List.of("@@x", file, "@" + folder)) {
            out.reset();
            assertEquals(0, run("", "kv", "put", "ops/at", value), err::toString);
            assertEquals(0, run("", "kv", "get", "ops/at"));
            assertTrue(out().endsWith("\n" + value + "\n"), out());
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "/dev/full")
    void resultsThatCannotBeWrittenAreAFailureThatSaysWhy() throws IOException {
        String[] get = {"kv", "get", "ops/absent", "--json", "--cluster", cluster.addresses()};
        try (OutputStream full = new FileOutputStream("/dev/full")) {
            assertEquals(1, CommandTree.execute(Console.of(InputStream.nullInputStream(), full, err), get));
        }
        assertEquals("driftless: standard output cannot be written: No space left on device\n",
                err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void whatNobodyReadsIsAFailureThatSaysNothing() throws IOException {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        String[] shell = {"kv", "shell", "--cluster", cluster.addresses()};
        InputStream lines = new ByteArrayInputStream("put ops/pipe 1\nput ops/pipe 2\n"
                .getBytes(StandardCharsets.UTF_8));
        assertEquals(1, CommandTree.execute(Console.of(lines, closed, err), shell));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void theShellRunsLinesInOrder() {
        assertEquals(0, run("put shell/k 1\nget shell/k\n", "kv", "shell", "--json"));
        assertTrue(out().lines().toList().getLast().contains("\"value\":\"1\""), out());
        assertEquals(1, run("bogus\n", "kv", "shell", "--json"));
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "script of util-linux makes the terminal")
    void onATerminalTheShellHasAPromptAndAHistory(@TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script");
        List<String> command = new ArrayList<>(CommandRun.java(folder));
        command.addAll(List.of("kv", "shell", "--cluster", cluster.addresses()));
        String quoted = command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        ProcessBuilder builder = new ProcessBuilder("script", "-qec", "stty rows 24 cols 80; " + quoted, "/dev/null")
                .redirectErrorStream(true);
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("TERM", "xterm");
        builder.environment().remove("XDG_STATE_HOME");
        Process terminal = builder.start();
        try {
            try (OutputStream keys = terminal.getOutputStream()) {
                keys.write("put terminal/k 1\nscan terminal/\nexit\n".getBytes(StandardCharsets.UTF_8));
                keys.flush();
                String screen = new String(terminal.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(screen.contains("driftless> "), screen);
                assertTrue(screen.contains("written, version 1"), screen);
                assertTrue(screen.contains("terminal/k\t1"), screen);
                assertEquals(0, terminal.waitFor(), screen);
            }
            assertTrue(Files.readString(folder.resolve(".local/state/driftless/shell-history"))
                    .contains("put terminal/k 1"));
        } finally {
            terminal.destroyForcibly();
        }
    }

    @Test
    void theHelpListsTheBenchmarks() {
        assertEquals(0, CommandTree.execute(console(""), "--help"));
        assertTrue(out().lines().anyMatch(line -> line.matches("  bench .* reads, killed leaders .*")), out());
    }

    @Test
    void aCommandThatIsFarTooLargeIsRejectedAloneAndNotItsConnection() {
        assertEquals(1, run("put big " + "x".repeat(3 << 20) + "\nput ops/next 1\n", "kv", "shell", "--json"));
        List<String> lines = out().lines().toList();
        assertTrue(lines.getFirst().contains("\"outcome\":\"rejected\"")
                && lines.getFirst().contains("log.max.entry.bytes"), lines.getFirst());
        assertTrue(lines.getLast().contains("\"outcome\":\"committed\""), lines.getLast());
    }

    @Test
    void aScanSaysThatItIsLocal() {
        run("put scan/a 1\nput scan/b 2\nput scan/c 3\n", "kv", "shell");
        out.reset();
        err.reset();
        assertEquals(0, run("", "kv", "scan", "--prefix", "scan/", "--limit", "2"));
        assertEquals("scan/a\t1\nscan/b\t2\n", out());
        assertTrue(err.toString(StandardCharsets.UTF_8).matches("local, applied=\\d+, .*, 2 rows, more follow\n"),
                err.toString());
        out.reset();
        assertEquals(0, run("", "kv", "scan", "--from", "scan/c", "--prefix", "scan/", "--json"));
        assertTrue(out().startsWith(
                "{\"key\":\"scan/c\",\"value\":\"3\",\"version\":1}\n"
                + "{\"op\":\"scan\",\"outcome\":\"answered\",\"local\":true,"), out());
    }

    @Test
    void theLoadIsMeasured() {
        assertEquals(0, run("", "kv", "load", "--count", "500", "--size", "100", "--connections", "3", "--outstanding",
                "10",
                "--json"));
        assertTrue(out().matches(
                "\\{\"ops_per_s\":\\d+,\"p50_us\":\\d+,\"p99_us\":\\d+,\"committed\":500,\"rejected\":0,"
                + "\"unknown\":0,\"refused\":0,\"not_sent\":0,\"reasons\":\\{}}\n"), out());
    }

    @Test
    void anImportExecutesTheLinesOfAFileInOrder(@TempDir Path folder) throws IOException {
        StringBuilder text = new StringBuilder("put import/k 0\n");
        for (int i = 1; i <= 500; i++) {
            text.append("cas import/k ").append(i - 1).append(' ').append(i).append("\nput import/").append(i)
                    .append(" \"a value\"\n");
        }
        text.append("\nput import/gone 1\ndelete import/gone");
        Path file = Files.writeString(folder.resolve("lines"), text);
        assertEquals(0, run("", "kv", "import", file.toString(), "--json"), err::toString);
        assertTrue(out().matches("\\{\"committed\":1003,\"rejected\":0,\"unknown\":0,\"lines\":1004,\"bytes\":"
                + text.length() + ",\"seconds\":\\d+\\.\\d+,\"ops_per_s\":\\d+,\"refused\":0,\"bad\":0,"
                + "\"blank\":1,\"stopped_at\":null}\n"), out());
        assertTrue(err.toString(StandardCharsets.UTF_8).contains(" bytes, "), err::toString);
        assertTrue(err.toString(StandardCharsets.UTF_8).contains(" lines/s\n"), err::toString);
        out.reset();
        // Each cas found what the one before it wrote.
        run("get import/k\nget import/500\nget import/gone\n", "kv", "shell");
        assertEquals("500\na value\n", out());
    }

    @Test
    void anImportTellsBadLinesByNumberAndGoesOn() {
        String lines = "put import/a 1\nput import/b\nget import/a\nquota\nput import/c 3\nput import/big "
                + "x".repeat(3 << 20) + "\nput import/d 4\n";
        assertEquals(1, run(lines, "kv", "import", "-", "--outstanding", "1"));
        String told = err.toString(StandardCharsets.UTF_8);
        assertTrue(told.contains("line 2: bad: 1 word behind 'put', not 2: "), told);
        assertTrue(told.contains("line 3: bad: 'get' reads, and an import only writes\n"), told);
        assertTrue(told.contains("line 4: bad: 'quota' reads, and an import only writes\n"), told);
        assertTrue(told.contains("line 6: rejected: too_large: "), told);
        assertTrue(out().matches("7 lines, 3,145,8\\d\\d bytes in \\d+\\.\\d s, \\d+ lines/s; 3 committed, 1 rejected, "
                + "0 unknown, 3 bad\n"), out());
        err.reset();
        assertEquals(1, run("no\n".repeat(30), "kv", "import", "-"));
        assertTrue(err.toString(StandardCharsets.UTF_8).endsWith("line 5: bad: no command 'no': put, get, cas, delete "
                + "or quota\nfurther lines of this kind are only counted: bad\n"), err::toString);
        err.reset();
        String large = "put import/big " + "x".repeat(3 << 20) + "\n";
        assertEquals(1, run("no\n".repeat(30) + large, "kv", "import", "-"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("\nline 31: rejected: too_large: "), err::toString);
    }

    @Test
    void anImportThatFindsNobodyStopsAndSaysWhere(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("lines"), "\n" + "put import/nobody 1\n".repeat(10_000));
        assertEquals(1, runOn("127.0.0.1:1", "", "kv", "import", file.toString(), "--timeout", "300ms",
                "--outstanding", "4", "--json"));
        assertTrue(err.toString(StandardCharsets.UTF_8).endsWith(
                "stopped at line 2: to go on, import from that line again (tail -n +2)\n"), err::toString);
        assertTrue(out().matches("\\{\"committed\":0,\"rejected\":\\d{1,2},\"unknown\":0,\"lines\":\\d{1,2},.*"
                + "\"stopped_at\":2}\n"), out());
        assertEquals(2, run("", "kv", "import", folder.toString()));
        assertEquals(2, run("", "kv", "import", folder.resolve("absent").toString()));
        assertEquals(2, run("", "kv", "import", file.toString(), "--outstanding", "0"));
    }

    /** Each may take longer than two seconds to say that it found nobody. */
    @Test
    void whatFindsNobodyShowsThatItWaits() {
        for (String command : List.of("kv put k v", "kv import -")) {
            err.reset();
            assertEquals(1, runOn("127.0.0.1:1", "put k v\n", (command + " --timeout 3500ms").split(" ")));
            assertTrue(err.toString(StandardCharsets.UTF_8).startsWith("waiting for 127.0.0.1:1, 2 s\n"),
                    err::toString);
        }
    }

    @Test
    void aLoadThatFindsNobodySaysWhyInTheEnd() {
        assertEquals(1, runOn("127.0.0.1:1", "", "kv", "load", "--count", "3", "--timeout", "1s"));
        assertTrue(out().endsWith(", p50 -, p99 -; 0 committed, 3 rejected, 0 unknown\n  3 unreachable\n"), out());
    }

    @Test
    void aLoadGivesUpOnceNobodyIsThereForLongerThanItsTimeout() {
        assertEquals(1, runOn("127.0.0.1:1", "", "kv", "load", "--count", "1000000", "--timeout", "500ms", "--json"));
        assertTrue(out().matches("(?s).*\"committed\":0,\"rejected\":\\d{2},\"unknown\":0,\"refused\":0,"
                + "\"not_sent\":9999\\d\\d,.*"), out());
        assertTrue(err.toString(StandardCharsets.UTF_8).matches("(?s).*driftless: gave up: 127.0.0.1:1 executed "
                + "nothing for longer than --timeout \\(500 ms\\); 999,9\\d\\d of 1,000,000 puts were not sent\n"),
                err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aFullStoreRefusesWithExitCodeOneAndSaysWhy() {
        run("", "kv", "put", "quota/a", "a value");
        out.reset();
        assertEquals(0, run("", "kv", "quota", "1KiB", "--json"), err::toString);
        assertTrue(out().matches("\\{\"op\":\"quota\",\"key\":null,\"outcome\":\"committed\",\"index\":\\d+,"
                + "\"value\":null,\"micros\":\\d+,\"reason\":null,\"ok\":true,\"keys\":\\d+,\"used_bytes\":\\d+,"
                + "\"quota_bytes\":1024}\n"), out());
        out.reset();
        try {
            assertEquals(1, run("", "kv", "put", "quota/b", "x".repeat(2000)));
            assertTrue(err.toString(StandardCharsets.UTF_8)
                    .startsWith("refused: quota_exceeded: the quota is 1024 bytes, "), err.toString());
            assertEquals(1, run("", "kv", "put", "quota/b", "x".repeat(2000), "--json"));
            assertTrue(out().contains("\"outcome\":\"committed\"") && out().contains("\"reason\":\"quota_exceeded: ")
                    && out().endsWith("\"ok\":false}\n"), out());
            assertEquals(1, run("put quota/b " + "x".repeat(2000) + "\n", "kv", "shell", "--json"));
            out.reset();
            assertEquals(1, run("", "kv", "load", "--count", "20", "--size", "1000", "--json"));
            assertTrue(out().contains("\"committed\":0,\"rejected\":0,\"unknown\":0,\"refused\":20,"
                    + "\"not_sent\":0,\"reasons\":{\"quota_exceeded\":20}}"), out());
            assertEquals(0, run("", "kv", "put", "quota/a", "shorter"));
            assertEquals(0, run("", "kv", "delete", "quota/a"));
        } finally {
            out.reset();
            assertEquals(0, run("", "kv", "quota", "128MiB"));
        }
        assertTrue(out().matches("[\\d,]+ of 134,217,728 bytes used \\(\\d\\.\\d %\\), [\\d,]+ keys "
                + "\\(index \\d+\\)\n"),
                out());
        assertEquals(2, run("", "kv", "quota", "much"));
        err.reset();
        assertEquals(2, run("", "kv", "quota", "12"));
        assertEquals("driftless: Invalid value for positional parameter at index 0 (SIZE): '12' has no unit: 12MiB, or "
                + "12B for bytes\nsee 'driftless kv quota --help'\n", err.toString(StandardCharsets.UTF_8));
        assertEquals(1, run("quota 12\n", "kv", "shell"));
        err.reset();
        assertEquals(0, run("", "kv", "quota", "256MiB"));
        assertEquals("every server needs a heap (-Xmx) of about 1.0 GiB for this quota: see 'Quota and heap' in "
                + "docs/operations.md\n", err.toString(StandardCharsets.UTF_8));
        assertEquals(0, run("", "kv", "quota", "128MiB"));
    }

    @Test
    void statusHasALineForEachMember() {
        String dead = "127.0.0.1:1";
        assertEquals(0, runOn(cluster.addresses() + "," + dead, "", "status", "--json"));
        assertTrue(out().startsWith("{\"node\":\"n1\",\"address\":\"" + cluster.addresses() + "\",\"reachable\":true,"
                + "\"role\":\"leader\",\"term\":"), out());
        assertTrue(out().lines().toList().getLast()
                .startsWith("{\"node\":null,\"address\":\"127.0.0.1:1\",\"reachable\":false,"
                + "\"role\":null"), out());
        out.reset();
        assertEquals(0, runOn(cluster.addresses(), "", "status"));
        assertTrue(out().startsWith("NODE  ADDRESS"), out());
        assertEquals(1, runOn(dead, "", "status"));
    }

    @Test
    void whatNobodyExecutesExitsWithOne() {
        assertEquals(1, runOn("127.0.0.1:1", "", "kv", "put", "k", "v", "--timeout", "300ms", "--json"));
        assertTrue(out().contains("\"outcome\":\"rejected\",\"index\":null,\"value\":null,\"micros\":"), out());
        assertEquals(1, run("", "kv", "put", "k", "v".repeat((1 << 20) + 1), "--json"));
        assertTrue(out().contains("\"reason\":\"too_large"), out());
    }

    @Test
    void badUsageExitsWithTwo() {
        assertEquals(2, run("", "kv"));
        assertEquals(2, run("", "kv", "put", "only-a-key"));
        assertEquals(2, run("", "kv", "put", "k", "v", "--timeout", "soon"));
        assertEquals(2, run("", "kv", "load", "--connections", "9", "--outstanding", "8"));
        err.reset();
        assertEquals(2, run("", "kv", "load", "--outstanding", "65535"));
        assertEquals("driftless: --outstanding: 65535 is not from 8 to 65534\n", err.toString(StandardCharsets.UTF_8));
        assertEquals(2, runOn("nonsense", "", "kv", "get", "k"));
        assertEquals(2, run("", "demo", "--nodes", "0"));
        assertEquals(2, run("", "demo", "bank", "--time", "999ms"));
        assertEquals(2, run("", "demo", "--keep", "bank"));
        assertEquals(2, CommandTree.execute(console("")));
        assertEquals("", out());
    }

    @Test
    void badUsageIsALineAndWhereTheHelpIs() {
        assertEquals(2, run("", "kv", "load", "--count", "many"));
        assertEquals("driftless: Invalid value for option '--count': 'many' is not a whole number\n"
                + "see 'driftless kv load --help'\n", err.toString(StandardCharsets.UTF_8));
        err.reset();
        assertEquals(2, run("", "kv", "load", "--count", "-1", "--size", "2KiB"));
        assertEquals("driftless: --count: -1 is below 1\n", err.toString(StandardCharsets.UTF_8));
        err.reset();
        assertEquals(2, CommandTree.execute(console(""), "kv"));
        assertEquals("driftless: a command is missing\nsee 'driftless kv --help'\n",
                err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void helpIsACommandToo() {
        assertEquals(0, CommandTree.execute(console(""), "help"));
        assertTrue(out().startsWith("Usage: driftless ["), out());
        out.reset();
        assertEquals(0, CommandTree.execute(console(""), "help", "kv", "put"));
        assertTrue(out().startsWith("Usage: driftless kv put "), out());
        assertEquals(2, CommandTree.execute(console(""), "help", "kv", "putt"));
        assertEquals("driftless: there is no command 'putt'\nsee 'driftless kv --help'\n",
                err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void everyCommandHasHelpWithAnExample() {
        for (String command : new String[] {"demo", "demo bank", "node", "kv", "kv put", "kv get", "kv cas",
            "kv delete",
            "kv quota", "kv scan",
            "kv load", "kv import", "kv shell", "status", "admin", "admin snapshot", "admin transfer",
            "log", "log dump", "log verify", "log stat", "help"}) {
            out.reset();
            assertEquals(0, CommandTree.execute(console(""), (command + " --help").split(" ")));
            assertTrue(out().startsWith("Usage: driftless " + command), out());
            assertTrue(out().contains("Example:\n  ") || out().contains("Examples:\n  "), out());
        }
        out.reset();
        assertEquals(0, CommandTree.execute(console(""), "--version"));
        assertTrue(out().matches("driftless \\S+ \\(commit \\S+\\) on JDK .*\n"), out());
    }

    private int run(String input, String... arguments) {
        return runOn(cluster.addresses(), input, arguments);
    }

    private int runOn(String addresses, String input, String... arguments) {
        String[] all = new String[arguments.length + 2];
        boolean takesCluster = arguments.length > 1 || !arguments[0].equals("kv");
        if (arguments[0].equals("demo") || !takesCluster) {
            return CommandTree.execute(console(input), arguments);
        }
        int words = arguments[0].equals("kv") ? 2 : 1;
        System.arraycopy(arguments, 0, all, 0, words);
        all[words] = "--cluster";
        all[words + 1] = addresses;
        System.arraycopy(arguments, words, all, words + 2, arguments.length - words);
        return CommandTree.execute(console(input), all);
    }

    private Console console(String input) {
        return Console.of(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), out, err);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
