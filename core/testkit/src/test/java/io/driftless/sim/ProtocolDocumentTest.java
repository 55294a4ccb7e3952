package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.raft.Message;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code docs/protocol.md} is what the code does: our side of its stories comes from simulated runs, and {@code
 * -Drewrite} writes it anew, to be reviewed as a diff; its tables name every field of every message.
 */
class ProtocolDocumentTest {

    private static final Path DOCUMENT = Path.of(System.getProperty("driftless.top"), "docs/protocol.md");
    private static final String TO = "```\n<!-- story ends -->";
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\|");

    @ParameterizedTest
    @EnumSource(ProtocolStory.class)
    void ourSideOfEachStoryIsWhatTheSimulatorTells(ProtocolStory story) throws IOException {
        String mark = "<!-- story: " + story.name().toLowerCase(Locale.ROOT).replace('_', '-') + " -->\n```mermaid\n";
        String document = Files.readString(DOCUMENT);
        int from = document.indexOf(mark) + mark.length();
        assertTrue(from >= mark.length(), "the document has no place for " + story + ": " + mark);
        int to = document.indexOf(TO, from);
        String told = story.diagram();
        if (System.getProperty("rewrite") != null) {
            Files.writeString(DOCUMENT, document.substring(0, from) + told + document.substring(to));
            return;
        }
        assertEquals(document.substring(from, to), told,
                "If the change is meant, run with -Drewrite and review the diff.");
    }

    @Test
    void everyFieldOfEveryMessageHasItsRowInOrder() throws IOException {
        String document = Files.readString(DOCUMENT);
        for (Class<?> message : Message.class.getPermittedSubclasses()) {
            String heading = "\n### " + message.getSimpleName() + "\n";
            int from = document.indexOf(heading);
            assertTrue(from >= 0, "the document has no section ### " + message.getSimpleName());
            int to = document.indexOf("\n#", from + heading.length());
            List<String> rows = new ArrayList<>();
            Matcher matcher = ROW.matcher(document.substring(from, to));
            while (matcher.find()) {
                rows.add(matcher.group(1));
            }
            assertEquals(Stream.of(message.getRecordComponents()).map(RecordComponent::getName).toList(), rows,
                    "rows of ### " + message.getSimpleName());
        }
    }
}
