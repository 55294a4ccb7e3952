package io.driftless.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.codec.SnapshotBoundary;
import io.driftless.errors.EndCause;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.Storage;
import io.driftless.machine.MachineContext;
import io.driftless.machine.SnapshotOutcome;
import io.driftless.node.RaftNode;
import io.driftless.raft.Era;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How a node starts from a snapshot that its log or its state machine does not reach to: the rows of decision 16's
 * table in which the log is reset or the machine restored.
 */
@Timeout(180)
class SnapshotStartTest extends StartSetting {

    // ---- The log lacks what the snapshot is of.

    @Test
    void r27AnInstallationThatACrashHasCutShortIsEndedAtTheStart() {
        fill(10);
        snapshot(20, 1, OTHER);
        try (RaftNode node = start(Adding::new)) {
            assertEquals("1000", sum(node));
            assertEquals(21, node.status().firstIndex());
            assertTrue(isTold("is not in the log, which had entries 1 to 10, and begins behind it"), told.toString());
            assertEquals(List.of(20L), List.copyOf(restored));
            assertEquals(List.of(), node.errors());
        }
        try (RaftNode again = start(Adding::new)) {
            assertEquals("1000", sum(again), "what came behind it is replayed");
            assertEquals(2, applied.size(), applied.toString());
        }
    }

    @Test
    void r28ALogThatDisagreesWithTheSnapshotIsResetToIt() {
        fill(30);
        snapshot(20, 3, OTHER);
        try (RaftNode node = start(Adding::new)) {
            assertEquals("1000", sum(node));
            assertEquals(21, node.status().firstIndex());
        }
    }

    @Test
    void r28ALogThatAgreesWithTheSnapshotKeepsWhatFollows() {
        fill(30);
        snapshot(20, 1, OTHER);
        try (RaftNode node = start(Adding::new)) {
            assertEquals("1010", sum(node));
            assertEquals(1, node.status().firstIndex());
            assertEquals(21, applied.element());
        }
    }

    @Test
    void r16TheTermOfTheSnapshotIsTheLeastTermAfterTheLogWasResetToIt() {
        fill(10);
        snapshot(20, 7, OTHER);
        try (RaftNode node = start(Adding::new)) {
            assertEquals("1000", sum(node));
            assertTrue(node.status().term() > 7, "term " + node.status().term());
        }
    }

    @Test
    void r23TheLogsClockGoesOnFromTheSnapshotWhereTheLogIsEmpty() {
        fill(10);
        snapshot(20, 1, OTHER);
        try (RaftNode node = start(Adding::new)) {
            sum(node);
        }
        long stampMs = storage.entries().getFirst().timeMs();
        assertTrue(stampMs >= stampMs(20) && stampMs < stampMs(20) + PATIENCE.toMillis(), "at " + stampMs);
    }

    @Test
    void r27TheLogGoesOnBehindAnInstallationWhoseSnapshotIsDamagedSince() {
        fill(10);
        snapshot(20, 3, OTHER);
        damageSnapshot();
        try (RaftNode node = start(Adding::new)) {
            assertBlockedBehind(20, node);
            assertTrue(hasError(node, "set aside: "), node.errors().toString());
            assertTrue(isTold("the snapshot of index 20, term 3, damaged since, is not in the log, which had entries 1 "
                    + "to 10, and begins behind it now"), told.toString());
            assertTrue(storage.snapshotBytes().isEmpty());
        }
        try (RaftNode again = start(Adding::new)) {
            assertBlockedBehind(20, again);
        }
    }

    @Test
    void r27AMachineThatWasRestoredFromItGoesOnBehindIt() {
        fill(10);
        snapshot(20, 1, OTHER);
        damageSnapshot();
        keep(20);
        try (RaftNode node = start(StoringRows::new)) {
            assertEquals("19", sum(node));
            assertEquals(21, node.status().firstIndex());
        }
    }

    @Test
    void r18AServerInDoubtKeepsItsLogWhereTheSnapshotIsDamaged() {
        fill(10);
        comeIntoDoubt();
        snapshot(20, 1, OTHER);
        damageSnapshot();
        try (RaftNode node = start(Adding::new)) {
            assertTrue(node.status().inDoubt());
            assertEquals(1, node.status().firstIndex());
        }
    }

    /** The doubt is over, and nothing that the server acknowledged before counts any more. */
    @Test
    void r18AServerThatAcceptedALossKeepsTheLogAlsoAfterItsNextStart() {
        fill(10);
        comeIntoDoubt();
        snapshot(20, 1, OTHER);
        damageSnapshot();
        try (RaftNode node = startSlowly(true)) {
            assertFalse(node.status().inDoubt());
            assertEquals(1, node.status().firstIndex());
            assertTrue(isTold("the damaged snapshot of index 20, term 1, is removed: this server is in doubt"),
                    told.toString());
        }
        onDisk(disk -> assertEquals(List.of(), aside(disk)));
        assertEquals(10, storage.entries().size(), "nothing of the new era is there yet");
        try (RaftNode node = start(Adding::new)) {
            assertEquals("9", sum(node));
            assertEquals(1, node.status().firstIndex());
        }
    }

    /** What the server acknowledged to the leader of the later era is in 20. */
    @Test
    void r27ASnapshotOfAnEarlierEraDoesNotHideTheOneThatWasAcknowledged() {
        long later = Era.after(1);
        fill(10);
        noop(11, later);
        snapshot(30, 1, OTHER);
        onDisk(SnapshotStartTest::setAside);
        try (RaftNode node = startSlowly(false)) {
            assertEquals(1, node.status().firstIndex());
            assertTrue(isTold("the damaged snapshot of index 30, term 1, is removed: a loss was accepted since, the "
                    + "log has entries of term " + later), told.toString());
        }
        onDisk(disk -> assertEquals(List.of(), aside(disk)));
        snapshot(20, later, 1, OTHER, table(20).rows());
        damageSnapshot();
        try (RaftNode node = startSlowly(false)) {
            assertEquals(21, node.status().firstIndex());
        }
        onDisk(disk -> assertEquals(List.of(20L), aside(disk), "for whoever wants to look at it"));
    }

    private static void setAside(Storage disk) {
        try {
            disk.snapshots().setAside(disk.snapshots().newest().orElseThrow());
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static List<Long> aside(Storage disk) {
        try {
            return disk.snapshots().damaged().stream().map(damaged -> damaged.id().index()).toList();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A loss was accepted while the snapshot came in, and the leader of that era was acknowledged entry 11. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void r18ALogWithEntriesOfALaterEraIsNotResetToASnapshotThatItLacks(boolean isDamaged) {
        long later = Era.after(3);
        fill(10);
        noop(11, later);
        snapshot(20, 3, OTHER);
        if (isDamaged) {
            damageSnapshot();
        }
        for (int starts = 0; starts < 2; starts++) {
            try (RaftNode node = start(Adding::new)) {
                assertEquals("9", sum(node));
                assertEquals(1, node.status().firstIndex());
                assertEquals(later, storage.entries().get(10).term());
                assertTrue(storage.snapshotBytes().isEmpty());
            }
        }
    }

    /** One leader of an era may lack what another one of it goes on to commit. */
    @Test
    void r28ALogWithALaterTermOfTheSameEraIsReset() {
        fill(10);
        noop(11, 5);
        snapshot(20, 3, OTHER);
        try (RaftNode node = start(Adding::new)) {
            assertEquals("1000", sum(node));
            assertEquals(21, node.status().firstIndex());
        }
    }

    @Test
    void r28TheEraInWhichASnapshotWasKnownToBeCommittedCounts() {
        fill(10);
        noop(11, Era.after(3));
        snapshot(20, 3, 1, OTHER, table(20).rows());
        try (RaftNode node = start(Adding::new)) {
            assertEquals("1000", sum(node));
            assertEquals(21, node.status().firstIndex());
        }
    }

    private void noop(long index, long term) {
        onDisk(disk -> {
            disk.log().append(List.of(new LogEntry(index, term, stampMs(index), EntryType.NOOP, 0, 0, Bytes.EMPTY)));
            disk.log().sync();
        });
    }

    @Test
    void r18ASnapshotSaysInWhichEraItIsKnownToBeCommitted() throws InterruptedException {
        fill(10);
        noop(11, Era.after(3));
        try (RaftNode node = start(Adding::new)) {
            sum(node);
            assertInstanceOf(SnapshotOutcome.Taken.class, node.takeSnapshot(PATIENCE));
        }
        onDisk(disk -> assertEquals(1, SnapshotBoundary.decode(disk.snapshots().newest().orElseThrow().boundary())
                .era()));
    }

    @Test
    void aSnapshotWithABoundaryOfAnotherVersionIsRefused() {
        fill(10);
        onDisk(disk -> {
            try (SnapshotWriter writer = disk.snapshots().begin(10, 1, disk.identity().incarnation(), Bytes.wrap(
                    new byte[]{1}))) {
                writer.finish();
            } catch (IOException impossible) {
                throw new IllegalStateException(impossible);
            }
        });
        String message = refused(EndCause.OTHER_FORMAT, Adding::new).getMessage();
        assertTrue(message.endsWith(": the boundary of a snapshot has version 1; this version of Driftless reads 2"),
                message);
    }

    @Test
    void r28ADamagedSnapshotOfWhatTheLogHoldsLeavesTheLogAsItIs() {
        fill(30);
        snapshot(20, 1, OTHER);
        damageSnapshot();
        for (int starts = 0; starts < 2; starts++) {
            try (RaftNode node = start(Adding::new)) {
                assertEquals("29", sum(node));
                assertEquals(1, node.status().firstIndex());
            }
        }
    }

    @Test
    void r22ASnapshotWithTheTableOfAnotherIndexIsDamagedToo() {
        fill(10);
        snapshot(20, 1, OTHER, table(19).rows());
        try (RaftNode node = start(Adding::new)) {
            assertBlockedBehind(20, node);
            assertTrue(hasError(node, "has a session table of index 19"), node.errors().toString());
        }
    }

    private static void assertBlockedBehind(long index, RaftNode node) {
        assertTrue(hasError(node, "the log in in memory begins at index " + (index + 1) + ", and there is no good "
                + "snapshot of what lies between"), node.errors().toString());
        assertEquals(index + 1, node.status().firstIndex());
        assertEquals(0, node.status().lastApplied());
    }

    @Test
    void r22AMachineIsNotRestoredFromASnapshotWithTheTableOfAnotherIndex() {
        fill(20);
        snapshot(10, 1, OWN, table(9).rows());
        try (RaftNode node = start(Adding::new)) {
            assertEquals("19", sum(node));
            assertEquals(List.of(), List.copyOf(restored));
            assertTrue(hasError(node, "set aside: "), node.errors().toString());
            assertTrue(hasError(node, "has a session table of index 9"), node.errors().toString());
            assertTrue(storage.snapshotBytes().isEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void r18AServerInDoubtIsResetToTheSnapshotWhoeverTookItAndStaysInDoubt(boolean isOwn) {
        fill(10);
        comeIntoDoubt();
        snapshot(20, 1, isOwn ? OWN : OTHER);
        try (RaftNode node = start(Adding::new)) {
            assertTrue(node.status().inDoubt());
            assertEquals(21, node.status().firstIndex());
            assertEquals(List.of(20L), List.copyOf(restored));
        }
    }

    @Test
    void r27AShortenedLogThatLacksWhatThisServerTookItsSnapshotOfHasLostEntries() {
        fill(15);
        snapshot(12, 1, OWN);
        compact(12);
        snapshot(20, 1, OWN);
        assertTrue(refused(EndCause.LOST_DATA, Adding::new).getMessage().contains("of index 20, term 1, which the log "
                + "in in memory, up to index 15, does not hold"));
    }

    /** Whoever looks for what is lost finds the log as it was. */
    @ParameterizedTest
    @ValueSource(longs = {15, 30})
    void r27ADamagedSnapshotDoesNotHideThatTheLogHasLostEntries(long own) {
        fill(10);
        snapshot(20, 1, OTHER);
        onDisk(SnapshotStartTest::setAside);
        snapshot(own, 1, OWN);
        assertTrue(refused(EndCause.LOST_DATA, Adding::new).getMessage().contains("of index " + own + ", term 1, which "
                + "the log in in memory, up to index 10, does not hold"));
        assertEquals(10, storage.entries().size());
    }

    @Test
    void r27TheLogIsResetBeforeTheMachineIsOpened() {
        fill(10);
        snapshot(20, 1, OTHER);
        refused(EndCause.STATE_MACHINE, () -> new Adding() {
            @Override
            public long open(MachineContext context) {
                throw new IllegalStateException("not today");
            }
        });
        assertEquals(List.of(), storage.entries());
        try (RaftNode node = start(Adding::new)) {
            assertEquals("1000", sum(node));
        }
    }

    // ---- The log was reset or shortened, and the machine is behind.

    @Test
    void r27AMachineThatKeepsNothingIsRestoredAfterACrashBehindTheReset() {
        fill(10);
        snapshot(20, 1, OTHER);
        reset(20);
        try (RaftNode node = start(Adding::new)) {
            assertEquals("1000", sum(node));
            assertEquals(List.of(20L), List.copyOf(restored));
        }
    }

    @Test
    void r27AMachineThatIsOlderThanTheLogsBeginningIsRestored() {
        fill(10);
        keep(5);
        snapshot(20, 1, OTHER);
        reset(20);
        try (RaftNode node = start(StoringRows::new)) {
            assertEquals("1000", sum(node));
            assertEquals(List.of(20L), List.copyOf(restored));
        }
        try (RaftNode again = start(StoringRows::new)) {
            assertEquals("1000", sum(again));
            assertEquals(List.of(), List.copyOf(restored), "it has stored what was restored, and its rows");
        }
    }

    @Test
    void r27AMachineAtOrBelowTheLogsBeginningIsRestoredAndTheRestReplayed() {
        for (long opened : new long[] {8, 12}) {
            if (opened == 8) {
                fill(30);
                snapshot(20, 1, OWN);
                compact(12);
            }
            keep(opened);
            try (RaftNode node = start(StoringRows::new)) {
                assertTrue(Long.parseLong(sum(node)) >= 1_010);
                assertEquals(List.of(20L), List.copyOf(restored));
                assertEquals(21, applied.element(), "from the one after the snapshot");
            }
        }
    }
}
