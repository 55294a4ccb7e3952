package io.driftless.ops.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.ops.console.CommandFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoInputTest {

    @Test
    void anyBytesAreALine() {
        assertEquals(List.of("a", "", "a", "\u00ff\r", "z"), lines("a\n\na\n\u00ff\r\nz"));
        assertEquals(List.of("a", ""), lines("a\n\n"));
        assertEquals(List.of(""), lines("\n"));
        assertEquals(List.of("x"), lines("x"));
        assertEquals(3000, lines("line\n".repeat(3000)).size());
    }

    @Test
    void keysAreTheNumbersOfLinesAndNothingElse() {
        DemoInput input = DemoInput.of("t", "a\nb\nc\n".getBytes(StandardCharsets.UTF_8));
        assertEquals(2, input.number(Bytes.utf8("2")));
        assertEquals(3, input.number(DemoInput.key(3)));
        for (String key : List.of("", "0", "4", "02", "-1", "2 ", "x", "99999999999", "4294967297")) {
            assertEquals(0, input.number(Bytes.utf8(key)), key);
        }
    }

    @Test
    void emptyMissingAndUnreadableFilesAreBadUsage(@TempDir Path folder) throws IOException {
        Path empty = Files.createFile(folder.resolve("empty"));
        for (Path file : List.of(empty, folder, folder.resolve("missing"))) {
            CommandFailedException refused = assertThrows(CommandFailedException.class, () -> DemoInput.read(file));
            assertEquals(CommandFailedException.USAGE, refused.exitCode());
            assertTrue(String.valueOf(refused.getMessage()).contains(file.toString()));
        }
    }

    @Test
    void aLineThatIsTooLongIsNamed() {
        DemoInput input = DemoInput.of("t", ("short\n" + "x".repeat(100) + "\n").getBytes(StandardCharsets.UTF_8));
        // put, length of the key, key, and the value: 1 + 1 + 1 + 100
        input.requireCommandsUpTo(103);
        CommandFailedException refused = assertThrows(CommandFailedException.class, () ->
                input.requireCommandsUpTo(102));
        assertEquals(CommandFailedException.USAGE, refused.exitCode());
        assertTrue(String.valueOf(refused.getMessage()).contains("line 2: 100 bytes"), refused.getMessage());
    }

    @Test
    void theShippedTextIsWhatItsOriginSays() throws Exception {
        DemoInput shipped = DemoInput.shipped();
        assertEquals(8328, shipped.count());
        assertEquals("Persuasion", shipped.line(1).utf8());
        assertEquals("Finis", shipped.line(8328).utf8());
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(resource("persuasion.txt"));
        String origin = new String(resource("ORIGIN.txt"), StandardCharsets.UTF_8);
        assertTrue(origin.contains("SHA-256: " + HexFormat.of().formatHex(digest)));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream resource = Objects.requireNonNull(DemoInput.class.getResourceAsStream(name))) {
            return resource.readAllBytes();
        }
    }

    private static List<String> lines(String text) {
        DemoInput input = DemoInput.of("t", text.getBytes(StandardCharsets.ISO_8859_1));
        List<String> lines = new ArrayList<>();
        for (int number = 1; number <= input.count(); number++) {
            lines.add(new String(input.line(number).toByteArray(), StandardCharsets.ISO_8859_1));
        }
        return lines;
    }
}
