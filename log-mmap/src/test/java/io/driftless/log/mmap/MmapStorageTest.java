package io.driftless.log.mmap;

import io.driftless.log.StorageFactory;
import io.driftless.tck.StorageContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class MmapStorageTest extends StorageContract {

    @TempDir
    Path directory;

    @Override
    protected StorageFactory factory() {
        return MmapStorage.at(directory.resolve("data"));
    }
}
