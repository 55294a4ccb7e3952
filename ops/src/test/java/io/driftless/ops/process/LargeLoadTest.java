package io.driftless.ops.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.ops.cluster.LoadRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A load of large values over one connection, with more outstanding than its client may have under way. */
class LargeLoadTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int COMMANDS = 80;

    @TempDir
    private Path folder;

    @Test
    void aLoadPacesItselfInsteadOfCountingRejectionsOfItsOwnClient() throws Exception {
        ScratchFolder scratch = ScratchFolder.createIn(folder);
        try (LocalCluster cluster = LocalCluster.startAndAwaitLeader(scratch, 1, Map.of(), 512, PATIENCE,
                started -> { })) {
            LoadRun.Tally tally = new LoadRun(COMMANDS, 1_000_000, 1, 64, PATIENCE).run(cluster.addresses(),
                    (settled, committed) -> { });
            assertEquals(0, tally.rejected());
            assertEquals(COMMANDS, tally.committed());
        }
    }
}
