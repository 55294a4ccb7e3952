package io.driftless.transport.nio;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.driftless.tck.MutantsContract;
import io.driftless.testkit.mutants.Mutant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each planted mistake in the transport is found by the test that its patch names. */
class MutantsTest extends MutantsContract {

    private static final Path TOP = Path.of(System.getProperty("driftless.top"));
    private static final Path MODULE = TOP.resolve("transport-nio");
    private static final Duration AT_MOST = Duration.ofMinutes(3);
    private static final List<String> JVM = List.of("@"
            + TOP.resolve("log-mmap/src/main/resources/META-INF/driftless/jvm.options"), "-Xmx256m",
            "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    MutantsTest() {
        super(MODULE, 37, AT_MOST, JVM, 8);
    }

    /** A test that fails in such a process whatever the code is would find everything. */
    @Test
    void theseTestsFindNothingInTheCodeAsItIs(@TempDir Path folder) throws Exception {
        List<String> check = new ArrayList<>(List.of(TestsCheck.class.getName(), "120"));
        for (Path patch : Mutant.patches(MODULE)) {
            List<String> foundBy = Mutant.foundBy(patch);
            check.addAll(foundBy.subList(2, foundBy.size()));
        }
        Path log = folder.resolve("log.txt");
        Mutant none = new Mutant("none", check, Files.createDirectory(folder.resolve("classes")));
        assertFalse(none.isFound(JVM, System.getProperty("java.class.path"), log, AT_MOST), () -> log + " says why");
    }
}
