package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * By each collector a heap is seen to be nearly full, and seen to have room again, also when nothing is allocated any
 * more. (With G1 and {@code -XX:+ExplicitGCInvokesConcurrent} it is not: a concurrent cycle alone moves nothing.)
 */
@Timeout(180)
class HeapWatchTest {

    @ParameterizedTest
    @ValueSource(strings = {"G1", "Serial", "Parallel", "Z"})
    void aRefusalEndsByItselfWhenThereIsRoom(String collector) throws Exception {
        Process trial = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+Use" + collector + "GC", "-Xmx160m", "-cp", location(HeapWatch.class) + File.pathSeparator
                        + location(HeapTrial.class), HeapTrial.class.getName())).inheritIO().start();
        try {
            assertTrue(trial.waitFor(150, TimeUnit.SECONDS));
            assertEquals(0, trial.exitValue(), "1: never seen to be full; 2: never seen to have room again");
        } finally {
            trial.destroyForcibly();
        }
    }

    private static String location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }
}
