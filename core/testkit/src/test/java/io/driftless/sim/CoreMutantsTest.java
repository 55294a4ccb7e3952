package io.driftless.sim;

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

/** Each classic mistake still fits the core's sources, compiles, and is found by the simulator. */
class CoreMutantsTest {

    private static final Path TOP = Path.of(System.getProperty("driftless.top"));
    private static final Path CORE = TOP.resolve("core");
    private static final List<String> OPTIONS = List.of("@"
            + TOP.resolve("log-mmap/src/main/resources/META-INF/driftless/jvm.options"), "-Xmx256m",
            "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyPlantedMistakeIsFound() throws IOException {
        List<Path> patches = Mutant.patches(CORE);
        assertTrue(patches.size() >= 32, patches.toString());
        return patches.stream().map(patch -> dynamicTest(patch.getFileName().toString(), () -> {
            String classPath = System.getProperty("java.class.path");
            Path into = Files.createTempDirectory(directory, "mutant");
            Mutant mutant = Mutant.plant(CORE, patch, classPath, into);
            assertTrue(mutant.isFound(OPTIONS, classPath, into.resolve("log.txt"), Duration.ofMinutes(2)),
                    mutant.foundBy() + " does not find it");
        }));
    }
}
