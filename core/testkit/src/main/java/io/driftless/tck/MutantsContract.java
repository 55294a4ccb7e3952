package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.driftless.testkit.mutants.Mutant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks that every planted mistake of a module still fits its sources, compiles, and is found by running again the
 * check that its patch names (see {@link Mutant}). A module's test extends it.
 */
public abstract class MutantsContract {

    private final Path module;
    private final int atLeast;
    private final Duration atMost;
    private final List<String> jvmOptions;
    private final int atOnce;

    @TempDir
    Path directory;

    /**
     * Says where the patches are, and how to run their checks.
     *
     * @param module     the module's directory
     * @param atLeast    how many patches there must be
     * @param atMost     how long a check may take
     * @param jvmOptions options of a check's JVM
     */
    protected MutantsContract(Path module, int atLeast, Duration atMost, List<String> jvmOptions) {
        this(module, atLeast, atMost, jvmOptions, Runtime.getRuntime().availableProcessors());
    }

    /**
     * The same for checks that wait more than they compute.
     *
     * @param atOnce how many of them run at once; the other constructor runs as many as there are processors
     */
    protected MutantsContract(Path module, int atLeast, Duration atMost, List<String> jvmOptions, int atOnce) {
        this.module = module;
        this.atLeast = atLeast;
        this.atMost = atMost;
        this.jvmOptions = List.copyOf(jvmOptions);
        this.atOnce = atOnce;
    }

    /** As many at once as were said. */
    @TestFactory
    Stream<DynamicTest> everyPlantedMistakeIsFound() throws IOException {
        List<Path> patches = Mutant.patches(module);
        assertTrue(patches.size() >= atLeast, patches.toString());
        ExecutorService threads = Executors.newFixedThreadPool(atOnce);
        List<Future<?>> found = patches.stream().<Future<?>>map(patch -> threads.submit(() -> find(patch))).toList();
        Stream<DynamicTest> tests = IntStream.range(0, patches.size()).mapToObj(i ->
                dynamicTest(patches.get(i).getFileName().toString(), () -> endsWell(found.get(i))));
        return tests.onClose(threads::shutdownNow);
    }

    private Path find(Path patch) throws IOException {
        String classPath = System.getProperty("java.class.path");
        Path into = Files.createTempDirectory(directory, "mutant");
        Mutant mutant = Mutant.plant(module, patch, classPath, into);
        assertTrue(mutant.isFound(jvmOptions, classPath, into.resolve("log.txt"), atMost), mutant.foundBy()
                + " does not find it");
        return into;
    }

    /** Fails here as it failed there. */
    private static void endsWell(Future<?> found) throws Throwable {
        try {
            found.get();
        } catch (ExecutionException failed) {
            throw failed.getCause();
        }
    }
}
