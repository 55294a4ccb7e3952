package io.driftless.bench.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainCopyTest {

    @Test
    void aCopyTakesTimeAndIsRemoved(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[9 << 20]);
        double rate = PlainCopy.bytesPerSecond(file, folder);
        assertTrue(rate > 0 && rate < 1e12, "bytes a second: " + rate);
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(file), left.toList());
        }
        assertEquals(9 << 20, Watching.bytes(folder));
    }
}
