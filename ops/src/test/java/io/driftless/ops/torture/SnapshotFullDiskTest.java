package io.driftless.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of a node fills up in every phase of a snapshot that writes, and has room again: docs/testing.md. */
@Tag("root")
class SnapshotFullDiskTest {

    private static final long LIMIT_S = 900;

    @TempDir
    private Path folder;

    @Test
    void nothingIsLostWhenADiskFillsUpInEveryPhaseOfASnapshot() throws Exception {
        long seed = Long.getLong("driftless.torture.seed", System.nanoTime() % 1_000_000_000);
        System.out.println("snapshots on full disks, seed " + seed);
        assertEquals(0, Namespaces.run(SnapshotFullDisk.class, folder, LIMIT_S, Path.of("target", "torture").toString(),
                Long.toString(seed)));
    }
}
