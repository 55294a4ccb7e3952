package io.driftless.raft;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A story kept under {@code src/test/resources/transcripts}: compared line by line, or written anew with {@code
 * -Drewrite} and then reviewed as a diff.
 */
final class Transcript {

    private static final Path FOLDER = Path.of("src/test/resources/transcripts");

    private Transcript() { }

    static void check(String name, List<String> story) throws IOException {
        Path file = FOLDER.resolve(name + ".txt");
        if (System.getProperty("rewrite") != null) {
            Files.createDirectories(FOLDER);
            Files.write(file, story);
            return;
        }
        if (!Files.exists(file)) {
            fail("no transcript " + file + ": run with -Drewrite, and read what it says");
        }
        List<String> kept = Files.readAllLines(file);
        for (int i = 0; i < Math.max(kept.size(), story.size()); i++) {
            String expected = i < kept.size() ? kept.get(i) : "(the end)";
            String actual = i < story.size() ? story.get(i) : "(the end)";
            if (!expected.equals(actual)) {
                fail(file + ":" + (i + 1) + " differs\n  kept: " + expected + "\n  now:  " + actual
                        + "\nIf the change is meant, run with -Drewrite and review the diff.");
            }
        }
    }
}
