package io.driftless.testkit;

import io.driftless.log.HardStateStore;
import io.driftless.tck.HardStateStoreContract;

class InMemoryHardStateStoreTest extends HardStateStoreContract {

    private final MemoryDisk disk = new MemoryDisk();

    @Override
    protected HardStateStore open() {
        return new InMemoryHardStateStore(disk);
    }
}
