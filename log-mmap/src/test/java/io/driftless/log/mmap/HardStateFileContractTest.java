package io.driftless.log.mmap;

import io.driftless.log.HardStateStore;
import io.driftless.log.LogListener;
import io.driftless.tck.HardStateStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class HardStateFileContractTest extends HardStateStoreContract {

    @TempDir
    Path directory;

    @Override
    protected HardStateStore open() {
        return HardStateFile.open(directory.resolve("hard-state"), LogListener.NONE);
    }
}
