package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.RecordBodies;
import io.driftless.codec.RecordBody;
import io.driftless.codec.SnapshotBoundary;
import io.driftless.codec.kryo.KryoSerializer;
import io.driftless.errors.EndCause;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.log.SnapshotWriter;
import io.driftless.node.RaftNode;
import io.driftless.session.SessionTable;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How a node starts on a shortened log whose state machine goes on by itself, or has nothing to go on from: the other
 * rows of decision 16's table.
 */
@Timeout(180)
class ShortenedLogStartTest extends StartSetting {

    // ---- The machine is at or above the log's beginning: it is never rolled back.

    @Test
    void r22AMachineAboveTheLogsBeginningIsNeverRolledBackNorForward() {
        fill(30);
        snapshot(20, 1, OWN);
        compact(12);
        for (long opened : new long[] {13, 25}) {
            keep(opened);
            try (RaftNode node = start(StoringRows::new)) {
                assertEquals("29", sum(node));
                assertEquals(List.of(), List.copyOf(restored));
                assertEquals(opened + 1, applied.element());
            }
        }
    }

    @Test
    void r22AMachineOfTheIndexThatAnEmptyLogBeginsBehindGoesOnWithItsRowsAndTheirClock() {
        fill(20);
        compact(19);
        reset(20);
        keep(20);
        try (RaftNode node = start(StoringRows::new)) {
            assertEquals("19", sum(node));
        }
        long stampMs = storage.entries().getFirst().timeMs();
        assertTrue(stampMs >= stampMs(20) && stampMs < stampMs(20) + PATIENCE.toMillis(), "at " + stampMs);
    }

    @Test
    void r23AMachineWithoutRowsGoesOnWithTheClockOfTheSnapshotOfItsIndex() {
        fill(20);
        snapshot(20, 1, OTHER);
        reset(20);
        keep(20);
        try (RaftNode node = start(Storing::new)) {
            assertEquals("19", sum(node));
            assertEquals(List.of(), List.copyOf(restored));
        }
        long stampMs = storage.entries().getFirst().timeMs();
        assertTrue(stampMs >= stampMs(20) && stampMs < stampMs(20) + PATIENCE.toMillis(), "at " + stampMs);
    }

    @Test
    void r22AMachineWithoutRowsStartsOnAShortenedLogAsLongAsNoSessionShows() {
        fill(30);
        snapshot(20, 1, OWN);
        compact(12);
        keep(15);
        try (RaftNode node = start(Storing::new)) {
            assertEquals("29", sum(node));
            assertEquals(16, applied.element());
        }
    }

    @Test
    void r22AMachineWithoutRowsIsRefusedWhereNoSnapshotTellsOfTheEntriesThatAreGone() {
        fill(30);
        compact(12);
        keep(15);
        String message = refused(EndCause.STATE_MACHINE, Storing::new).getMessage();
        assertTrue(message.contains("opens at index 15 and keeps no rows of the session table, but the log begins at "
                + "index 13, and no snapshot says whether a session was opened before: it has to override"), message);
    }

    @Test
    void r22AMachineWithoutRowsIsRefusedWhereTheSnapshotHasSessions() {
        fill(30);
        SessionTable table = table(19);
        table.advance(20, stampMs(20));
        table.open(new RecordBody.SessionOpening(new UUID(1, 2), 60_000, 10, 1_000, 10, 1 << 20));
        snapshot(20, 1, OWN, table.rows());
        compact(12);
        keep(15);
        String message = refused(EndCause.STATE_MACHINE, Storing::new).getMessage();
        assertTrue(message.contains("but there are sessions in snapshot 20-1-"), message);
    }

    @Test
    void r22AMachineWithoutRowsIsRefusedWhereTheRestOfTheLogShowsASession() {
        fill(17);
        onDisk(disk -> {
            disk.log().append(List.of(new LogEntry(18, 1, stampMs(18), EntryType.COMMAND, 4, 1, Bytes.wrap(
                    new byte[]{1})), new LogEntry(19, 1, stampMs(19), EntryType.SESSION, 0, 0,
                    RecordBodies.encode(new KryoSerializer(), new RecordBody.SessionClosing(4))), LogEntry.command(20,
                    1, stampMs(20), Bytes.wrap(new byte[]{1}))));
            disk.log().sync();
        });
        snapshot(20, 1, OWN);
        compact(12);
        keep(15);
        String message = refused(EndCause.STATE_MACHINE, Storing::new).getMessage();
        assertTrue(message.contains("but the command at index 18 is of a session: it has to override"), message);
        onDisk(disk -> disk.log().compact(18));
        keep(19);
        message = refused(EndCause.STATE_MACHINE, Storing::new).getMessage();
        assertTrue(message.contains("but a session was opened at index 19: it has to override"), message);
    }

    @Test
    void r18AMachineBeyondTheEndOfAShortenedLogHasLostEntries() {
        fill(30);
        snapshot(20, 1, OWN);
        compact(12);
        keep(31);
        String message = refused(EndCause.LOST_DATA, StoringRows::new).getMessage();
        assertTrue(message.contains("has applied entries up to 31, and the log in in memory ends at 30"), message);
    }

    @Test
    void aSnapshotFromBeforeTheLogsBeginningIsSetAside() {
        fill(30);
        snapshot(20, 1, OWN);
        compact(25);
        keep(28);
        try (RaftNode node = start(StoringRows::new)) {
            assertEquals("29", sum(node));
            assertTrue(isTold("is set aside: the log begins later, at index 26"), told.toString());
            assertTrue(storage.snapshotBytes().isEmpty());
        }
    }

    @Test
    void r29ASnapshotOfAnotherConfigurationIsSetAsideAlsoUnderAMachineThatKeepsItsState() throws IOException {
        fill(30);
        onDisk(disk -> {
            try (SnapshotWriter writer = disk.snapshots().begin(40, 1, OTHER,
                    new SnapshotBoundary(stampMs(40), 0, 0, Bytes.wrap(new byte[]{1})).encode())) {
                writer.finish();
            } catch (IOException impossible) {
                throw new IllegalStateException(impossible);
            }
        });
        keep(15);
        try (RaftNode node = start(StoringRows::new)) {
            assertEquals("29", sum(node));
            assertTrue(hasError(node, "is of another cluster"), node.errors().toString());
        }
    }

    // ---- Nothing is there to go on from.

    @Test
    void r32AServerWithoutAGoodSnapshotForItsLogsBeginningStartsAndAppliesNothing() {
        fill(30);
        snapshot(20, 1, OTHER);
        compact(20);
        damageSnapshot();
        try (RaftNode node = start(Adding::new)) {
            assertTrue(hasError(node, "opens at index 0, the log in in memory begins at index 21, and there is no good "
                    + "snapshot of what lies between: nothing is applied until a leader has sent one"),
                    node.errors().toString());
            assertEquals(21, node.status().firstIndex());
            assertEquals(0, node.status().lastApplied());
        }
        assertEquals(List.of(), List.copyOf(applied));
    }

    @Test
    void r32AMachineThatKeepsItsStateStaysWhereItIsWithoutAGoodSnapshot() {
        fill(30);
        reset(30);
        keep(10);
        try (RaftNode node = start(StoringRows::new)) {
            assertTrue(hasError(node, "opens at index 10, the log in in memory begins at index 31"),
                    node.errors().toString());
            assertEquals(10, node.status().lastApplied());
        }
        assertEquals(10, kept.index);
    }

    @Test
    void aMachineThatTakesNoSnapshotsAndLacksWhatTheLogHasForgottenIsRefused() {
        fill(30);
        snapshot(20, 1, OWN);
        compact(20);
        String message = refused(EndCause.STATE_MACHINE, () -> new Adding() {
            @Override
            public boolean takesSnapshots() {
                return false;
            }
        }).getMessage();
        assertTrue(message.contains("opens at index 0, the log in in memory begins at index 21, and what lies between "
                + "can only be restored from a snapshot, but takesSnapshots() is false"), message);
        assertTrue(storage.snapshotBytes().isPresent(), "it is left alone");
    }
}
