package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.log.Bytes;
import io.driftless.log.DurabilityPolicy;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogListener;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import io.driftless.log.SyncFailedException;
import io.driftless.raft.HardState;
import io.driftless.raft.ServerId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data directory, beyond the contract of a storage. */
class DataDirectoryTest {

    @TempDir
    Path temporary;

    private Path data = Path.of("");

    @BeforeEach
    void chooseDirectory() {
        data = temporary.resolve("var/data");
    }

    private Storage open(DurabilityPolicy policy, boolean catchesUp) {
        return MmapStorage.at(data).open(new StorageContext("c", "n1", SegmentSizes.MIN, 16 * 1024, policy, catchesUp,
                LogListener.NONE));
    }

    private Storage open() {
        return MmapStorage.at(data).open(new StorageContext("c", "n1", SegmentSizes.MIN, 16 * 1024, LogListener.NONE));
    }

    private void makeAndUse() {
        try (Storage storage = open()) {
            storage.writeConfiguration(Bytes.utf8("members"));
            storage.hardState().write(new HardState(4, new ServerId("n2")));
            storage.log().append(TestLogs.entries(1, 3, 4, 10));
        }
    }

    /** Notes which directories are forced. */
    private static class ForceNotingDisk extends Disk {

        final Set<Path> forced = new HashSet<>();

        @Override
        void forceDirectory(Path made) throws IOException {
            super.forceDirectory(made);
            forced.add(made.toRealPath());
        }
    }

    private String assertRefuses() {
        String message = assertThrows(LogCorruptException.class, () -> open().close()).getMessage();
        assertFalse(message.contains("\n"));
        return message;
    }

    @Test
    void aDirectoryThatIsThereMayBeNewAndIsForced() throws IOException {
        ForceNotingDisk disk = new ForceNotingDisk();
        Path log = Files.createDirectory(temporary.resolve("made-before-a-kill"));
        MmapLog.open(log, TestLogs.SMALL, LogListener.NONE, disk).close();
        assertTrue(disk.forced.contains(temporary.toRealPath()), disk.forced.toString());
    }

    @Test
    void anotherProcessMayMakeTheSameFoldersAtTheSameMoment() throws IOException {
        ForceNotingDisk disk = new ForceNotingDisk() {
            @Override
            void makeDirectory(Path directory) throws IOException {
                Files.createDirectory(directory);
                super.makeDirectory(directory);
            }
        };
        disk.createDirectory(data);
        assertTrue(Files.isDirectory(data));
        assertTrue(disk.forced.containsAll(Set.of(temporary.toRealPath(), data.getParent().toRealPath())),
                disk.forced.toString());
    }

    @Test
    void aFileInTheWayIsTold() throws IOException {
        Files.writeString(Files.createDirectory(data.getParent()).resolve("data"), "a file");
        NodeStartException refused = assertThrows(NodeStartException.class, () -> open().close());
        assertEquals(EndCause.UNWRITABLE, refused.endCause());
        assertTrue(refused.getMessage().contains(data.toString()), refused.getMessage());
        assertFalse(refused.getMessage().contains("java."), refused.getMessage());
    }

    @Test
    void isForItsOwnerAloneAndNamesItsErrorsFile() throws IOException {
        try (Storage storage = open()) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data)));
            assertEquals(Optional.of(data.resolve("errors.log")), storage.errorsFile());
            assertEquals(data.toString(), storage.description());
        }
    }

    @Test
    void refusesALostHardStateAndNeverStartsAtTermZero() throws IOException {
        makeAndUse();
        Files.delete(data.resolve("hard-state"));
        assertTrue(assertRefuses().contains("hard-state"));
        assertFalse(Files.exists(data.resolve("hard-state")));
    }

    @Test
    void refusesALostIdentityBesideALogOrATerm() throws IOException {
        makeAndUse();
        Files.delete(data.resolve("identity"));
        assertTrue(assertRefuses().contains("identity"));
    }

    @Test
    void refusesALostLog() throws IOException {
        makeAndUse();
        Disk.REAL.deleteDirectory(data.resolve("log"));
        assertTrue(assertRefuses().contains("log"));
    }

    @Test
    void refusesADamagedConfiguration() throws IOException {
        makeAndUse();
        TestLogs.flip(data.resolve("configuration"), 10, 1);
        assertTrue(assertRefuses().contains("configuration"));
        TestLogs.flip(data.resolve("configuration"), 10, 1);
        open().close();
    }

    @Test
    void anUnfinishedCreationIsBegunAgain() throws IOException {
        open().close();
        Files.delete(data.resolve("identity"));
        try (Storage storage = open()) {
            assertEquals(HardState.INITIAL, storage.hardState().read());
        }
    }

    @Test
    void onlyARestartOfTheMachineWithoutACleanStopBringsDoubtAndOnlyIfEntriesCountedUnsynced() throws IOException {
        for (DurabilityPolicy policy : DurabilityPolicy.values()) {
            for (boolean clean : new boolean[] {true, false}) {
                for (boolean restarted : new boolean[] {true, false}) {
                    data = temporary.resolve(policy + "-" + clean + "-" + restarted);
                    Path after = use(policy, clean);
                    if (restarted) {
                        AnotherKernel.ran(after.resolve("hard-state"));
                    }
                    boolean doubt = policy != DurabilityPolicy.ALWAYS && !clean
                            && (restarted || !KernelBoot.is(KernelBoot.id()));
                    data = after;
                    try (Storage storage = open(DurabilityPolicy.ALWAYS, false)) {
                        assertEquals(doubt ? 4 : 0, storage.hardState().doubtTerm(), after.toString());
                    }
                    try (Storage storage = open(DurabilityPolicy.ALWAYS, false)) {
                        assertEquals(doubt ? 4 : 0, storage.hardState().doubtTerm(), after + ", opened again");
                        storage.hardState().settle();
                    }
                    try (Storage storage = open(DurabilityPolicy.ALWAYS, false)) {
                        assertEquals(0, storage.hardState().doubtTerm(), after + ", settled");
                    }
                }
            }
        }
    }

    /** Uses the directory in term 4; returns it after a clean stop, or a copy made before one. */
    private Path use(DurabilityPolicy policy, boolean clean) throws IOException {
        Path copy = data.resolveSibling(data.getFileName() + "-killed");
        try (Storage storage = open(policy, false)) {
            storage.hardState().write(new HardState(4, new ServerId("n2")));
            storage.log().append(TestLogs.entries(1, 3, 4, 10));
            copyTo(copy);
        }
        return clean ? data : copy;
    }

    /** Entries that are not synced yet, where the next sync fails once {@code breaks} is set, and clears it. */
    private Storage usedOnADiskThat(AtomicBoolean breaks, DurabilityPolicy policy) {
        Disk disk = new ForcingDisk((mapping, from, length) -> {
            if (breaks.compareAndSet(true, false)) {
                throw new UncheckedIOException(new IOException("Input/output error"));
            }
            mapping.force(from, length);
        });
        Storage storage = new MmapStorage(data, disk).open(new StorageContext("c", "n1", SegmentSizes.MIN, 16 * 1024,
                policy, false, LogListener.NONE));
        storage.hardState().write(new HardState(4, new ServerId("n2")));
        storage.log().append(TestLogs.entries(1, 3, 4, 10));
        return storage;
    }

    @Test
    void aLogThatCannotBeSyncedAtTheEndBringsDoubtIfEntriesCountedUnsynced() {
        for (DurabilityPolicy policy : DurabilityPolicy.values()) {
            data = temporary.resolve(policy.toString());
            AtomicBoolean breaks = new AtomicBoolean();
            Storage storage = usedOnADiskThat(breaks, policy);
            breaks.set(true);
            assertThrows(SyncFailedException.class, storage::close);
            try (Storage again = open(policy, false)) {
                assertEquals(policy == DurabilityPolicy.ALWAYS ? 0 : 4, again.hardState().doubtTerm(), data.toString());
            }
        }
    }

    /** A sync in the background that failed while the node was closing, say: nobody notes it any more. */
    @Test
    void aLogThatFailedBeforeItsCloseBringsDoubtToo() {
        for (DurabilityPolicy policy : DurabilityPolicy.values()) {
            data = temporary.resolve(policy.toString());
            AtomicBoolean breaks = new AtomicBoolean();
            Storage storage = usedOnADiskThat(breaks, policy);
            breaks.set(true);
            assertThrows(SyncFailedException.class, () -> storage.log().sync());
            storage.close();
            try (Storage again = open(policy, false)) {
                assertEquals(policy == DurabilityPolicy.ALWAYS ? 0 : 4, again.hardState().doubtTerm(), data.toString());
            }
        }
    }

    /** Every sync fails from the first on that {@code breaks} hits, of log and hard state alike, until it is false. */
    private Storage brokenUntil(AtomicBoolean breaks, DurabilityPolicy policy) {
        Disk disk = new ForcingDisk((mapping, from, length) -> {
            if (breaks.get()) {
                throw new UncheckedIOException(new IOException("Input/output error"));
            }
            mapping.force(from, length);
        });
        Storage storage = new MmapStorage(data, disk).open(new StorageContext("c", "n1", SegmentSizes.MIN, 16 * 1024,
                policy, false, LogListener.NONE));
        storage.hardState().write(new HardState(4, new ServerId("n2")));
        storage.log().append(TestLogs.entries(1, 3, 4, 10));
        breaks.set(true);
        assertThrows(SyncFailedException.class, () -> storage.hardState().write(new HardState(5, ServerId.NONE)));
        assertThrows(SyncFailedException.class, () -> storage.log().sync());
        assertThrows(SyncFailedException.class, () -> storage.hardState().doubt(0));
        return storage;
    }

    private static void closeBroken(Storage storage) {
        try {
            storage.close();
        } catch (SyncFailedException expected) {
            assertFalse(expected.getMessage().isEmpty());
        }
    }

    private void assertInDoubt(DurabilityPolicy policy, String about) {
        try (Storage again = open(policy, false)) {
            assertEquals(policy == DurabilityPolicy.ALWAYS ? 0 : 5, again.hardState().doubtTerm(), policy + ", "
                    + about);
            assertTrue(again.opening().missing(), policy + ", " + about);
        }
        try (Storage again = open(policy, false)) {
            assertFalse(again.opening().missing(), policy + ", " + about + ", and opened again");
        }
    }

    /** Neither the log nor the note of the doubt was synced, and the process may end in any way. */
    @Test
    void aFailedSyncBringsDoubtThoughTheNoteOfItFailsToo() throws IOException {
        for (DurabilityPolicy policy : DurabilityPolicy.values()) {
            Path closed = temporary.resolve(policy + "-closed");
            Path killed = temporary.resolve(policy + "-killed");
            data = closed;
            Storage storage = brokenUntil(new AtomicBoolean(), policy);
            copyTo(killed);
            closeBroken(storage);
            UsedSequences.forget();
            assertInDoubt(policy, "closed, and another process");
            data = killed;
            UsedSequences.forget();
            assertInDoubt(policy, "killed");
        }
    }

    /** The page cache has lost what the mark said, too: the process itself remembers. */
    @Test
    void inTheSameProcessAFailedSyncBringsDoubtWhateverTheFilesSay() throws IOException {
        for (DurabilityPolicy policy : DurabilityPolicy.values()) {
            data = temporary.resolve(policy + "-again");
            AtomicBoolean breaks = new AtomicBoolean();
            Path before = temporary.resolve(policy + "-mark");
            Storage storage = brokenUntil(breaks, policy);
            breaks.set(false);
            try (Storage other = MmapStorage.at(temporary.resolve(policy + "-other")).open(new StorageContext("c", "n1",
                    SegmentSizes.MIN, 16 * 1024, policy, false, LogListener.NONE))) {
                assertEquals(0, other.hardState().doubtTerm(), "another log is not concerned");
            }
            Files.copy(data.resolve("log").resolve(DurableMark.FILE), before);
            closeBroken(storage);
            TestLogs.flip(before, 120, 1);
            Files.copy(before, data.resolve("log").resolve(DurableMark.FILE),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertInDoubt(policy, "in the same process");
        }
    }

    /** The kernel could not write back, and nobody heard of it. */
    @Test
    void whatWasWrittenAndIsGoneBringsDoubtThoughNoSyncHadFailed() throws IOException {
        for (DurabilityPolicy policy : DurabilityPolicy.values()) {
            for (boolean lost : new boolean[] {true, false}) {
                data = temporary.resolve(policy + "-" + lost);
                data = use(policy, false);
                if (lost) {
                    DumpedRecord last = TestLogs.records(data.resolve("log")).getLast();
                    byte[] bytes = Files.readAllBytes(last.file());
                    java.util.Arrays.fill(bytes, (int) last.offset() - 4, (int) last.offset() + 100, (byte) 0);
                    Files.write(last.file(), bytes);
                }
                boolean sameKernel = KernelBoot.is(KernelBoot.id());
                try (Storage storage = open(policy, false)) {
                    assertEquals(lost ? 2 : 3, storage.log().lastIndex());
                    assertEquals(policy != DurabilityPolicy.ALWAYS && (lost || !sameKernel) ? 4 : 0,
                            storage.hardState().doubtTerm(), data.toString());
                }
            }
        }
    }

    private void copyTo(Path target) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(data.relativize(file)));
            }
        }
    }

    @Test
    void anUndecidedTailBringsDoubtIfTheNodeIsToCatchUp() throws IOException {
        for (boolean catchesUp : new boolean[] {true, false}) {
            for (boolean torn : new boolean[] {true, false}) {
                data = temporary.resolve(catchesUp + "-" + torn);
                Path after;
                try (Storage storage = open(DurabilityPolicy.ALWAYS, catchesUp)) {
                    storage.hardState().write(new HardState(4, new ServerId("n2")));
                    storage.log().append(TestLogs.entries(1, 3, 4, 100));
                    storage.log().sync();
                    after = data.resolveSibling(data.getFileName() + "-killed");
                    copyTo(after);
                }
                data = after;
                AnotherKernel.ran(data.resolve("hard-state"));
                Files.delete(data.resolve("log").resolve(DurableMark.FILE));
                if (torn) {
                    DumpedRecord last = TestLogs.records(data.resolve("log")).getLast();
                    TestLogs.flip(last.file(), last.offset() + 80, 1);
                }
                try (Storage storage = open(DurabilityPolicy.ALWAYS, catchesUp)) {
                    assertEquals(torn, storage.opening().undecided(), data.toString());
                    assertEquals(catchesUp && torn ? 4 : 0, storage.hardState().doubtTerm(), data.toString());
                }
            }
        }
    }

    @Test
    void saysWhenItCannotBeWritten() throws IOException {
        Files.createDirectories(temporary.resolve("var"));
        Files.writeString(data, "a file");
        NodeStartException refused = assertThrows(NodeStartException.class, () -> open().close());
        assertEquals(EndCause.UNWRITABLE, refused.endCause());
        assertTrue(refused.getMessage().contains(data.toString()), refused.getMessage());
    }

    @Test
    void saysWhenSizesDoNotFit() {
        NodeStartException refused = assertThrows(NodeStartException.class,
                () -> MmapStorage.at(data).open(new StorageContext("c", "n1", SegmentSizes.MIN, SegmentSizes.MIN,
                        LogListener.NONE)));
        assertEquals(EndCause.CONFIGURATION, refused.endCause());
    }
}
