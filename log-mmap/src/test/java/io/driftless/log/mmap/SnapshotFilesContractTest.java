package io.driftless.log.mmap;

import io.driftless.log.SnapshotStore;
import io.driftless.tck.SnapshotStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.jspecify.annotations.Nullable;

class SnapshotFilesContractTest extends SnapshotStoreContract {

    @TempDir
    Path directory;

    private @Nullable SnapshotFiles opened;

    @Override
    protected SnapshotStore open() throws IOException {
        close();
        SnapshotFiles now = TestSnapshots.open(directory.resolve("snapshots"), SnapshotFormat.CHUNK_MAX);
        opened = now;
        return now;
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
    }
}
