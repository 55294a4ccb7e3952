package io.driftless.testkit;

import io.driftless.log.RaftLog;
import io.driftless.tck.RaftLogContract;

class InMemoryLogTest extends RaftLogContract {

    private final MemoryDisk disk = new MemoryDisk();

    @Override
    protected RaftLog open() {
        return new InMemoryLog(disk);
    }

    @Override
    protected void failSyncs() {
        disk.beforeSync(() -> {
            throw new IllegalStateException("planned");
        });
    }
}
