package io.driftless.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.testkit.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Real node processes under faults of every kind that needs no root: docs/testing.md. */
class TortureTest {

    private static final Path FOLDER = Path.of("target", "torture");
    private static final String PROOF = "torture";
    private static final int NODE_FAULTS = 8;

    @Test
    void nothingIsLostDoubledOrOutOfOrderWhateverStrikes() throws Exception {
        long seed = Long.getLong("driftless.torture.seed", System.nanoTime() % 1_000_000_000);
        System.out.println("torture seed " + seed);
        Set<Fault> kinds = EnumSet.allOf(Fault.class);
        if (!DiskFault.isPossible()) {
            kinds.removeIf(Fault::needsCompiler);
            System.out.println("torture: there is no gcc, so disks neither fail, hang nor fill up");
        }
        Torture torture = new Torture(FOLDER, folder -> World.loopback(), kinds);
        if (Ledger.soaking()) {
            soak(torture, seed);
        } else {
            System.out.println("torture: " + torture.once(seed));
        }
        System.out.println("torture in all: " + torture.summary());
        assertEquals(Set.of(), torture.missing(), "faults that never struck");
    }

    private static void soak(Torture torture, long seed) throws Exception {
        Ledger ledger = Ledger.open("core", "log-mmap", "transport-nio", "ops");
        long endNs = System.nanoTime() + Duration.ofMinutes(Long.getLong("driftless.torture.minutes", 30)).toNanos();
        for (long next = seed; System.nanoTime() < endNs; next++) {
            String counts = torture.drawn(next, NODE_FAULTS);
            ledger.append(PROOF, counts);
            System.out.println("torture: " + counts + "; so far " + ledger.total(PROOF, "seconds")
                    + " s of this code");
        }
    }
}
