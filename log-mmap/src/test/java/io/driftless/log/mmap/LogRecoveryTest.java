package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogEntry;
import io.driftless.log.LogOpenException;
import io.driftless.log.LogReader;
import io.driftless.log.Opening;
import io.driftless.log.SyncFailedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an opening makes of files that are not as they were left. */
class LogRecoveryTest {

    @TempDir
    Path temporary;

    private Path directory = Path.of("");
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void chooseDirectory() {
        directory = temporary.resolve("log");
    }

    /** Entries 1..count, synced and closed. */
    private void write(int count, int payloadLength) {
        try (MmapLog log = TestLogs.open(directory)) {
            log.append(TestLogs.entries(1, count, 1, payloadLength));
        }
    }

    private MmapLog open() {
        return TestLogs.open(directory, TestLogs.warningsTo(warnings));
    }

    private void assertOpensUpTo(long last) {
        try (MmapLog log = open()) {
            assertEquals(last, log.lastIndex());
            assertEquals(TestLogs.entries(1, last, 1, 100), TestLogs.all(log));
        }
    }

    private String assertRefuses() {
        String message = assertThrows(LogCorruptException.class, () -> open().close()).getMessage();
        assertFalse(message.contains("\n"), message);
        return message;
    }

    @Test
    void aFlippedBitInAnyFieldOfASyncedRecordIsRefusedByFileOffsetAndIndex() {
        write(10, 100);
        DumpedRecord fifth = TestLogs.records(directory).get(4);
        int[] offsets = {-4, -1, 0, RecordFormat.CRC, RecordFormat.TYPE, RecordFormat.LENGTH, RecordFormat.INDEX,
            RecordFormat.TERM, RecordFormat.TIME, RecordFormat.SESSION, RecordFormat.SERIAL, RecordFormat.SEQUENCE,
            RecordFormat.DURABLE, RecordFormat.HEADER, RecordFormat.HEADER + 99};
        for (int offset : offsets) {
            for (int bits : new int[] {0x01, 0x40, 0x80}) {
                TestLogs.flip(fifth.file(), fifth.offset() + offset, bits);
                String message = assertRefuses();
                assertTrue(message.contains(fifth.file().toString()), message);
                assertTrue(message.contains("offset " + (fifth.offset() - 4)), message);
                assertTrue(message.contains("index 4"), message);
                TestLogs.flip(fifth.file(), fifth.offset() + offset, bits);
            }
        }
        assertOpensUpTo(10);
        assertEquals(List.of(), warnings);
    }

    @Test
    void aFlippedMetadataBitOnTheLastRecordDoesNotHideIt() {
        write(10, 100);
        DumpedRecord last = TestLogs.records(directory).get(9);
        TestLogs.flip(last.file(), last.offset() - 1, 0x40);
        assertTrue(assertRefuses().contains("metadata"));
    }

    @Test
    void aBadLastRecordThatWasNeverSyncedIsCutWithAWarning() throws IOException {
        write(10, 100);
        DumpedRecord last = TestLogs.records(directory).get(9);
        TestLogs.flip(last.file(), last.offset() + 80, 1);
        Files.delete(directory.resolve(DurableMark.FILE));
        byte[] tail = new byte[4 + RecordFormat.HEADER + 100];
        System.arraycopy(Files.readAllBytes(last.file()), (int) last.offset() - 4, tail, 0, tail.length);
        try (MmapLog log = open()) {
            assertTrue(log.opening().undecided(), "without a mark nobody knows whether it was synced");
            assertFalse(log.opening().cleanStop());
        }
        assertEquals(2, warnings.size());
        String cut = warnings.get(1);
        assertTrue(cut.contains("offset " + (last.offset() - 4)) && cut.contains("index 9")
                && cut.contains("undecided"), cut);
        Path kept = Path.of(cut.substring(cut.indexOf("are kept in ") + 12));
        assertArrayEquals(tail, Files.readAllBytes(kept));
        assertOpensUpTo(9);
        assertEquals(2, warnings.size(), "the torn tail is gone");
        try (MmapLog log = open()) {
            assertEquals(new Opening(true, KernelBoot.is(KernelBoot.id()), false, false), log.opening());
        }
    }

    @Test
    void aTailThatWasNotSyncedIsNotUndecidedWhileTheMachineRunsOn() throws IOException {
        AtomicBoolean broken = new AtomicBoolean();
        MmapLog log = TestLogs.open(directory, TestLogs.warningsTo(warnings), broken);
        log.append(TestLogs.entries(1, 5, 1, 100));
        log.sync();
        log.append(TestLogs.entries(6, 6, 1, 100));
        broken.set(true);
        assertThrows(SyncFailedException.class, log::sync);
        log.close();
        DumpedRecord last = TestLogs.records(directory).get(5);
        TestLogs.flip(last.file(), last.offset() + 80, 1);
        warnings.clear();
        try (MmapLog again = open()) {
            assertEquals(5, again.lastIndex());
            assertEquals(new Opening(false, KernelBoot.is(KernelBoot.id()), !KernelBoot.is(KernelBoot.id()), true),
                    again.opening());
        }
        assertEquals(2, warnings.size());
        assertTrue(warnings.get(0).contains("a sync had failed"), warnings.get(0));
    }

    @Test
    void aBadRecordWithoutAnUnwrittenPartIsDamageAlsoAboveTheMark() throws IOException {
        try (MmapLog log = TestLogs.open(directory)) {
            log.append(TestLogs.entries(1, 5, 1, 100));
            log.sync();
            // No word of this record is zero, so its writing was not cut short.
            log.append(List.of(new LogEntry(6, 1, -1, io.driftless.log.EntryType.COMMAND, -1, -1,
                    io.driftless.log.Bytes.utf8("x".repeat(200)))));
        }
        Files.delete(directory.resolve(DurableMark.FILE));
        DumpedRecord last = TestLogs.records(directory).get(5);
        for (int offset : new int[] {-4, -1, 0, RecordFormat.TYPE, RecordFormat.TERM, RecordFormat.SEQUENCE, 80, 271}) {
            TestLogs.flip(last.file(), last.offset() + offset, 0x40);
            assertTrue(assertRefuses().contains("index 5"));
            TestLogs.flip(last.file(), last.offset() + offset, 0x40);
        }
        assertEquals(List.of(), warnings);
    }

    @Test
    void oldCutBytesGoWhenThereAreMany() throws IOException {
        for (int i = 1; i <= CutBytes.FILES_MAX + 3; i++) {
            try (MmapLog log = open()) {
                log.append(TestLogs.entries(log.lastIndex() + 1, log.lastIndex() + 1, 1, 100));
                log.append(List.of(new LogEntry(log.lastIndex() + 1, 1, 0, io.driftless.log.EntryType.COMMAND, 0, 0,
                        io.driftless.log.Bytes.utf8("a record with words that are zero"))));
            }
            List<DumpedRecord> records = TestLogs.records(directory);
            DumpedRecord last = records.get(records.size() - 1);
            TestLogs.flip(last.file(), last.offset() + 80, 1);
            Files.delete(directory.resolve(DurableMark.FILE));
        }
        open().close();
        assertEquals(CutBytes.FILES_MAX, Disk.list(directory).stream()
                .filter(file -> file.getFileName().toString().startsWith(CutBytes.PREFIX)).count());
    }

    @Test
    void withoutAMarkALaterRecordProvesThatABadOneWasSynced() throws IOException {
        try (MmapLog log = TestLogs.open(directory)) {
            for (int i = 1; i <= 10; i++) {
                log.append(TestLogs.entries(i, i, 1, 100));
                log.sync();
            }
        }
        DumpedRecord fifth = TestLogs.records(directory).get(4);
        TestLogs.flip(fifth.file(), fifth.offset() + 80, 1);
        Files.delete(directory.resolve(DurableMark.FILE));
        assertTrue(assertRefuses().contains("were synced"));
    }

    @Test
    void aMissingMarkAloneDoesNoHarm() throws IOException {
        write(10, 100);
        Files.delete(directory.resolve(DurableMark.FILE));
        assertOpensUpTo(10);
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).startsWith(directory.resolve(DurableMark.FILE) + " is missing"), warnings.get(0));
        assertOpensUpTo(10);
        assertEquals(1, warnings.size());
    }

    @Test
    void aTruncatedFileIsRefused() throws IOException {
        write(10, 100);
        DumpedRecord fifth = TestLogs.records(directory).get(4);
        try (FileChannel channel = FileChannel.open(fifth.file(), StandardOpenOption.WRITE)) {
            channel.truncate(fifth.offset() + 50);
        }
        assertTrue(assertRefuses().contains("index 4"));
        try (FileChannel channel = FileChannel.open(fifth.file(), StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        assertRefuses();
    }

    @Test
    void aMissingSegmentIsRefusedWhicheverItIs() throws IOException {
        write(2_000, 500);
        List<Path> segments = TestLogs.segmentDirectories(directory);
        assertTrue(segments.size() >= 3, "only " + segments.size() + " segments");
        for (Path segment : segments) {
            Path aside = temporary.resolve("aside");
            Files.move(segment, aside);
            assertTrue(assertRefuses().contains(segment.toString()));
            Files.move(aside, segment);
        }
        try (MmapLog log = open()) {
            assertEquals(2_000, log.lastIndex());
        }
    }

    @Test
    void aBadRecordInASealedSegmentIsRefusedAlsoWhenItWasSuperseded() {
        try (MmapLog log = TestLogs.open(directory)) {
            // 1..205 and a little fill the first segment; the second goes on with what supersedes its end.
            log.append(TestLogs.entries(1, 205, 1, 1_000));
            log.overwrite(190, TestLogs.entries(190, 230, 2, 1_000));
        }
        List<DumpedRecord> records = TestLogs.records(directory);
        Path sealed = records.get(0).file();
        DumpedRecord superseded = records.get(200);
        assertTrue(superseded.file().equals(sealed) && !records.get(245).file().equals(sealed));
        TestLogs.flip(superseded.file(), superseded.offset() + 80, 1);
        assertTrue(assertRefuses().contains(sealed + " is damaged at offset " + (superseded.offset() - 4)));
    }

    @Test
    void aSegmentOfAnotherLogOrAnotherPlaceIsRefused() throws IOException {
        write(10, 100);
        Path other = temporary.resolve("other");
        try (MmapLog log = TestLogs.open(other)) {
            log.append(TestLogs.entries(1, 10, 1, 100));
        }
        Path ours = TestLogs.queueFile(TestLogs.segmentDirectories(directory).get(0));
        Path theirs = TestLogs.queueFile(TestLogs.segmentDirectories(other).get(0));
        byte[] kept = Files.readAllBytes(ours);
        Files.write(ours, Files.readAllBytes(theirs));
        assertTrue(assertRefuses().contains(ours.toString()));
        Files.write(ours, kept);
        assertOpensUpTo(10);
    }

    @Test
    void aLogInsideAPayloadIsNotTakenForRecords() throws IOException {
        write(3, 100);
        byte[] image = Files.readAllBytes(TestLogs.queueFile(TestLogs.segmentDirectories(directory).get(0)));
        byte[] payload = java.util.Arrays.copyOfRange(image, 33_000, 33_000 + 2_000);
        LogEntry fourth = new LogEntry(4, 1, 0, io.driftless.log.EntryType.COMMAND, 0, 0,
                io.driftless.log.Bytes.wrap(payload));
        try (MmapLog log = open()) {
            log.append(List.of(fourth));
        }
        DumpedRecord last = TestLogs.records(directory).get(3);
        TestLogs.flip(last.file(), last.offset() + RecordFormat.TIME, 1);
        Files.delete(directory.resolve(DurableMark.FILE));
        assertOpensUpTo(3);
    }

    @Test
    void aDamagedOrMissingManifestIsRefused() throws IOException {
        write(10, 100);
        Path manifest = directory.resolve(Manifest.FILE);
        byte[] kept = Files.readAllBytes(manifest);
        for (int offset = 0; offset < kept.length; offset += 7) {
            TestLogs.flip(manifest, offset, 0x10);
            assertTrue(assertRefuses().contains(manifest.toString()));
            TestLogs.flip(manifest, offset, 0x10);
        }
        Files.delete(manifest);
        assertTrue(assertRefuses().contains(manifest.toString()));
        Files.write(manifest, kept);
        assertOpensUpTo(10);
    }

    @Test
    void aDamagedOrMissingIdentityIsRefused() throws IOException {
        write(10, 100);
        Path identity = directory.resolve(IdentityFile.FILE);
        byte[] kept = Files.readAllBytes(identity);
        TestLogs.flip(identity, 12, 1);
        assertTrue(assertRefuses().contains(identity.toString()));
        Files.delete(identity);
        assertTrue(assertRefuses().contains(identity.toString()));
        Files.write(identity, kept);
        assertOpensUpTo(10);
    }

    @Test
    void anotherFormatIsRefusedWithItsNumberWhicheverItIs() throws IOException {
        write(1, 100);
        Path identity = directory.resolve(IdentityFile.FILE);
        byte[] kept = Files.readAllBytes(identity);
        for (int format : new int[] {IdentityFile.FORMAT_MIN - 1, IdentityFile.FORMAT + 1}) {
            String text = Files.readString(identity).replace("format=" + IdentityFile.FORMAT, "format=" + format);
            text = text.substring(0, text.indexOf("crc32c="));
            java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
            crc.update(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            Files.writeString(identity, text + "crc32c=" + String.format("%08x", crc.getValue()) + "\n");
            LogOpenException refused = assertThrows(LogOpenException.class, () -> open().close());
            assertEquals(EndCause.OTHER_FORMAT, refused.endCause());
            assertTrue(refused.getMessage().contains("format " + format), refused.getMessage());
            Files.write(identity, kept);
        }
        assertOpensUpTo(1);
    }

    @Test
    void anUnfinishedCreationIsBegunAgain() throws IOException {
        write(1, 100);
        Files.delete(directory.resolve(IdentityFile.FILE));
        Disk.REAL.deleteDirectory(TestLogs.segmentDirectories(directory).get(0));
        try (MmapLog log = open()) {
            assertEquals(0, log.lastIndex());
        }
    }

    @Test
    void aSegmentThatIsNotListedIsALeftoverAndRemoved() throws IOException {
        write(5, 100);
        Path leftover = Segment.directory(directory, 77);
        Disk.REAL.createDirectory(leftover);
        Files.write(leftover.resolve("19700101-00LX.cq4"), new byte[5_000]);
        assertOpensUpTo(5);
        assertFalse(Files.exists(leftover));
        assertOpensUpTo(5);
    }

    @Test
    void aRefusedOpeningChangesNoFile() throws IOException {
        write(2_000, 500);
        DumpedRecord some = TestLogs.records(directory).get(1_000);
        TestLogs.flip(some.file(), some.offset() + 90, 1);
        Map<Path, byte[]> before = contents();
        assertRefuses();
        Map<Path, byte[]> after = contents();
        assertEquals(before.keySet(), after.keySet());
        before.forEach((file, bytes) -> assertTrue(java.util.Arrays.equals(bytes, after.get(file)), file.toString()));
    }

    private Map<Path, byte[]> contents() throws IOException {
        Map<Path, byte[]> contents = new java.util.TreeMap<>();
        try (java.util.stream.Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file, Files.readAllBytes(file));
            }
        }
        return contents;
    }

    @Test
    void aFailedSyncIsFinalAndWhatWasNotDurableIsRewrittenAtTheNextOpening() {
        AtomicBoolean broken = new AtomicBoolean();
        Disk disk = new ForcingDisk((mapping, from, length) -> {
            if (broken.get()) {
                throw new java.io.UncheckedIOException(new IOException("Input/output error"));
            }
            mapping.force(from, length);
        });
        MmapLog log = MmapLog.open(directory, TestLogs.SMALL, warnings::add, disk);
        log.append(TestLogs.entries(1, 5, 1, 100));
        log.sync();
        log.append(TestLogs.entries(6, 8, 1, 100));
        broken.set(true);
        SyncFailedException failed = assertThrows(SyncFailedException.class, log::sync);
        assertEquals(EndCause.FAILED_SYNC, failed.endCause());
        broken.set(false);
        assertThrows(SyncFailedException.class, log::sync);
        assertThrows(SyncFailedException.class, () -> log.append(TestLogs.entries(9, 9, 1, 100)));
        assertThrows(SyncFailedException.class, () -> log.overwrite(3, TestLogs.entries(3, 3, 2, 100)));
        assertThrows(SyncFailedException.class, () -> log.compact(2));
        assertThrows(SyncFailedException.class, () -> log.reset(2, 1));
        assertEquals(5, log.durableIndex());
        try (LogReader reader = log.reader()) {
            assertTrue(reader.seek(5), "durable entries stay readable");
            assertFalse(reader.seek(6));
            assertEquals(5, reader.read(1, 8, 1 << 20).size());
        }
        log.close();
        String oldSegment = TestLogs.segmentDirectories(directory).get(0).toString();
        assertOpensUpTo(8);
        assertTrue(TestLogs.records(directory).stream()
                .noneMatch(record -> record.file().startsWith(oldSegment)), "served from the old file");
    }

    @Test
    void aMarkThatCannotBeForcedIsAFailedSyncToo() {
        AtomicBoolean broken = new AtomicBoolean();
        Disk disk = new ForcingDisk((mapping, from, length) -> {
            if (broken.get() && mapping.capacity() == 4096) {
                throw new java.io.UncheckedIOException(new IOException("Input/output error"));
            }
            mapping.force(from, length);
        });
        MmapLog log = MmapLog.open(directory, TestLogs.SMALL, warnings::add, disk);
        broken.set(true);
        assertThrows(SyncFailedException.class, () -> log.append(TestLogs.entries(1, 2_000, 1, 500)));
        broken.set(false);
        assertThrows(SyncFailedException.class, log::sync);
        log.close();
        try (MmapLog again = MmapLog.open(temporary.resolve("another"), TestLogs.SMALL, warnings::add, disk)) {
            broken.set(true);
            assertThrows(SyncFailedException.class, () -> again.reset(5, 1));
            assertThrows(SyncFailedException.class, again::sync);
        }
    }

    @Test
    void entriesAboveTheMarkAreCopiedIntoTheNewSegmentAndTheOldOneEndsBeforeThem() throws IOException {
        try (MmapLog log = TestLogs.open(directory)) {
            log.append(TestLogs.entries(1, 1_000, 1, 100));
            log.sync();
            log.append(TestLogs.entries(1_001, 1_010, 1, 100));
            log.overwrite(991, TestLogs.entries(991, 1_010, 1, 100));
        }
        Files.delete(directory.resolve(DurableMark.FILE));
        assertOpensUpTo(1_010);
        List<DumpedRecord> records = TestLogs.records(directory);
        Path old = records.get(0).file();
        assertEquals(1_000, records.stream().filter(record -> record.file().equals(old))
                .count(), "records that may not be durable count");
        assertEquals(991, records.get(1_000).entry().index());
        assertEquals(1_020, records.size());
        assertOpensUpTo(1_010);
    }
}
