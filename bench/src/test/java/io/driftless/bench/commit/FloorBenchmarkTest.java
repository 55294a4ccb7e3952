package io.driftless.bench.commit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.bench.run.Measuring;
import io.driftless.bench.run.Measuring.Latency;
import io.driftless.ops.console.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs JMH for real, for moments: the figures themselves mean nothing here. */
class FloorBenchmarkTest {

    private static final long MOMENT_MS = 200;
    private static final double A_MINUTE_US = 60e6;

    private final Measuring jmh = new Measuring(false);

    @Test
    void measuresARoundTripToAnotherProcessAgainAndAgain() throws IOException {
        PlainProcess echo = PlainProcess.start(EchoServer.class);
        try {
            Map<String, String> port = Map.of("port", Integer.toString(echo.port()));
            for (int round = 0; round < 2; round++) {
                plausible(jmh.latency(FloorBenchmark.class, "roundTrip", port, MOMENT_MS));
            }
        } finally {
            echo.kill();
        }
    }

    @Test
    void measuresAForcedWriteAndLeavesNoFile(@TempDir Path folder) throws IOException {
        Map<String, String> directory = Map.of("directory", folder.toString());
        plausible(jmh.latency(FloorBenchmark.class, "writeAndForce", directory, MOMENT_MS));
        plausible(jmh.latency(FloorBenchmark.class, "writeAndForceAtOnce", directory, MOMENT_MS));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void saysWhyAFigureCannotBeTaken(@TempDir Path folder) {
        Map<String, String> nowhere = Map.of("directory", folder.resolve("nowhere").toString());
        CommandFailedException failure = assertThrows(CommandFailedException.class,
                () -> jmh.latency(FloorBenchmark.class, "writeAndForce", nowhere, MOMENT_MS));
        assertTrue(failure.getMessage().startsWith("writeAndForce: java.nio.file.NoSuchFileException: " + folder),
                failure.getMessage());
    }

    /** How long it takes is up to the machine, which may stand still for a second. */
    private static void plausible(Latency latency) {
        assertTrue(latency.p50Us() > 1 && latency.p50Us() <= latency.p99Us() && latency.p99Us() < A_MINUTE_US,
                latency.toString());
    }
}
