package io.driftless.ops.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class ConsoleTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void oneThingIsInTheSingular() {
        assertEquals("1 line, 0 lines, 4,248 lines, 1 entry, 2 entries", String.join(", ", Count.of(1, "line"),
                Count.of(0, "line"), Count.of(4_248, "line"), Count.of(1, "entry", "entries"),
                Count.of(2, "entry", "entries")));
    }

    @Test
    void whatIsWaitedForIsSaidAgainAndAgainUntilItCame() throws InterruptedException {
        BlockingQueue<String> notes = new LinkedBlockingQueue<>();
        Waiting waiting = Waiting.start(notes::add, () -> "n1", Duration.ofMillis(1));
        assertEquals("waiting for n1, 0 s", notes.take());
        assertEquals("waiting for n1, 0 s", notes.take());
        waiting.end();
        waiting.end();
    }

    @Test
    void progressOffATerminalIsALineAQuarterWithoutCarriageReturns() {
        Progress progress = new Progress(Console.of(InputStream.nullInputStream(), out, err), "lines", 1000);
        for (int done = 1; done <= 1000; done++) {
            progress.at(done);
        }
        progress.note("killed n1");
        progress.end();
        List<String> lines = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(5, lines.size(), lines.toString());
        assertEquals("[##########..............................]  25%  250 of 1,000 lines", lines.getFirst());
        assertEquals("[########################################] 100%  1,000 of 1,000 lines", lines.get(3));
        assertEquals("killed n1", lines.get(4));
        assertFalse(err.toString(StandardCharsets.UTF_8).contains("\r"));
        assertEquals(0, out.size());
    }

    @Test
    void progressOnATerminalIsDrawnInPlaceAndTakenAway() {
        Console terminal = new Console(InputStream.nullInputStream(), new Results(out),
                new PrintStream(err, true, StandardCharsets.UTF_8), false, true, true);
        Progress progress = new Progress(terminal, "lines", 2);
        progress.at(1);
        progress.state("waiting");
        progress.at(2);
        progress.end();
        String drawn = err.toString(StandardCharsets.UTF_8);
        assertFalse(drawn.contains("\n"));
        assertTrue(drawn.contains(" 50%  1 of 2 lines"), drawn);
        assertTrue(drawn.endsWith("\r\033[K"), drawn);
    }

    @Test
    void progressWithoutATotalOnlyCounts() {
        Console terminal = new Console(InputStream.nullInputStream(), new Results(out),
                new PrintStream(err, true, StandardCharsets.UTF_8), false, true, true);
        Progress progress = Progress.ofUnknownTotal(terminal, "bytes");
        progress.at(4_000_000_000_000L, "17 lines/s");
        assertEquals("\r\033[K4,000,000,000,000 bytes  17 lines/s", err.toString(StandardCharsets.UTF_8));
        err.reset();
        Progress.ofUnknownTotal(Console.of(InputStream.nullInputStream(), out, err), "bytes").at(Long.MAX_VALUE - 1);
        assertFalse(err.toString(StandardCharsets.UTF_8).contains("%"), err::toString);
    }

    @Test
    void tablesAreAsWideAsTheyNeedToBe() {
        assertEquals(List.of("NAME   N", "a      1", "long  10"), new Table("NAME", ">N").row("a", "1")
                .row("long", "10").lines());
    }

    @Test
    void linesHaveAnyBytesAndTheLastNeedsNoLineFeed() throws IOException {
        assertEquals(List.of("a", "", "b\r", "\u00ff"), lines("a\n\nb\r\n\u00ff"));
        assertEquals(List.of("a"), lines("a\n"));
        assertEquals(List.of(""), lines("\n"));
        assertEquals(List.of(), lines(""));
    }

    @Test
    void aLineThatIsTooLongIsCutAndTheNextIsWhole() throws IOException {
        LineInput input = new LineInput(new ByteArrayInputStream("123456\nab\n".getBytes(StandardCharsets.ISO_8859_1)),
                4);
        LineInput.Line line = input.next().orElseThrow();
        assertTrue(line.isCut());
        assertEquals(6, line.length());
        assertEquals("1234", line.bytes().utf8());
        assertEquals("ab", input.next().orElseThrow().bytes().utf8());
    }

    @Test
    void jsonStringsAreReadWholeOrNotAtAll() {
        assertEquals(Optional.of("a\n"), Json.parseString("\"a\\n\""));
        assertEquals(Optional.empty(), Json.parseString("\"a\" \"b\""));
        assertEquals(Optional.empty(), Json.parseString("17"));
        assertEquals(Optional.empty(), Json.parseObject("{\"a\":1} x"));
        assertEquals(Optional.empty(), Json.parseObject("[]"));
    }

    private static List<String> lines(String text) throws IOException {
        LineInput input = new LineInput(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), 100);
        List<String> lines = new ArrayList<>();
        for (Optional<LineInput.Line> line = input.next(); line.isPresent(); line = input.next()) {
            lines.add(new String(line.get().bytes().toByteArray(), StandardCharsets.ISO_8859_1));
        }
        return lines;
    }
}
