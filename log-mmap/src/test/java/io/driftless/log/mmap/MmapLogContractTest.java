package io.driftless.log.mmap;

import io.driftless.log.LogListener;
import io.driftless.log.RaftLog;
import io.driftless.tck.RaftLogContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class MmapLogContractTest extends RaftLogContract {

    @TempDir
    Path directory;
    private volatile boolean failing;

    @Override
    protected RaftLog open() {
        return MmapLog.open(directory.resolve("log"), new MmapLogOptions(SegmentSizes.MIN, 16 * 1024),
                LogListener.NONE, new ForcingDisk((mapping, from, length) -> {
                    if (failing) {
                        throw new java.io.UncheckedIOException(new java.io.IOException("planned"));
                    }
                    mapping.force(from, length);
                }));
    }

    @Override
    protected void failSyncs() {
        failing = true;
    }
}
