package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import io.driftless.log.LogFullException;
import io.driftless.log.LogListener;
import io.driftless.log.LogOpenException;
import io.driftless.log.LogReader;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import io.driftless.log.StoredSnapshot;
import io.driftless.raft.HardState;
import io.driftless.raft.ServerId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Opens directories that were written once and are kept ({@code src/test/resources/formats}). {@code -Drewrite} writes
 * that of the present format if it is missing. What is there is never written again.
 */
class FormatSamplesTest {

    private static final long STARTED_MS = 1_700_000_000_000L;
    private static final Bytes CONFIGURATION = Bytes.utf8("configuration of index 0");
    private static final byte[] SNAPSHOT = TestSnapshots.bytes(100_000, 7);
    private static final HardState HARD_STATE = new HardState(3, new ServerId("n1"));

    @TempDir
    Path temporary;

    private Path data = Path.of("");

    @BeforeEach
    void chooseDirectory() {
        data = temporary.resolve("data");
    }

    private Storage open() {
        return MmapStorage.at(data)
                .open(new StorageContext("sample", "n1", SegmentSizes.MIN, 16 * 1024, LogListener.NONE));
    }

    /** Each type, the ends of every field that has any, and enough for a second segment. */
    private static List<LogEntry> entries() {
        List<LogEntry> entries = new ArrayList<>();
        entries.add(new LogEntry(1, 1, STARTED_MS, EntryType.NOOP, 0, 0, Bytes.EMPTY));
        entries.add(new LogEntry(2, 1, STARTED_MS + 1, EntryType.CONFIGURATION, 0, 0, Bytes.utf8("members")));
        entries.add(new LogEntry(3, 1, STARTED_MS + 2, EntryType.SESSION, 0, 0, Bytes.utf8("opening")));
        entries.add(new LogEntry(4, 1, STARTED_MS + 2, EntryType.COMMAND, 3, 1, 0, Bytes.utf8("first")));
        entries.add(new LogEntry(5, 1, STARTED_MS + 3, EntryType.COMMAND, 3, 2, 1, Bytes.utf8("second")));
        entries.add(new LogEntry(6, 2, STARTED_MS + 9, EntryType.COMMAND, 3, 70_000, LogEntry.DISTANCE_MAX,
                Bytes.EMPTY));
        entries.add(new LogEntry(7, 2, Long.MIN_VALUE, EntryType.COMMAND, Long.MAX_VALUE, Long.MAX_VALUE, 32_768,
                Bytes.wrap(new byte[] {1, -1, 0})));
        for (int index = 8; index <= 30; index++) {
            entries.add(new LogEntry(index, 3, STARTED_MS + index, EntryType.COMMAND, 0, 0,
                    Bytes.wrap(new byte[15_000])));
        }
        return entries;
    }

    private void write() throws IOException {
        try (Storage storage = open()) {
            storage.writeConfiguration(CONFIGURATION);
            storage.hardState().write(HARD_STATE);
            List<LogEntry> entries = entries();
            storage.log().append(entries.subList(0, 7));
            storage.log().append(List.of(new LogEntry(8, 2, STARTED_MS, EntryType.COMMAND, 3, 4, 5, Bytes.EMPTY)));
            storage.log().sync();
            storage.log().overwrite(8, entries.subList(7, entries.size()));
            storage.log().sync();
            try (SnapshotWriter writer = storage.snapshots().begin(7, 2, TestSnapshots.CREATOR, CONFIGURATION)) {
                writer.content().write(SNAPSHOT);
                writer.finish();
            }
        }
    }

    @Test
    void thePresentFormatOpensItsSampleAndReadsEntryByEntry() throws IOException {
        if (System.getProperty("rewrite") != null && !SampleDirectory.isKept(IdentityFile.FORMAT)) {
            write();
            SampleDirectory.keep(IdentityFile.FORMAT, data);
            data = temporary.resolve("unpacked");
        }
        SampleDirectory.unpack(IdentityFile.FORMAT, data);
        assertReads();
        try (Storage storage = open()) {
            assertOpens(storage);
            StoredSnapshot snapshot = storage.snapshots().newest().orElseThrow();
            assertEquals(7, snapshot.id().index());
            assertEquals(CONFIGURATION, snapshot.boundary());
            assertArrayEquals(SNAPSHOT, TestSnapshots.read(snapshot));
        }
    }

    /** In format 2 every log begins at index 1. A node of it must not open one that does not. */
    @Test
    void theFormatBeforeOpensAndIsThePresentOneFromThenOn() throws IOException {
        SampleDirectory.unpack(IdentityFile.FORMAT_MIN, data);
        SortedMap<Path, byte[]> before = contents();
        assertReads();
        contents().forEach((file, bytes) -> assertArrayEquals(before.get(file), bytes, file + " was only read"));
        assertThrows(NodeStartException.class, () -> MmapStorage.at(data).open(new StorageContext("sample", "n2",
                SegmentSizes.MIN, 16 * 1024, LogListener.NONE)).close());
        assertTrue(Files.readString(data.resolve(IdentityFile.FILE)).startsWith("format=2\n"), "it is not its own");
        for (int i = 0; i < 2; i++) {
            try (Storage storage = open()) {
                for (Path directory : List.of(data, data.resolve(MmapStorage.LOG))) {
                    Path identity = directory.resolve(IdentityFile.FILE);
                    assertEquals(withoutFormat(new String(before.get(identity), StandardCharsets.UTF_8)),
                            withoutFormat(Files.readString(identity)));
                    assertTrue(Files.readString(identity).startsWith("format=3\n"), Files.readString(identity));
                }
                assertOpens(storage);
            }
        }
        assertReads();
    }

    private static List<String> withoutFormat(String identity) {
        return identity.lines().filter(line -> !line.startsWith("format=") && !line.startsWith("crc32c=")).toList();
    }

    /** The first identity that is written is the data directory's, the second the log's. */
    @Test
    void aFormatThatCannotBeRaisedOnAFullDiskIsToldOrTakesTheReserve() throws IOException {
        SampleDirectory.unpack(IdentityFile.FORMAT_MIN, data);
        SortedMap<Path, byte[]> before = contents();
        LogFullException told = assertThrows(LogFullException.class, () -> openWithoutRoomForIdentity(1).close());
        assertTrue(told.getMessage().contains(data + ": the disk is full"), told.getMessage());
        contents().forEach((file, bytes) -> assertArrayEquals(before.get(file), bytes, file + " is as it was"));
        try (Storage storage = openWithoutRoomForIdentity(2)) {
            assertOpens(storage);
        }
        for (Path directory : List.of(data, data.resolve(MmapStorage.LOG))) {
            assertTrue(Files.readString(directory.resolve(IdentityFile.FILE)).startsWith("format=3\n"));
        }
        try (Storage storage = open()) {
            assertOpens(storage);
        }
    }

    private Storage openWithoutRoomForIdentity(int refused) {
        AtomicInteger made = new AtomicInteger();
        Disk full = new Disk() {
            @Override
            Output create(Path file) throws IOException {
                if (file.endsWith(IdentityFile.FILE + ".tmp") && made.incrementAndGet() == refused) {
                    throw new IOException("No space left on device");
                }
                return super.create(file);
            }
        };
        return new MmapStorage(data, full).open(new StorageContext("sample", "n1", SegmentSizes.MIN, 16 * 1024,
                LogListener.NONE));
    }

    private void assertReads() {
        List<LogEntry> expected = entries();
        try (ReadOnlyLog log = ReadOnlyLog.open(data)) {
            assertEquals(expected, log.read(1, log.lastIndex(), Long.MAX_VALUE));
        }
        List<LogEntry> written = new ArrayList<>();
        assertEquals(List.of(), LogDump.read(data, record -> written.add(record.entry())).damage());
        assertEquals(5, written.remove(7).distance(), "the one that was overwritten");
        assertEquals(expected, written);
    }

    private static void assertOpens(Storage storage) {
        List<LogEntry> expected = entries();
        try (LogReader reader = storage.log().reader()) {
            assertEquals(Optional.of(CONFIGURATION), storage.configuration());
            assertEquals(HARD_STATE, storage.hardState().read());
            assertTrue(storage.identity().boot() >= 2);
            assertEquals(expected.size(), storage.log().lastIndex());
            for (LogEntry entry : expected) {
                assertTrue(reader.seek(entry.index()));
                assertEquals(entry, reader.entry());
                assertEquals(entry.distance(), reader.distance());
            }
        }
    }

    @Test
    void whatIsWrittenNowIsWhatTheSampleHolds() throws IOException {
        write();
        Path kept = temporary.resolve("kept");
        SampleDirectory.unpack(IdentityFile.FORMAT, kept);
        assertEquals(names(kept), names(data));
        assertEquals(TestLogs.records(kept.resolve(MmapStorage.LOG)).stream().map(DumpedRecord::entry).toList(),
                TestLogs.records(data.resolve(MmapStorage.LOG)).stream().map(DumpedRecord::entry).toList());
        assertTrue(SampleDirectory.isKept(IdentityFile.FORMAT));
    }

    private static List<String> names(Path directory) {
        return SampleDirectory.files(directory).stream().map(file -> directory.relativize(file).toString()).toList();
    }

    /** Format 1 was never released: records without a distance. */
    @Test
    void formatOneIsRefusedInOneLineAndNeverTakenForDamage() throws IOException {
        SampleDirectory.unpack(1, data);
        SortedMap<Path, byte[]> before = contents();
        NodeStartException refused = assertThrows(NodeStartException.class, () -> open().close());
        assertEquals(EndCause.OTHER_FORMAT, refused.endCause());
        assertEquals(14, refused.endCause().exitCode());
        assertEquals(data.resolve("identity") + " has format 1, written by an earlier version; this one reads from 2 "
                + "on: start the version that wrote it", refused.getMessage());
        Path log = data.resolve(MmapStorage.LOG);
        for (Executable reading : List.<Executable>of(() -> MmapLog.open(log, TestLogs.SMALL, LogListener.NONE).close(),
                () -> LogDump.read(data, record -> { }), () -> LogDump.verify(data),
                () -> ReadOnlyLog.open(log).close())) {
            LogOpenException alone = assertThrows(LogOpenException.class, reading);
            assertEquals(EndCause.OTHER_FORMAT, alone.endCause());
            assertEquals(refused.getMessage().replace(data + "/", log + "/"), alone.getMessage());
            assertFalse(alone.getMessage().contains("\n"));
        }
        contents().forEach((file, bytes) -> assertArrayEquals(before.get(file), bytes, file.toString()));
        assertEquals(before.keySet(), contents().keySet());
    }

    private SortedMap<Path, byte[]> contents() throws IOException {
        SortedMap<Path, byte[]> contents = new TreeMap<>();
        for (Path file : SampleDirectory.files(data)) {
            contents.put(file, Files.readAllBytes(file));
        }
        return contents;
    }
}
