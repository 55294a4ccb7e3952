package io.driftless.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link ReadTortureTest} with cuts below TCP; nothing of it is visible outside. */
@Tag("root")
class NamespaceReadsTest {

    private static final long LIMIT_S = 900;

    @TempDir
    private Path folder;

    @Test
    void whatIsReadAtAnyMemberIsWhatTheClientAskedForOnRealNetworks() throws Exception {
        long seed = Long.getLong("driftless.torture.seed", System.nanoTime() % 1_000_000_000);
        System.out.println("reads: seed " + seed + " in namespaces");
        assertEquals(0, Namespaces.run(NamespaceReads.class, folder, LIMIT_S, Path.of("target", "torture").toString(),
                Long.toString(seed)));
    }
}
