package io.driftless.log.mmap;

import io.driftless.log.Bytes;
import io.driftless.log.LogListener;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.StoredSnapshot;
import io.driftless.raft.SnapshotId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Small snapshots in small chunks. */
final class TestSnapshots {

    static final UUID CREATOR = UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f");

    private TestSnapshots() { }

    static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(31 * seed + length).nextBytes(bytes);
        return bytes;
    }

    /** As the id of a snapshot with this content has it. */
    static int checksum(byte[] content) {
        return SnapshotFormat.checkOf(Bytes.wrap(content));
    }

    static SnapshotFiles open(Path directory, int chunkBytes) throws IOException {
        return SnapshotFiles.open(Disk.REAL, directory, LogListener.NONE, chunkBytes, 0);
    }

    /** Writes one of term 3. */
    static StoredSnapshot write(SnapshotFiles store, long index, byte[] boundary, byte[] content) throws IOException {
        try (SnapshotWriter writer = store.begin(index, 3, CREATOR, Bytes.wrap(boundary))) {
            writer.content().write(content);
            return writer.finish();
        }
    }

    /** Writes one of term 3 as if it was received. */
    static StoredSnapshot receive(SnapshotFiles store, long index, byte[] boundary, byte[] content) throws IOException {
        try (SnapshotWriter writer = store.begin(index, 3, CREATOR, Bytes.wrap(boundary))) {
            writer.content().write(content);
            return writer.finish(new SnapshotId(index, 3, CREATOR, checksum(content)));
        }
    }

    /** The file of a new one, alone in a new folder. */
    static Path file(Path directory, int chunkBytes, byte[] boundary, byte[] content) throws IOException {
        SnapshotFiles store = open(directory, chunkBytes);
        write(store, 5, boundary, content);
        store.close();
        return names(directory).stream().map(directory::resolve).findFirst().orElseThrow();
    }

    static byte[] read(StoredSnapshot stored) throws IOException {
        try (InputStream in = stored.content()) {
            return in.readAllBytes();
        }
    }

    /** What is in a folder. */
    static List<String> names(Path directory) throws IOException {
        return Disk.list(directory).stream().map(path -> path.getFileName().toString()).toList();
    }
}
