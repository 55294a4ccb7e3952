package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.log.Bytes;
import io.driftless.log.DamagedSnapshot;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogListener;
import io.driftless.log.SnapshotStore;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.StorageContext;
import io.driftless.log.StoredSnapshot;
import io.driftless.testkit.InMemoryStorage;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A node that dies at one of the effects of a snapshot. */
class WatchedSnapshotsTest {

    private final InMemoryStorage memory = InMemoryStorage.seeded(7);
    private int effectsLeft;

    private SnapshotStore open(int dyingAt) {
        effectsLeft = dyingAt;
        return new WatchedSnapshots(memory.open(new StorageContext("c", "n1", 256 * 1024, 16 * 1024,
                LogListener.NONE)).snapshots(), new UUID(1, 2), new Dying());
    }

    /** Dies once the effects are used up, and has no other trouble. */
    private final class Dying implements SimulatedDisk.Owner {

        @Override
        public void effect() {
            if (--effectsLeft == 0) {
                memory.kill();
                throw Died.DIED;
            }
        }

        @Override
        public void waits() { }

        @Override
        public boolean doSyncsFail() {
            return false;
        }

        @Override
        public void saw(SimulatedDisk.DiskEvent event) { }

        @Override
        public void readDamage() { }

        @Override
        public boolean isFullForSnapshots() {
            return false;
        }

        @Override
        public boolean garblesSnapshot() {
            return false;
        }
    }

    private static StoredSnapshot write(SnapshotStore store) throws IOException {
        try (SnapshotWriter writer = store.begin(5, 3, new UUID(1, 2), Bytes.EMPTY)) {
            writer.content().write(new byte[100]);
            return writer.finish();
        }
    }

    @Test
    void onlyAfterTheLastEffectIsItThere() throws IOException {
        for (int at = 1; at <= 5; at++) {
            SnapshotStore store = open(at);
            assertThrows(Died.class, () -> write(store));
            assertThrows(LogClosedException.class, store::newest);
            assertEquals(at == 5, open(0).newest().isPresent(), "died at " + at);
            memory.kill();
        }
    }

    @Test
    void itIsSetAsideOrNot() throws IOException {
        StoredSnapshot stored = write(open(0));
        memory.kill();
        for (int at = 1; at <= 2; at++) {
            SnapshotStore store = open(at);
            assertThrows(Died.class, () -> store.setAside(stored));
            assertEquals(at == 1, open(0).newest().isPresent(), "died at " + at);
            memory.kill();
        }
        List<DamagedSnapshot> aside = open(0).damaged();
        assertEquals(1, aside.size());
        memory.kill();
        for (int at = 1; at <= 2; at++) {
            SnapshotStore store = open(at);
            assertThrows(Died.class, () -> store.removeDamaged(aside.getFirst()));
            assertEquals(at == 1 ? aside : List.of(), open(0).damaged(), "died at " + at);
            memory.kill();
        }
    }

    @Test
    void itIsRemovedOrNot() throws IOException {
        StoredSnapshot stored = write(open(0));
        memory.kill();
        for (int at = 1; at <= 2; at++) {
            SnapshotStore store = open(at);
            assertThrows(Died.class, () -> store.remove(stored));
            SnapshotStore again = open(0);
            assertEquals(at == 1, again.newest().isPresent(), "died at " + at);
            assertEquals(List.of(), again.damaged());
            memory.kill();
        }
    }
}
