package io.driftless.sim;

import io.driftless.tck.MutantsContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Each classic mistake in the core is found by the simulator. */
class CoreMutantsTest extends MutantsContract {

    private static final Path TOP = Path.of(System.getProperty("driftless.top"));

    CoreMutantsTest() {
        super(TOP.resolve("core"), 29, Duration.ofMinutes(2), List.of("@"
                + TOP.resolve("log-mmap/src/main/resources/META-INF/driftless/jvm.options"), "-Xmx256m",
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    }
}
