package io.driftless.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogFullException;
import io.driftless.log.LogListener;
import io.driftless.log.SnapshotStore;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.StorageContext;
import io.driftless.log.StoredSnapshot;
import io.driftless.log.SyncFailedException;
import io.driftless.tck.SnapshotStoreContract;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InMemorySnapshotStoreTest extends SnapshotStoreContract {

    private final InMemoryStorage disk = InMemoryStorage.seeded(7);

    @Override
    protected SnapshotStore open() {
        disk.kill();
        return disk.open(new StorageContext("c", "n1", 256 * 1024, 16 * 1024, LogListener.NONE)).snapshots();
    }

    @Test
    void killAndPowerCutLoseWhatIsNotFinishedAndNothingElse() throws IOException {
        for (long index : new long[] {1, 2}) {
            SnapshotStore store = open();
            byte[] content = bytes(1_000, index);
            write(store, 10 * index, content);
            try (SnapshotWriter writer = store.begin(10 * index + 1, 1, CREATOR, Bytes.EMPTY)) {
                writer.content().write(content);
                if (index == 1) {
                    disk.kill();
                } else {
                    disk.powerCut();
                }
                assertThrows(LogClosedException.class, () -> writer.content().write(1));
                assertThrows(LogClosedException.class, writer::finish);
            }
            StoredSnapshot found = newest(open());
            assertEquals(10 * index, found.id().index());
            assertArrayEquals(content, read(found));
        }
    }

    @Test
    void damageIsFoundAndNeverReadAcross() throws IOException {
        SnapshotStore store = open();
        assertThrows(IllegalStateException.class, () -> disk.damageSnapshot(0));
        byte[] content = bytes(1_000, 1);
        StoredSnapshot stored = write(store, 5, content);
        assertThrows(IndexOutOfBoundsException.class, () -> disk.damageSnapshot(1_000));
        disk.damageSnapshot(700);
        disk.damageSnapshot(900);
        assertThrows(LogCorruptException.class, stored::verify);
        for (StoredSnapshot damaged : new StoredSnapshot[] {stored, newest(open())}) {
            try (InputStream in = damaged.content()) {
                assertArrayEquals(Arrays.copyOf(content, 700), in.readNBytes(700));
                String message = assertThrows(LogCorruptException.class, in::read).getMessage();
                assertTrue(message.contains("offset 700"), message);
                assertThrows(LogCorruptException.class, () -> in.read(new byte[10]));
            }
        }
        SnapshotStore again = open();
        again.setAside(stored);
        assertEquals(Optional.empty(), open().newest());
    }

    @Test
    void aHookMakesItSlowFullOrBroken() throws IOException {
        SnapshotStore store = open();
        disk.beforeSnapshot(() -> {
            throw new LogFullException("planned");
        });
        assertThrows(LogFullException.class, () -> write(store, 5, bytes(10, 1)));
        disk.beforeSnapshot(() -> {
            throw new IllegalStateException("planned");
        });
        try (SnapshotWriter writer = store.begin(5, 1, CREATOR, Bytes.EMPTY)) {
            assertThrows(SyncFailedException.class, writer::finish);
            disk.beforeSnapshot(() -> { });
            assertThrows(SyncFailedException.class, writer::finish, "a failed sync is not tried again");
        }
        assertEquals(Optional.empty(), store.newest());
        write(store, 5, bytes(10, 1));
    }

    @Test
    void anEarlierCopyOfTheFolderHasTheSnapshotOfThen() throws IOException {
        SnapshotStore store = open();
        write(store, 5, bytes(10, 1));
        InMemoryStorage.Copy copy = disk.copy();
        write(store, 6, bytes(10, 2));
        disk.damageSnapshot(3);
        disk.putBack(copy);
        StoredSnapshot found = newest(open());
        assertEquals(5, found.id().index());
        found.verify();
    }
}
