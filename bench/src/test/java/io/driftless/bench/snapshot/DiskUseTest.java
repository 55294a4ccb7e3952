package io.driftless.bench.snapshot;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.bench.run.Cleanup;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskUseTest {

    private static final int WRITTEN = 1 << 20;

    @TempDir
    private Path folder;

    @Test
    void whatHasNoBlocksTakesNoRoom() throws Exception {
        Path one = Files.createDirectory(folder.resolve("one"));
        Path other = Files.createDirectory(folder.resolve("other"));
        try (RandomAccessFile file = new RandomAccessFile(one.resolve("segment").toFile(), "rw")) {
            file.write(random(WRITTEN));
            file.setLength(64L * WRITTEN);
            file.getFD().sync();
        }
        Files.write(other.resolve("mark"), random(WRITTEN / 2));
        try (Cleanup cleanup = new Cleanup()) {
            long most = DiskUse.watch(List.of(one, other), cleanup).end();
            assertTrue(most >= WRITTEN && most < 2 * WRITTEN, most + " bytes");
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}
