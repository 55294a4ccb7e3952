package io.driftless.log.mmap;

import io.driftless.log.LogListener;
import io.driftless.log.RaftLog;
import io.driftless.tck.RaftLogModelContract;
import io.driftless.testkit.Ledger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Random operations on a log and on a plain list; with {@code -Psoak} as many as the {@link Ledger} still lacks. */
class MmapLogModelTest extends RaftLogModelContract {

    private static final String PROOF = "model";
    private static final int OPERATIONS = 25_000;
    private static final int SOAK_OPERATIONS = 1_000_000;
    private static final int OPERATIONS_PER_LINE = 50_000;
    /** A round takes 1,000 operations and one seed. */
    private static final int OPERATIONS_PER_SEED = 1_000;

    @TempDir
    Path directory;

    private int places;

    @Override
    protected Place place() {
        Path place = directory.resolve(Integer.toString(places++));
        return new Place() {
            @Override
            public RaftLog open() {
                return MmapLog.open(place, TestLogs.SMALL, LogListener.NONE, new UnforcedDisk());
            }

            @Override
            public void close() {
                try {
                    Disk.REAL.deleteDirectory(place);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    @Override
    protected int operations() {
        return OPERATIONS;
    }

    @Test
    @EnabledIfSystemProperty(named = "driftless.soak", matches = "true")
    void behavesLikeAPlainListForLonger() throws IOException {
        Ledger ledger = Ledger.open("log-mmap");
        for (long done = ledger.total(PROOF, "operations"); done < SOAK_OPERATIONS;
                done = ledger.total(PROOF, "operations")) {
            long first = done / OPERATIONS_PER_SEED + 1;
            check(first, OPERATIONS_PER_LINE);
            ledger.append(PROOF, "from=" + first + " operations=" + OPERATIONS_PER_LINE);
        }
    }
}
