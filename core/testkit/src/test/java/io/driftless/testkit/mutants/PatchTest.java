package io.driftless.testkit.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatchTest {

    private static final String HEAD = "wrong sum\nfound-by: Check 1\n--- a/A.java\n+++ b/A.java\n";

    @TempDir
    Path directory;

    @BeforeEach
    void write() throws IOException {
        Files.write(directory.resolve("A.java"), List.of("one", "two", "three", "two", "four"));
    }

    private void apply(String patch) throws IOException {
        Path file = Files.writeString(directory.resolve("p.patch"), patch);
        Patch.read(file).apply(directory, directory.resolve("changed"));
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(directory.resolve("changed/A.java"));
    }

    @Test
    void changesTheLinesThatAHunkNamesWhereverTheyStand() throws IOException {
        apply(HEAD + "@@ -100,2 +100,2 @@\n three\n-two\n+TWO\n+more\n@@ -1 +1 @@\n-one\n");
        assertEquals(List.of("two", "three", "TWO", "more", "four"), lines());
    }

    @Test
    void refusesAHunkThatDoesNotFitOrFitsTwice() {
        String gone = assertThrows(IllegalArgumentException.class, () -> apply(HEAD + "@@ @@\n one\n-three\n"))
                .getMessage();
        assertTrue(gone.contains("no longer applies to A.java"), gone);
        assertThrows(IllegalArgumentException.class, () -> apply(HEAD + "@@ @@\n-two\n"));
        assertThrows(IllegalArgumentException.class, () -> apply(HEAD + "@@ @@\n+five\n"));
    }

    @Test
    void refusesAFileThatIsNotThereAndWhatIsNoPatch() {
        assertThrows(IllegalArgumentException.class, () -> apply(HEAD.replace("A.java", "B.java") + "@@ @@\n-two\n"));
        assertThrows(IllegalArgumentException.class, () -> apply("hello\n"));
        assertThrows(IllegalArgumentException.class, () -> apply(HEAD));
        assertThrows(IllegalArgumentException.class, () -> apply(HEAD + "@@ @@\n-one\n*two\n"));
    }

    @Test
    void keepsTheLinesBeforeTheFirstFile() throws IOException {
        Path file = Files.writeString(directory.resolve("p.patch"), HEAD + "@@ @@\n-one\n");
        assertEquals(List.of("wrong sum", "found-by: Check 1"), Patch.read(file).head());
    }
}
