package io.driftless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.DurabilityPolicy;
import io.driftless.log.EntryType;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogListener;
import io.driftless.log.Opening;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import io.driftless.log.StorageFactory;
import io.driftless.log.SyncFailedException;
import io.driftless.raft.HardState;
import io.driftless.raft.ServerId;
import io.driftless.tck.StorageContract;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryStorageTest extends StorageContract {

    private final InMemoryStorage disk = InMemoryStorage.seeded(7);

    @Override
    protected StorageFactory factory() {
        return disk;
    }

    private static LogEntry noop(long index, long term) {
        return new LogEntry(index, term, 0, EntryType.NOOP, 0, 0, Bytes.EMPTY);
    }

    private Storage open() {
        return disk.open(context("c", "n1"));
    }

    @Test
    void aPowerCutTakesWhatWasNotSyncedAndBringsBackWhatItSuperseded() {
        Storage storage = open();
        storage.log().append(List.of(noop(1, 1), noop(2, 1), noop(3, 1)));
        storage.log().sync();
        storage.log().overwrite(2, List.of(noop(2, 2)));
        storage.log().append(List.of(noop(3, 3), noop(4, 3)));
        assertEquals(3, disk.unsynced());
        disk.powerCut();
        assertFalse(disk.isOpen());
        assertThrows(LogClosedException.class, () -> storage.log().lastIndex());
        try (Storage again = open()) {
            assertEquals(3, again.log().lastIndex());
            assertEquals(1, again.log().termAt(3));
            assertEquals(3, again.log().durableIndex());
        }
    }

    @Test
    void aKillIsNoCleanStopAndAPowerCutAnotherBoot() {
        open();
        disk.kill();
        assertEquals(new Opening(false, true, false, false), open().opening());
        disk.powerCut();
        assertEquals(new Opening(false, false, false, false), open().opening());
    }

    @Test
    void aFailedSyncLeadsToDoubtThoughTheNoteOfItFailsToo() {
        for (boolean relaxed : new boolean[] {true, false}) {
            StorageContext context = new StorageContext("c", "n1", 256 * 1024, 16 * 1024, relaxed
                    ? DurabilityPolicy.OS : DurabilityPolicy.ALWAYS, false, LogListener.NONE);
            Storage storage = disk.open(context);
            storage.hardState().write(new HardState(relaxed ? 3 : 4, new ServerId("n2")));
            storage.log().append(List.of(noop(storage.log().lastIndex() + 1, 3)));
            disk.beforeSync(() -> {
                throw new IllegalStateException("planned");
            });
            assertThrows(SyncFailedException.class, () -> storage.log().sync());
            assertThrows(SyncFailedException.class, () -> storage.hardState().doubt(0));
            storage.close();
            disk.beforeSync(() -> { });
            try (Storage again = disk.open(context)) {
                assertEquals(new Opening(false, true, false, true), again.opening());
                assertEquals(relaxed ? 3 : 0, again.hardState().doubtTerm());
                again.hardState().settle();
            }
            assertTrue(open().opening().cleanStop());
            disk.kill();
        }
    }

    @Test
    void thePageCacheMayLoseWhatWasNotSyncedWhileTheKernelRunsOn() {
        Storage storage = open();
        storage.log().append(List.of(noop(1, 1), noop(2, 1), noop(3, 1)));
        disk.evict(1);
        try (Storage again = open()) {
            assertEquals(1, again.log().lastIndex());
            assertEquals(new Opening(false, true, false, true), again.opening());
        }
    }

    @Test
    void aPowerCutMayKeepThePartThatReachedTheDisk() {
        Storage storage = open();
        storage.log().append(List.of(noop(1, 1), noop(2, 1), noop(3, 1)));
        storage.log().sync();
        storage.log().overwrite(2, List.of(noop(2, 2), noop(3, 2)));
        disk.powerCut(1);
        try (Storage again = open()) {
            assertEquals(2, again.log().lastIndex());
            assertEquals(2, again.log().termAt(2));
        }
    }

    @Test
    void aKilledProcessLosesNothingThatWasWritten() {
        Storage storage = open();
        storage.hardState().write(new HardState(2, new ServerId("n1")));
        storage.log().append(List.of(noop(1, 1)));
        disk.kill();
        assertThrows(LogClosedException.class, () -> storage.hardState().read());
        try (Storage again = open()) {
            assertEquals(1, again.log().lastIndex());
            assertEquals(new HardState(2, new ServerId("n1")), again.hardState().read());
            assertEquals(2, again.identity().boot());
        }
    }

    @Test
    void aFailedSyncIsFinalUntilItIsOpenedAgain() {
        Storage storage = open();
        storage.log().append(List.of(noop(1, 1)));
        storage.log().sync();
        storage.log().append(List.of(noop(2, 1)));
        disk.beforeSync(() -> {
            throw new IllegalStateException("no disk");
        });
        assertThrows(SyncFailedException.class, () -> storage.log().sync());
        disk.beforeSync(() -> { });
        assertThrows(SyncFailedException.class, () -> storage.log().sync());
        assertThrows(SyncFailedException.class, () -> storage.log().append(List.of(noop(3, 1))));
        assertTrue(storage.log().reader().seek(1), "durable entries stay readable");
        assertFalse(storage.log().reader().seek(2));
        storage.close();
        try (Storage again = open()) {
            assertEquals(2, again.log().durableIndex());
        }
    }
}
