package io.driftless.testkit.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MutantTest {

    @TempDir
    Path directory;

    private Path module;

    @BeforeEach
    void writeAModule() throws IOException {
        module = directory.resolve("module");
        Path source = module.resolve("src/main/java/Check.java");
        Files.createDirectories(source.getParent());
        Files.createDirectories(module.resolve("src/test/mutants"));
        Files.writeString(source, """
                final class Check {
                    static int answer() {
                        return 42;
                    }

                    public static void main(String[] arguments) {
                        System.exit(answer() == Integer.parseInt(arguments[0]) ? 0 : answer() < 0 ? 1 : 3);
                    }
                }
                """);
    }

    private Mutant plant(String replacement, int expected) throws IOException {
        Path patch = Files.writeString(module.resolve("src/test/mutants/wrong-answer.patch"), """
                The answer is wrong.
                found-by: Check %d
                --- a/src/main/java/Check.java
                +++ b/src/main/java/Check.java
                @@ -2,2 +2,2 @@
                     static int answer() {
                -        return 42;
                +        %s
                """.formatted(expected, replacement));
        assertEquals(List.of(patch), Mutant.patches(module));
        return Mutant.plant(module, patch, "", Files.createTempDirectory(directory, "planted"));
    }

    private boolean isFound(Mutant mutant) throws IOException {
        return mutant.isFound(List.of("-Xmx64m"), "", directory.resolve("log"), Duration.ofMinutes(1));
    }

    @Test
    void tellsWhetherTheCheckFindsTheMistake() throws IOException {
        assertTrue(isFound(plant("return 41;", 42)));
        assertFalse(isFound(plant("return 41;", 41)));
    }

    @Test
    void aCheckThatFailsByItselfHasFoundNothing() throws IOException {
        Mutant mutant = plant("return -1;", 42);
        assertThrows(IllegalStateException.class, () -> isFound(mutant));
    }

    @Test
    void refusesAPatchThatDoesNotCompile() {
        String message = assertThrows(IllegalArgumentException.class, () -> plant("return \"\";", 42)).getMessage();
        assertTrue(message.contains("does not compile") && message.contains("Check.java"), message);
    }
}
