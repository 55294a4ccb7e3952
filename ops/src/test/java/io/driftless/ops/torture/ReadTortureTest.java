package io.driftless.ops.torture;

import io.driftless.testkit.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Three node processes are read without the log, at every member, under faults: docs/testing.md. */
class ReadTortureTest {

    private static final Path FOLDER = Path.of("target", "torture");
    private static final String PROOF = "reads";

    @Test
    void whatIsReadAtAnyMemberIsWhatTheClientAskedFor() throws Exception {
        long seed = Long.getLong("driftless.torture.seed", System.nanoTime() % 1_000_000_000);
        System.out.println("reads: seed " + seed);
        if (Ledger.soaking()) {
            soak(seed);
        } else {
            System.out.println("reads: " + ReadTorture.once(FOLDER, folder -> World.loopback(), seed));
        }
    }

    private static void soak(long seed) throws Exception {
        Ledger ledger = Ledger.open("core", "log-mmap", "transport-nio", "ops");
        long endNs = System.nanoTime() + Duration.ofMinutes(Long.getLong("driftless.torture.minutes", 10)).toNanos();
        for (long next = seed; System.nanoTime() < endNs; next++) {
            String counts = ReadTorture.drawn(FOLDER, folder -> World.loopback(), next);
            ledger.append(PROOF, counts);
            System.out.println("reads: " + counts + "; so far " + ledger.total(PROOF, "seconds")
                    + " s of this code");
        }
    }
}
