package io.driftless.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanupTest {

    private final List<String> closed = new ArrayList<>();

    @Test
    void givesBackInReverseOrderAndOnce() throws Exception {
        Cleanup cleanup = new Cleanup();
        cleanup.own(() -> () -> closed.add("folder"));
        cleanup.own(() -> () -> closed.add("process"));
        cleanup.close();
        cleanup.close();
        assertEquals(List.of("process", "folder"), closed);
    }

    @Test
    void goesOnAfterAFailure() throws Exception {
        try (Cleanup cleanup = new Cleanup()) {
            cleanup.own(() -> () -> closed.add("folder"));
            cleanup.own(() -> () -> {
                throw new IOException("on purpose");
            });
        }
        assertEquals(List.of("folder"), closed);
    }

    @Test
    void makesNothingOnceAllIsOver() {
        Cleanup cleanup = new Cleanup();
        cleanup.close();
        assertThrows(IllegalStateException.class, () -> cleanup.own(() -> {
            closed.add("made");
            return () -> { };
        }));
        assertTrue(closed.isEmpty());
    }

    @Test
    void letsAFailureThroughUnlessInterrupted() throws Exception {
        try (Cleanup cleanup = new Cleanup()) {
            assertEquals(1, cleanup.quietIfInterrupted(() -> 1));
            assertThrows(IOException.class, () -> cleanup.quietIfInterrupted(() -> {
                throw new IOException("real");
            }));
        }
    }

    @Test
    void deletesAFolderWithEverythingInIt(@TempDir Path parent) throws IOException {
        Path path;
        try (TemporaryFolder folder = TemporaryFolder.in(parent)) {
            path = folder.path();
            Files.createDirectories(path.resolve("n1/log"));
            Files.writeString(path.resolve("n1/log/segment"), "x");
        }
        assertFalse(Files.exists(path));
    }
}
