package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every state of the one-way links between three servers; {@code -Drewrite} writes the table into docs/testing.md. */
class LinksTest {

    private static final Path DOCUMENT = Path.of(System.getProperty("driftless.top"), "docs/testing.md");
    private static final String BEGIN = "<!-- links: begin -->\n";
    private static final String END = "<!-- links: end -->\n";

    @Test
    void twoServersThatHearEachOtherCommitAndKeepTheirLeader() throws IOException {
        List<Links.Row> rows = Links.all(1);
        assertEquals(64, rows.size());
        assertEquals(List.of(), rows.stream().filter(row -> !row.isRight()).toList());
        String text = Files.readString(DOCUMENT);
        assertTrue(text.contains(BEGIN) && text.contains(END), "docs/testing.md has no place for the table");
        String now = text.substring(0, text.indexOf(BEGIN) + BEGIN.length()) + Links.table(rows)
                + text.substring(text.indexOf(END));
        if (System.getProperty("rewrite") != null) {
            Files.writeString(DOCUMENT, now);
        }
        assertEquals(now, Files.readString(DOCUMENT), "docs/testing.md is out of date: -Drewrite");
    }

    @Test
    void noOtherSeedBreaksIt() {
        assertEquals(List.of(), Links.all(2).stream().filter(row -> !row.isRight()).toList());
    }
}
