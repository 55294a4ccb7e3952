package io.driftless.log.mmap;

import io.driftless.tck.MutantsContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Each planted mistake in the log is found by its proofs. */
class MutantsTest extends MutantsContract {

    private static final Path TOP = Path.of(System.getProperty("driftless.top"));

    MutantsTest() {
        super(TOP.resolve("log-mmap"), 20, Duration.ofMinutes(5), List.of("@"
                + TOP.resolve("log-mmap/src/main/resources").resolve(JvmFlags.RESOURCE), "-Xmx256m",
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"));
    }
}
