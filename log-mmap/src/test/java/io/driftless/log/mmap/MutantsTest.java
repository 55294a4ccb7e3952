package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.driftless.testkit.mutants.Mutant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Each planted mistake still fits the sources, compiles, and is found by what the patch says. */
class MutantsTest {

    private static final Path TOP = Path.of(System.getProperty("driftless.top"));
    private static final List<String> OPTIONS = List.of("@" + TOP.resolve("log-mmap/src/main/resources")
            .resolve(JvmFlags.RESOURCE), "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error");

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyPlantedMistakeIsFound() throws IOException {
        List<Path> patches = Mutant.patches(TOP.resolve("log-mmap"));
        assertTrue(patches.size() >= 12, patches.toString());
        return patches.stream().map(patch -> dynamicTest(patch.getFileName().toString(), () -> {
            String classPath = System.getProperty("java.class.path");
            Path into = Files.createTempDirectory(directory, "mutant");
            Mutant mutant = Mutant.plant(TOP.resolve("log-mmap"), patch, classPath, into);
            Path log = into.resolve("log.txt");
            assertTrue(mutant.isFound(OPTIONS, classPath, log, Duration.ofMinutes(5)),
                    mutant.foundBy() + " does not find it");
        }));
    }
}
