package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.Identity;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogListener;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import io.driftless.log.StorageFactory;
import io.driftless.log.StoredSnapshot;
import io.driftless.raft.HardState;
import io.driftless.raft.ServerId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every {@link StorageFactory} must do. */
public abstract class StorageContract {

    /** The factory of this test. It always uses the same place, which is empty at first. */
    protected abstract StorageFactory factory();

    /** A context with small segments. */
    protected static StorageContext context(String clusterId, String nodeId) {
        return new StorageContext(clusterId, nodeId, 256 * 1024, 16 * 1024, LogListener.NONE);
    }

    private Storage open() {
        return factory().open(context("c", "n1"));
    }

    @Test
    void keepsItsIncarnationAndCountsItsBoots() {
        Identity first;
        try (Storage storage = open()) {
            first = storage.identity();
            assertEquals("c", first.clusterId());
            assertEquals("n1", first.nodeId());
            assertEquals(1, first.boot());
            assertFalse(storage.description().isBlank());
        }
        for (long boot = 2; boot < 5; boot++) {
            try (Storage storage = open()) {
                assertEquals(new Identity("c", "n1", first.incarnation(), boot), storage.identity());
            }
        }
    }

    @Test
    void aStartAfterADoubtIsAboveEveryBootThatWasSeen() {
        try (Storage storage = open()) {
            storage.hardState().write(new HardState(3, ServerId.NONE));
            storage.hardState().doubt(9);
            assertEquals(1, storage.identity().boot(), "this start is what it was");
            storage.hardState().doubt(7);
        }
        try (Storage storage = open()) {
            assertEquals(10, storage.identity().boot());
            assertEquals(3, storage.hardState().doubtTerm());
            // In doubt already: the boot counts all the same.
            storage.hardState().doubt(20);
            storage.hardState().settle();
        }
        try (Storage storage = open()) {
            assertEquals(21, storage.identity().boot());
            assertEquals(0, storage.hardState().doubtTerm());
        }
    }

    @Test
    void saysThatItWasStoppedCleanly() {
        for (int i = 0; i < 3; i++) {
            try (Storage storage = open()) {
                assertTrue(storage.opening().cleanStop());
                assertFalse(storage.opening().undecided());
            }
        }
    }

    @Test
    void keepsLogHardStateAndConfiguration() {
        LogEntry entry = new LogEntry(1, 3, 9, EntryType.COMMAND, 1, 2, 1, Bytes.utf8("x"));
        try (Storage storage = open()) {
            assertEquals(Optional.empty(), storage.configuration());
            storage.writeConfiguration(Bytes.utf8("members"));
            assertEquals(Optional.of(Bytes.utf8("members")), storage.configuration());
            assertThrows(IllegalStateException.class, () -> storage.writeConfiguration(Bytes.utf8("others")));
            storage.hardState().write(new HardState(3, new ServerId("n2")));
            storage.log().append(List.of(entry));
            storage.log().sync();
        }
        try (Storage storage = open()) {
            assertEquals(Optional.of(Bytes.utf8("members")), storage.configuration());
            assertEquals(new HardState(3, new ServerId("n2")), storage.hardState().read());
            assertEquals(List.of(entry), storage.log().reader().read(1, 1, 1));
            assertEquals(1, storage.log().durableIndex());
        }
    }

    @Test
    void keepsItsSnapshotButNotOneThatIsUnfinished() throws IOException {
        SnapshotWriter unfinished;
        try (Storage storage = open()) {
            try (SnapshotWriter writer = storage.snapshots().begin(7, 3, storage.identity().incarnation(),
                    Bytes.utf8("boundary"))) {
                writer.content().write(1);
                writer.finish();
            }
            unfinished = storage.snapshots().begin(8, 3, storage.identity().incarnation(), Bytes.EMPTY);
        }
        assertThrows(LogClosedException.class, unfinished::finish);
        try (Storage storage = open()) {
            StoredSnapshot newest = storage.snapshots().newest().orElseThrow();
            assertEquals(7, newest.id().index());
            assertEquals(storage.identity().incarnation(), newest.id().creator());
            assertEquals(Bytes.utf8("boundary"), newest.boundary());
            newest.verify();
        }
    }

    @Test
    void isOwnedByOneAtATime() {
        try (Storage storage = open()) {
            NodeStartException refused = assertThrows(NodeStartException.class, this::open);
            assertEquals(EndCause.DATA_LOCKED, refused.endCause());
            assertThrows(NodeStartException.class, this::open);
            storage.log().append(List.of(new LogEntry(1, 1, 0, EntryType.NOOP, 0, 0, Bytes.EMPTY)));
        }
        open().close();
    }

    @Test
    void refusesAnotherClusterOrNodeAndStaysUsable() {
        open().close();
        assertEquals(EndCause.OTHER_IDENTITY,
                assertThrows(NodeStartException.class, () -> factory().open(context("d", "n1"))).endCause());
        assertEquals(EndCause.OTHER_IDENTITY,
                assertThrows(NodeStartException.class, () -> factory().open(context("c", "n2"))).endCause());
        try (Storage storage = open()) {
            assertEquals(2, storage.identity().boot(), "a refused start is no boot");
        }
    }

    @Test
    void closesLogHardStateAndSnapshotsWithItself() {
        Storage storage = open();
        storage.close();
        storage.close();
        assertThrows(LogClosedException.class, () -> storage.log().lastIndex());
        assertThrows(LogClosedException.class, () -> storage.hardState().read());
        assertThrows(LogClosedException.class, () -> storage.snapshots().newest());
        assertThrows(LogClosedException.class, () -> storage.writeConfiguration(Bytes.EMPTY));
    }
}
