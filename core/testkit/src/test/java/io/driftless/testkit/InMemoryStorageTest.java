package io.driftless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogEntry;
import io.driftless.log.Opening;
import io.driftless.log.Storage;
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
        assertEquals(new Opening(false, true, false), open().opening());
        disk.powerCut();
        assertEquals(new Opening(false, false, false), open().opening());
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
