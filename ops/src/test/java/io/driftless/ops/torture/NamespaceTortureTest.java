package io.driftless.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes in network namespaces, on file systems that fill up; nothing of it is visible outside. */
@Tag("root")
class NamespaceTortureTest {

    private static final long LIMIT_S = 900;

    @TempDir
    private Path folder;

    @Test
    void nothingIsLostDoubledOrOutOfOrderOnRealNetworksAndFullDisks() throws Exception {
        long seed = Long.getLong("driftless.torture.seed", System.nanoTime() % 1_000_000_000);
        System.out.println("torture seed " + seed + " in namespaces");
        assertEquals(0, Namespaces.run(NamespaceTorture.class, folder, LIMIT_S,
                Path.of("target", "torture").toString(), Long.toString(seed)));
    }
}
