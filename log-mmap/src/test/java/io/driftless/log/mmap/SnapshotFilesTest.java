package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.log.Bytes;
import io.driftless.log.DamagedSnapshot;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogFullException;
import io.driftless.log.LogListener;
import io.driftless.log.OutOfResourcesException;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import io.driftless.log.StoredSnapshot;
import io.driftless.log.SyncFailedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store does on its disk, in which order, and what becomes of it where the disk refuses. */
class SnapshotFilesTest {

    private static final int CHUNK = 100;
    /** Bytes that are kept for the log. */
    private static final long RESERVE = 5_000;
    private static final String FULL = "No space left on device";
    private static final String EXHAUSTED = "Too many open files";
    private static final String BROKEN = "Input/output error";

    /** Notes each operation, and lets those fail whose turn has come. */
    private static final class NotingDisk extends Disk {

        private final List<String> done = new ArrayList<>();
        private int failFrom = Integer.MAX_VALUE;
        private int failTo = Integer.MAX_VALUE;
        private String message = "";
        /** How much is free before anything is written. */
        private long free = Long.MAX_VALUE;

        private void step(String what, Path path) throws IOException {
            String name = path.getFileName().toString();
            done.add(what + " " + name.substring(name.lastIndexOf('.') + 1));
            if (done.size() >= failFrom && done.size() <= failTo) {
                throw new IOException(message);
            }
        }

        @Override
        long free(Path directory) {
            return free;
        }

        private void fail(int from, int to, String with) {
            done.clear();
            failFrom = from;
            failTo = to;
            message = with;
        }

        private void failNever() {
            fail(Integer.MAX_VALUE, Integer.MAX_VALUE, "");
        }

        @Override
        Output create(Path file) throws IOException {
            step("create", file);
            Output output = super.create(file);
            return new Output() {
                @Override
                public void write(byte[] bytes, int length) throws IOException {
                    // A part of it still fits.
                    output.write(bytes, length / 2);
                    step("write", file);
                    output.write(Arrays.copyOfRange(bytes, length / 2, length), length - length / 2);
                    free -= length;
                }

                @Override
                public void resize(long length) throws IOException {
                    output.resize(length);
                }

                @Override
                public void force() throws IOException {
                    step("force", file);
                    output.force();
                }

                @Override
                public void close() throws IOException {
                    output.close();
                }
            };
        }

        @Override
        void rename(Path from, Path to) throws IOException {
            step("rename", from);
            super.rename(from, to);
        }

        @Override
        void delete(Path path) throws IOException {
            step("delete", path);
            super.delete(path);
        }

        @Override
        void forceDirectory(Path directory) throws IOException {
            step("force", directory);
            super.forceDirectory(directory);
        }
    }

    @TempDir
    Path directory;

    private final NotingDisk disk = new NotingDisk();
    private final List<String> warnings = new ArrayList<>();
    private Path folder = Path.of("");

    @BeforeEach
    void chooseFolder() {
        folder = directory.resolve("snapshots");
    }

    private SnapshotFiles open() throws IOException {
        return SnapshotFiles.open(disk, folder, warnings::add, CHUNK, RESERVE);
    }

    private static byte[] content(long index) {
        return TestSnapshots.bytes(250, index);
    }

    private static StoredSnapshot write(SnapshotFiles store, long index) throws IOException {
        return TestSnapshots.write(store, index, TestSnapshots.bytes(20, index), content(index));
    }

    private static void assertNewest(SnapshotFiles store, long index) throws IOException {
        StoredSnapshot newest = store.newest().orElseThrow();
        assertEquals(index, newest.id().index());
        newest.verify();
        assertArrayEquals(content(index), TestSnapshots.read(newest));
    }

    @Test
    void finishesInTheOrderOfR27() throws IOException {
        SnapshotFiles store = open();
        write(store, 5);
        disk.failNever();
        write(store, 6);
        assertEquals(List.of("delete tmp", "create tmp", "write tmp", "write tmp", "write tmp", "write tmp",
                "write tmp", "write tmp", "force tmp", "rename tmp", "force snapshots", "delete snapshot"), disk.done);
        store.close();
    }

    /** Whatever it lacks, and wherever that shows, it takes nothing of what is kept for the log. */
    @Test
    void leavesTheLogItsRoom() throws IOException {
        SnapshotFiles store = open();
        int takes = Math.toIntExact(write(store, 5).storedBytes());
        for (int lacking : new int[] {1, 30, takes - 1, takes, takes + 100, takes + (int) RESERVE}) {
            disk.free = RESERVE + takes - lacking;
            String message = assertThrows(LogFullException.class, () -> write(store, 6)).getMessage();
            assertTrue(disk.free >= Math.min(RESERVE, RESERVE + takes - lacking), disk.free + " are left");
            // How large it will be is not known; what is left is what was there without what is written.
            long written = RESERVE + takes - lacking - disk.free;
            assertTrue(message.endsWith(".tmp: no room for the snapshot: " + (written == 0 ? "nothing of it is written"
                    : written + " bytes of it are written") + ", " + disk.free + " bytes are free, and the log's "
                    + "reserve is " + RESERVE + ": make room"), message);
            assertNewest(store, 5);
            assertEquals(1, TestSnapshots.names(folder).size());
        }
        disk.free = RESERVE + takes;
        try (SnapshotWriter writer = store.begin(6, 3, TestSnapshots.CREATOR, Bytes.EMPTY)) {
            disk.free = 0;
            assertThrows(LogFullException.class, () -> writer.content().write(content(6)));
            disk.free = Long.MAX_VALUE;
            assertThrows(LogFullException.class, writer::finish, "a failure is final");
        }
        disk.free = RESERVE + takes;
        write(store, 6);
        assertEquals(RESERVE, disk.free);
        assertNewest(store, 6);
        store.close();
    }

    /** Of one that comes in the size is known. */
    @Test
    void saysHowMuchASnapshotOfKnownSizeHas() throws IOException {
        SnapshotFiles store = open();
        disk.free = RESERVE + 99;
        store.requireRoom(99);
        assertEquals(folder + ": no room for the snapshot: it has 100 bytes, " + disk.free + " bytes are free, and the "
                + "log's reserve is " + RESERVE + ": make room",
                assertThrows(LogFullException.class, () -> store.requireRoom(100)).getMessage());
        store.close();
    }

    @Test
    void aLineThatSaysWhatWentWrongNamesTheFileOnceAndNoClass() throws IOException {
        SnapshotFiles store = open();
        write(store, 5);
        disk.fail(1, Integer.MAX_VALUE, BROKEN);
        String message = assertThrows(IOException.class, () -> write(store, 6)).getMessage();
        assertTrue(message.endsWith(".tmp: the snapshot could not be written: " + BROKEN), message);
        assertTrue(warnings.getLast().endsWith(".tmp could not be removed: " + BROKEN + "; the next start tries again"),
                warnings.toString());
        store.close();
    }

    private List<Integer> writesBeforeForces() {
        List<Integer> writes = new ArrayList<>();
        for (int i = 0; i < disk.done.size(); i++) {
            if (disk.done.get(i).equals("force tmp")) {
                writes.add((int) disk.done.subList(0, i).stream().filter("write tmp"::equals).count());
            }
        }
        return writes;
    }

    @Test
    void forcesMoreOftenWhereItTakesItsTime() throws IOException {
        SnapshotFiles store = open();
        disk.failNever();
        try (SnapshotWriter writer = store.begin(5, 1, TestSnapshots.CREATOR, Bytes.wrap(new byte[10]))) {
            writer.takeTime();
            writer.content().write(new byte[10 * CHUNK]);
            writer.finish();
        }
        assertEquals(List.of(2 + 4, 2 + 8, 2 + 10 + 1), writesBeforeForces());
        store.close();
    }

    /** So a sync of the log never waits for a whole snapshot. */
    @Test
    void forcesWhatItHasWrittenFromTimeToTime() throws IOException {
        SnapshotFiles store = open();
        disk.failNever();
        TestSnapshots.write(store, 5, new byte[10], new byte[70 * CHUNK]);
        // Header and boundary are two writes, and the end is the last.
        assertEquals(List.of(2 + 64, 2 + 70 + 1), writesBeforeForces());
        disk.fail(4 + 64 + 1, 4 + 64 + 1, BROKEN);
        assertThrows(SyncFailedException.class, () -> TestSnapshots.write(store, 6, new byte[10],
                new byte[70 * CHUNK]));
        assertEquals("force tmp", disk.done.get(4 + 64));
        assertEquals(5, store.newest().orElseThrow().id().index());
        assertEquals(1, TestSnapshots.names(folder).size());
        store.close();
    }

    @Test
    void anOpeningForcesTheFolderBeforeItRemovesAnOlderOne() throws IOException {
        SnapshotFiles store = open();
        Path older = Path.of(write(store, 5).description());
        byte[] kept = Files.readAllBytes(older);
        write(store, 6);
        store.close();
        Files.write(older, kept);
        Files.write(folder.resolve("x.tmp"), kept);
        disk.failNever();
        store = open();
        assertEquals(List.of("force " + directory.getFileName(), "delete tmp", "force snapshots", "delete snapshot"),
                disk.done);
        assertNewest(store, 6);
        assertEquals(1, TestSnapshots.names(folder).size());
        store.close();
    }

    /** At each operation: only there, and from there on. */
    @Test
    void aDiskThatRefusesLosesNeitherTheOlderOneNorTheNextTry() throws IOException {
        for (String message : List.of(FULL, EXHAUSTED, BROKEN)) {
            for (boolean onceOnly : new boolean[] {true, false}) {
                for (int at = 1; at <= 11; at++) {
                    refuse(at, onceOnly ? at : Integer.MAX_VALUE, message);
                    Disk.REAL.deleteDirectory(folder);
                }
            }
        }
    }

    private void refuse(int from, int to, String message) throws IOException {
        String what = message + " from " + from + " to " + to;
        disk.failNever();
        SnapshotFiles store = open();
        write(store, 5);
        disk.fail(from, to, message);
        Exception refused = assertThrows(Exception.class, () -> write(store, 6), what);
        String step = disk.done.get(from - 1);
        Class<? extends Exception> due = switch (message) {
            case FULL -> LogFullException.class;
            case EXHAUSTED -> OutOfResourcesException.class;
            default -> step.startsWith("force") ? SyncFailedException.class : IOException.class;
        };
        assertEquals(due, refused.getClass(), what);
        assertTrue(refused.getMessage().contains(folder.toString()) && refused.getMessage().contains(message),
                refused.getMessage());
        disk.failNever();
        assertNewest(store, 5);
        if (to == from) {
            assertEquals(1, TestSnapshots.names(folder).size(), what + ": " + TestSnapshots.names(folder));
        }
        write(store, 6);
        assertNewest(store, 6);
        assertEquals(1, TestSnapshots.names(folder).size(), what + ": " + TestSnapshots.names(folder));
        store.close();
    }

    @Test
    void aNewProcessAfterARefusalHasTheOlderOneOrTheWholeNewOne() throws IOException {
        for (int at = 1; at <= 11; at++) {
            disk.failNever();
            SnapshotFiles store = open();
            write(store, 5);
            disk.fail(at, Integer.MAX_VALUE, BROKEN);
            assertThrows(Exception.class, () -> write(store, 6));
            disk.failNever();
            SnapshotFiles again = open();
            // Only its removal failed too: it is whole.
            assertNewest(again, at > 10 ? 6 : 5);
            assertEquals(1, TestSnapshots.names(folder).size());
            again.close();
            Disk.REAL.deleteDirectory(folder);
        }
    }

    @Test
    void aFailureIsFinalForItsWriter() throws IOException {
        SnapshotFiles store = open();
        disk.fail(5, 5, FULL);
        try (SnapshotWriter writer = store.begin(5, 3, TestSnapshots.CREATOR, Bytes.EMPTY)) {
            OutputStream out = writer.content();
            LogFullException first = assertThrows(LogFullException.class, () -> out.write(content(1)));
            LogFullException again = assertThrows(LogFullException.class, () -> out.write(1));
            assertTrue(first != again, "the same one cannot be suppressed by itself");
            assertThrows(LogFullException.class, writer::finish);
        }
        disk.fail(5, 5, BROKEN);
        try (SnapshotWriter writer = store.begin(5, 3, TestSnapshots.CREATOR, Bytes.EMPTY)) {
            disk.fail(2, 2, BROKEN);
            assertEquals(EndCause.FAILED_SYNC, assertThrows(SyncFailedException.class, writer::finish).endCause());
            assertThrows(SyncFailedException.class, writer::finish, "a failed sync is not tried again");
        }
        assertEquals(Optional.empty(), store.newest());
        assertEquals(List.of(), TestSnapshots.names(folder));
        store.close();
    }

    @Test
    void anOlderOneThatCannotBeRemovedIsToldAndGoneLater() throws IOException {
        SnapshotFiles store = open();
        write(store, 5);
        disk.fail(12, 12, BROKEN);
        write(store, 6);
        assertNewest(store, 6);
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.getFirst().contains("could not be removed"), warnings.getFirst());
        assertEquals(2, TestSnapshots.names(folder).size());
        disk.failNever();
        write(store, 7);
        assertEquals(1, TestSnapshots.names(folder).size());
        store.close();
    }

    @Test
    void keepsOnlyTheLastThatWasSetAside() throws IOException {
        SnapshotFiles store = open();
        for (long index : new long[] {5, 6}) {
            StoredSnapshot stored = write(store, index);
            disk.failNever();
            store.setAside(stored);
            assertEquals(List.of("rename snapshot", "force snapshots"), disk.done.subList(0, 2));
            assertEquals(1, TestSnapshots.names(folder).size());
            assertTrue(TestSnapshots.names(folder).getFirst().matches("0+" + index + "-.*\\.damaged"));
        }
        store.close();
    }

    @Test
    void whatIsRemovedIsDurablySo() throws IOException {
        SnapshotFiles store = open();
        StoredSnapshot stored = write(store, 5);
        disk.fail(1, 1, BROKEN);
        assertThrows(IOException.class, () -> store.remove(stored));
        assertEquals(Optional.empty(), store.newest(), "not used again, whatever the disk says");
        assertEquals(1, TestSnapshots.names(folder).size());
        disk.failNever();
        store.remove(stored);
        assertEquals(List.of("delete snapshot", "force snapshots"), disk.done);
        assertEquals(List.of(), TestSnapshots.names(folder));
        store.setAside(write(store, 6));
        DamagedSnapshot aside = store.damaged().getFirst();
        disk.fail(1, 1, BROKEN);
        assertThrows(IOException.class, () -> store.removeDamaged(aside));
        disk.failNever();
        store.removeDamaged(aside);
        assertEquals(List.of("delete damaged", "force snapshots"), disk.done);
        assertEquals(List.of(), TestSnapshots.names(folder));
        store.close();
    }

    @Test
    void theDataDirectoryHasItAndEndsItsWriterWhenItCloses() throws IOException {
        StorageContext context = new StorageContext("c", "n1", SegmentSizes.MIN, 16 * 1024, LogListener.NONE);
        Path data = directory.resolve("data");
        SnapshotWriter writer;
        try (Storage storage = MmapStorage.at(data).open(context)) {
            try (SnapshotWriter first = storage.snapshots().begin(5, 3, storage.identity().incarnation(),
                    Bytes.EMPTY)) {
                first.content().write(content(5));
                first.finish();
            }
            writer = storage.snapshots().begin(6, 3, storage.identity().incarnation(), Bytes.EMPTY);
            writer.content().write(content(6));
        }
        assertThrows(LogClosedException.class, writer::finish);
        assertEquals(1, TestSnapshots.names(data.resolve("snapshots")).size());
        try (Storage storage = MmapStorage.at(data).open(context)) {
            StoredSnapshot newest = storage.snapshots().newest().orElseThrow();
            assertEquals(5, newest.id().index());
            assertEquals(storage.identity().incarnation(), newest.id().creator());
            newest.verify();
        }
    }
}
