package io.driftless.errors;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The thread that writes begins with the first entry, and that may come while the file is being closed. */
@Timeout(120)
class ErrorFileTest {

    private static final int ROUNDS = 2_000;

    @TempDir
    private Path folder;

    @Test
    void anEntryThatComesWhileItIsClosedIsWrittenOrCounted() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            for (int round = 0; round < ROUNDS; round++) {
                Path path = folder.resolve("errors-" + round % 2);
                Files.deleteIfExists(path);
                ErrorFile file = new ErrorFile(path, 1_000, 10);
                Future<?> offered = other.submit(() -> {
                    together.await();
                    file.offer(ErrorEntry.of("test", "an error"));
                    return null;
                });
                together.await();
                file.close(Duration.ofSeconds(60));
                offered.get();
                assertTrue(lines(path) + file.dropped() > 0, "lost without a word in round " + round);
            }
        }
    }

    private static long lines(Path path) throws IOException {
        return Files.exists(path) ? Files.readAllLines(path).size() : 0;
    }
}
