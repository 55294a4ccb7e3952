package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.tck.MutantsContract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each classic mistake in the core is found by the simulator. */
class CoreMutantsTest extends MutantsContract {

    private static final Path TOP = Path.of(System.getProperty("driftless.top"));

    CoreMutantsTest() {
        super(TOP.resolve("core"), 76, Duration.ofMinutes(2), List.of("@"
                + TOP.resolve("log-mmap/src/main/resources/META-INF/driftless/jvm.options"), "-Xmx256m",
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    }

    @Test
    void theSearchFindsAMistakeFromAnySeedOn(@TempDir Path into) throws IOException {
        MutantSearch search = new MutantSearch(TOP, System.getProperty("java.class.path"), 1, Duration.ofMinutes(1));
        Path patch = search.patches().stream().filter(each -> each.endsWith("acknowledges-unsynced.patch")).findFirst()
                .orElseThrow();
        MutantSearch.Finding finding = search.search(patch, into);
        assertTrue(finding.found() && finding.by().equals("sim") && finding.seed() > 0 && finding.events() > 0,
                finding.toString());
    }
}
