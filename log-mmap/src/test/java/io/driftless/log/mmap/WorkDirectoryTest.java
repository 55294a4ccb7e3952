package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkDirectoryTest {

    @TempDir
    Path place;

    @Test
    void removesWhatADeadProcessLeftAndNothingElse() throws IOException, InterruptedException {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Path left = Files.createDirectories(place.resolve("driftless-proof-" + dead.pid() + "-1/log"));
        Files.writeString(left.resolve("mark"), "x");
        Path ours = WorkDirectory.makeIn(place);
        Path strange = Files.createDirectory(place.resolve("driftless-proof-by-hand"));
        Path another = WorkDirectory.makeIn(place);
        assertFalse(Files.exists(left.getParent()));
        assertTrue(Files.isDirectory(ours) && Files.isDirectory(another) && Files.isDirectory(strange));
    }
}
