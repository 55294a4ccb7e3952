package io.driftless.ops.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.ops.cluster.KvClient;
import io.driftless.ops.cluster.LocalScan;
import io.driftless.ops.cluster.MachineClient;
import io.driftless.ops.console.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalShellTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final MachineClient machine = new MachineClient();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @Test
    void runsCommandsAtAPromptUntilExit() throws IOException {
        type("put k \"a value!\"\nget k\n\nexit\nput never executed\n");
        assertEquals("written, version 1 (index 1)\na value!\n", out());
        assertTrue(screen.toString(StandardCharsets.UTF_8).contains("driftless> "), screen.toString());
        assertEquals("", err());
    }

    @Test
    void theEndOfTheInputIsAnExit() throws IOException {
        type("put k v\n");
        assertEquals("written, version 1 (index 1)\n", out());
    }

    @Test
    void tabCompletesCommandsAndKeysOfTheSession() throws IOException {
        type("pu\talpha 1\nput \"two words\" 2\nget al\t\nget \"two\t\nexit\n");
        assertEquals("written, version 1 (index 1)\nwritten, version 1 (index 2)\n1\n2\n", out());
    }

    @Test
    void aSecondTabListsCandidatesAndPicksNone() throws IOException {
        type("put alpha 1\nput alps 2\nget al\t\ts\nexit\n");
        assertEquals("written, version 1 (index 1)\nwritten, version 1 (index 2)\n2\n", out());
        assertTrue(screen.toString(StandardCharsets.UTF_8).contains("alpha"), screen.toString());
    }

    @Test
    void aTerminalWithoutASizeHasTheUsualOne() throws IOException {
        try (Terminal terminal = TerminalBuilder.builder().system(false).type("ansi").encoding(StandardCharsets.UTF_8)
                .streams(InputStream.nullInputStream(), screen).build()) {
            terminal.setSize(new Size(0, 0));
            TerminalShell.giveSize(terminal);
            assertEquals(new Size(80, 24), terminal.getSize());
            terminal.setSize(new Size(120, 50));
            TerminalShell.giveSize(terminal);
            assertEquals(new Size(120, 50), terminal.getSize());
        }
    }

    @Test
    void aMistakeIsToldAndPointsToHelp() throws IOException {
        type("bogus\nput k\nscan a 0\nhelp\nexit\n");
        List<String> lines = err().lines().toList();
        assertEquals("error: no command 'bogus': put, get, cas, delete or quota; try help", lines.getFirst());
        assertTrue(lines.get(1).startsWith("error: 1 word behind 'put'"), lines.get(1));
        assertEquals("error: '0' is not a number of rows above zero; try help", lines.get(2));
        assertTrue(out().contains("scan [PREFIX [N]]") && out().contains("Ctrl-D"), out());
    }

    @Test
    void theHistoryOutlivesTheSessionAndIsItsUsersAlone() throws IOException {
        Path file = HistoryFile.of(Map.of("HOME", folder.toString())).orElseThrow();
        assertEquals(folder.resolve(".local/state/driftless/shell-history"), file);
        type("put k secret\n put k kept-out\nexit\n", Optional.of(file));
        // Up twice: "exit", then "put k secret" again.
        type("\u0010\u0010\nexit\n", Optional.of(file));
        assertTrue(out().endsWith("written, version 3 (index 3)\n"), out());
        assertTrue(Files.readString(file).contains("put k secret"));
        assertFalse(Files.readString(file).contains("kept-out"), "a line that begins with a blank");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
    }

    @Test
    void withoutAPlaceThereIsNoHistoryFile() throws IOException {
        Path file = Files.createFile(folder.resolve("no-folder"));
        assertEquals(Optional.empty(), HistoryFile.of(Map.of()));
        assertEquals(Optional.empty(), HistoryFile.of(Map.of("HOME", file.toString())));
        assertEquals(Optional.empty(), HistoryFile.of(Map.of("HOME", folder.resolve("missing").toString())));
        assertEquals(Optional.empty(), HistoryFile.of(Map.of("XDG_STATE_HOME", file.toString())));
        assertEquals(folder.resolve("state/driftless/shell-history"),
                HistoryFile.of(Map.of("HOME", file.toString(), "XDG_STATE_HOME", folder.resolve("state").toString()))
                        .orElseThrow());
    }

    @Test
    void wordsAroundTheCursorAreTakenAsTheyAreTyped() {
        KeyCompletion completion = new KeyCompletion(List.of("get"), Set.of("get"));
        assertEquals(List.of("get", "\"a b", "0"), at(completion, "get \"a b", 5, 1));
        assertEquals(List.of("get", "", "0"), at(completion, "get ", 4, 1));
        assertEquals(List.of("", "", "0"), at(completion, "", 0, 0));
        assertEquals(List.of("get", "get", "2"), at(completion, "get k", 2, 0));
        assertEquals("\"two words\"", KeyCompletion.typed("two words"));
        assertEquals("\"\"", KeyCompletion.typed(""));
        assertEquals("\"'quoted'\"", KeyCompletion.typed("'quoted'"));
        assertEquals("plain", KeyCompletion.typed("plain"));
        completion.seen(Bytes.wrap(new byte[] {(byte) 0xFF}));
    }

    private static List<String> at(KeyCompletion completion, String line, int cursor, int wordIndex) {
        ParsedLine parsed = completion.parse(line, cursor, Parser.ParseContext.COMPLETE);
        assertEquals(wordIndex, parsed.wordIndex());
        String offset = wordIndex == 0 ? Integer.toString(parsed.wordCursor()) : "0";
        return List.of(parsed.words().getFirst(), parsed.word(), offset);
    }

    private void type(String keys) throws IOException {
        type(keys, Optional.empty());
    }

    private void type(String keys, Optional<Path> history) throws IOException {
        Console console = Console.of(InputStream.nullInputStream(), out, err);
        LocalScan nowhere = new LocalScan(List.of("127.0.0.1:1"), TIMEOUT);
        try (Terminal terminal = TerminalBuilder.builder().system(false).type("ansi").encoding(StandardCharsets.UTF_8)
                .streams(new ByteArrayInputStream(keys.getBytes(StandardCharsets.UTF_8)), screen).build()) {
            new TerminalShell(console, KvClient.over(machine), nowhere, TIMEOUT).run(terminal, history);
        }
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
