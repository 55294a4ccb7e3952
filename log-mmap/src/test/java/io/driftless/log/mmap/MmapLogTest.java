package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.log.LogEntry;
import io.driftless.log.LogFullException;
import io.driftless.log.LogOpenException;
import io.driftless.log.LogReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.SparseRollCycles;
import net.openhft.chronicle.wire.DocumentContext;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The log's own properties, beyond the contract. */
class MmapLogTest {

    @TempDir
    Path directory;

    @Test
    void aSecondOpeningIsRefusedInThisProcessAndStillInAnother() throws IOException, InterruptedException {
        try (MmapLog log = TestLogs.open(directory)) {
            LogOpenException refused = assertThrows(LogOpenException.class, () ->
                    TestLogs.open(directory.resolve("../" + directory.getFileName())));
            assertEquals(EndCause.DATA_LOCKED, refused.endCause());
            assertTrue(refused.getMessage().contains("another node or log here owns it"), refused.getMessage());
            // The same lock by another name, as behind a bind mount or another class loader.
            Path again = Files.createDirectory(directory.resolveSibling(directory.getFileName() + "-again"));
            Files.createLink(again.resolve("lock"), directory.resolve("lock"));
            assertEquals(EndCause.DATA_LOCKED, assertThrows(LogOpenException.class, () ->
                    DirectoryLock.take(again)).endCause());
            Files.delete(again.resolve("lock"));
            Files.delete(again);
            Process other = Jvm.start(OpeningProcess.class, directory.toString());
            try (BufferedReader out = other.inputReader(StandardCharsets.UTF_8)) {
                assertEquals("refused DATA_LOCKED " + directory
                        + " is in use by process " + ProcessHandle.current().pid()
                        + ": stop that process, or use another directory",
                        out.readLine());
            }
            other.waitFor();
            log.append(TestLogs.entries(1, 1, 1, 10));
        }
        TestLogs.open(directory).close();
    }

    @Test
    void withoutTheFlagsItSaysInOneLineWhichAreMissing() throws IOException, InterruptedException {
        Process bare = Jvm.start(false, jar -> true, OpeningProcess.class, directory.toString());
        try (BufferedReader out = bare.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            assertTrue(line.startsWith("refused CONFIGURATION ")
                    && line.contains("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED"), line);
            assertNull(out.readLine());
        }
        bare.waitFor();
    }

    @Test
    void itsFileNamesDoNotDependOnTheLocale() throws IOException {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("fa-IR"));
            assertEquals("\u06f7", String.format("%d", 7), "a locale with digits of its own");
            TestLogs.open(directory).close();
        } finally {
            Locale.setDefault(before);
        }
        assertTrue(Files.isDirectory(directory.resolve("segment-0000000001")), Disk.list(directory).toString());
        TestLogs.open(directory).close();
    }

    @Test
    void aSegmentIsAQueueThatChronicleReads() throws IOException {
        try (MmapLog log = TestLogs.open(directory)) {
            log.append(TestLogs.entries(1, 2_000, 1, 300));
        }
        TestLogs.open(directory).close();
        List<DumpedRecord> records = TestLogs.records(directory);
        for (Path segment : TestLogs.segmentDirectories(directory)) {
            List<String> expected = records.stream().filter(record -> record.file().startsWith(segment))
                    .map(record -> record.entry().index() + " " + record.sequence() + " "
                            + Arrays.hashCode(record.entry().payload().toByteArray())).toList();
            List<String> found = new ArrayList<>();
            try (SingleChronicleQueue queue = SingleChronicleQueueBuilder.binary(segment).readOnly(true)
                    .rollCycle(SparseRollCycles.LARGE_HOURLY_XSPARSE).timeProvider(() -> 0L).build();
                    ExcerptTailer tailer = queue.createTailer()) {
                while (true) {
                    try (DocumentContext document = tailer.readingDocument()) {
                        if (!document.isPresent()) {
                            break;
                        }
                        byte[] header = new byte[RecordFormat.HEADER];
                        document.wire().bytes().read(header);
                        byte[] payload = document.wire().bytes().toByteArray();
                        if (header[RecordFormat.TYPE] != RecordFormat.SEGMENT_TYPE) {
                            found.add(RecordFormat.longAt(header, RecordFormat.INDEX) + " "
                                    + RecordFormat.longAt(header, RecordFormat.SEQUENCE) + " "
                                    + Arrays.hashCode(payload));
                        }
                    }
                }
            }
            assertEquals(expected, found);
        }
    }

    /** On which the {@link RecordingDisk} relies. */
    @Test
    void chronicleStoresTheHeaderOfADocumentAfterItsContent() throws IOException {
        try (SingleChronicleQueue queue = SingleChronicleQueueBuilder.binary(directory).blockSize(SegmentSizes.MIN)
                .rollCycle(SparseRollCycles.LARGE_HOURLY_XSPARSE).timeProvider(() -> 0L).build();
                ExcerptAppender appender = queue.createAppender()) {
            for (int i = 0; i < 3; i++) {
                try (DocumentContext document = appender.writingDocument()) {
                    int at = (int) document.wire().bytes().writePosition();
                    document.wire().bytes().write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
                    byte[] file = Files.readAllBytes(TestLogs.queueFile(directory));
                    assertEquals(0, RecordFormat.intAt(file, at - 4));
                    assertEquals(8, file[at + 7]);
                }
            }
        }
    }

    @Test
    void aSyncForcesOnlyWhatWasWrittenSinceTheLast() {
        AtomicInteger bytes = new AtomicInteger();
        AtomicInteger calls = new AtomicInteger();
        Disk disk = new ForcingDisk((mapping, from, length) -> {
            calls.incrementAndGet();
            bytes.set(length);
            mapping.force(from, length);
        });
        try (MmapLog log = MmapLog.open(directory, TestLogs.SMALL, message -> { }, disk)) {
            calls.set(0);
            log.append(TestLogs.entries(1, 10, 1, 100));
            log.sync();
            assertEquals(10 * (4 + RecordFormat.HEADER + 100), bytes.get());
            log.append(TestLogs.entries(11, 11, 1, 100));
            log.sync();
            assertEquals(4 + RecordFormat.HEADER + 100, bytes.get());
            log.sync();
            assertEquals(2, calls.get(), "nothing was written in between");
        }
    }

    @Test
    void compactionFirstSyncsWhatSupersedesSyncedEntriesThatItDrops() {
        try (MmapLog log = TestLogs.open(directory)) {
            while (TestLogs.segmentDirectories(directory).size() < 2 || log.durableIndex() < 10) {
                log.append(TestLogs.entries(log.lastIndex() + 1, log.lastIndex() + 1, 1, 10_000));
            }
            long from = log.durableIndex() - 3;
            log.overwrite(from, TestLogs.entries(from, from, 2, 100));
            assertEquals(from - 1, log.durableIndex());
            log.compact(from - 1);
            assertEquals(from, log.firstIndex());
            assertEquals(from, log.durableIndex());
        }
    }

    @Test
    void anOverwriteDuringASyncIsNotTakenForDurable() {
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> { });
        Disk disk = new ForcingDisk((mapping, from, length) -> {
            mapping.force(from, length);
            meanwhile.getAndSet(() -> { }).run();
        });
        try (MmapLog log = MmapLog.open(directory, TestLogs.SMALL, message -> { }, disk)) {
            log.append(TestLogs.entries(1, 10, 1, 100));
            meanwhile.set(() -> log.overwrite(4, TestLogs.entries(4, 20, 2, 100)));
            long covered = log.sync();
            assertEquals(3, log.durableIndex());
            assertEquals(covered + 17, log.sync());
            assertEquals(20, log.durableIndex());
        }
    }

    /** Runs something when it is iterated for the second time, at its second element: in the middle of a write. */
    private static List<LogEntry> interrupted(List<LogEntry> entries, Runnable meanwhile) {
        AtomicInteger seen = new AtomicInteger();
        return new AbstractList<>() {
            @Override
            public LogEntry get(int index) {
                if (index == 1 && seen.incrementAndGet() == 2) {
                    meanwhile.run();
                }
                return entries.get(index);
            }

            @Override
            public int size() {
                return entries.size();
            }
        };
    }

    @Test
    void aSyncDuringAnOverwriteDoesNotTakeWhatWasSupersededForDurable() {
        try (MmapLog log = TestLogs.open(directory)) {
            log.append(TestLogs.entries(1, 10, 1, 100));
            log.overwrite(4, interrupted(TestLogs.entries(4, 5, 2, 100), log::sync));
            assertEquals(5, log.lastIndex());
            assertEquals(3, log.durableIndex());
            log.sync();
            assertEquals(5, log.durableIndex());
        }
    }

    /** A disk on which no file can be made while {@code full} is set; nothing happens in the background. */
    private static Disk fullWhile(AtomicBoolean full) {
        return new Disk() {
            @Override
            Output create(Path file) throws IOException {
                if (full.get()) {
                    throw new IOException("No space left on device");
                }
                return super.create(file);
            }

            @Override
            ExecutorService background(String name) {
                return new DirectExecutor();
            }
        };
    }

    @Test
    void anOverwriteThatFillsASegmentReturnsWithNewEntriesDurable() {
        try (MmapLog log = TestLogs.open(directory)) {
            log.append(TestLogs.entries(1, 100, 1, 10));
            log.sync();
            log.overwrite(5, TestLogs.entries(5, 60, 2, 10_000));
            long durable = log.durableIndex();
            assertTrue(durable >= 5 && durable < 60, "durable up to " + durable);
        }
    }

    @Test
    void aDiskThatWasFullWhenTheNextSegmentWasPreparedIsTriedAgainWhenItIsNeeded() {
        AtomicBoolean full = new AtomicBoolean();
        try (MmapLog log = MmapLog.open(directory, TestLogs.SMALL, message -> { }, fullWhile(full))) {
            full.set(true);
            log.append(TestLogs.entries(1, 10, 1, 10_000));
            full.set(false);
            log.append(TestLogs.entries(11, 40, 1, 10_000));
            assertEquals(2, TestLogs.segmentDirectories(directory).size() - 1, "one of them is prepared");
            full.set(true);
            assertThrows(LogFullException.class, () -> log.append(TestLogs.entries(41, 90, 1, 10_000)));
            full.set(false);
            log.append(TestLogs.entries(log.lastIndex() + 1, 90, 1, 10_000));
            assertEquals(TestLogs.entries(1, 90, 1, 10_000), TestLogs.all(log));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void compactionGivesSpaceBackWhenTheLastReaderLeavesWithoutACollection() throws IOException {
        try (MmapLog log = MmapLog.open(directory, TestLogs.SMALL, message -> { }, fullWhile(new AtomicBoolean()));
                LogReader reader = log.reader()) {
            log.append(TestLogs.entries(1, 2_000, 1, 500));
            log.sync();
            assertTrue(reader.seek(1));
            DirectBuffer payload = reader.payload();
            log.compact(1_900);
            assertTrue(log.firstIndex() > 1 && log.firstIndex() <= 1_901);
            byte expected = TestLogs.entry(1, 1, 500).payload().at(7);
            assertEquals(expected, payload.getByte(7), "a payload stays valid until its reader moves on");
            assertEquals(1, deletedMappings(), "only the segment that the reader stands on");
            assertFalse(reader.seek(1));
            assertTrue(reader.seek(1_950));
            assertEquals(0, deletedMappings());
        }
    }

    /** What is removed may take half a second: neither the log's owner nor a reader waits for that. */
    @Test
    void compactionAndResetDoNotWaitForTheRemoval() throws IOException {
        CountDownLatch allowed = new CountDownLatch(1);
        Disk slow = new Disk() {
            @Override
            void delete(Path path) throws IOException {
                if (Thread.currentThread().getName().equals("driftless-log-removal")) {
                    await(allowed);
                }
                super.delete(path);
            }
        };
        try (MmapLog log = MmapLog.open(directory, TestLogs.SMALL, message -> { }, slow);
                LogReader reader = log.reader()) {
            log.append(TestLogs.entries(1, 2_000, 1, 500));
            log.sync();
            assertTrue(reader.seek(1));
            DirectBuffer payload = reader.payload();
            int before = TestLogs.segmentDirectories(directory).size();
            log.compact(1_900);
            long first = log.firstIndex();
            assertTrue(first > 1_000 && first <= 1_901, "compacted up to " + first);
            assertEquals(before, TestLogs.segmentDirectories(directory).size(), "nothing is removed yet");
            assertEquals(TestLogs.entry(1, 1, 500).payload().at(7), payload.getByte(7));
            assertFalse(reader.seek(1));
            assertEquals(first - 1, LogDump.verify(directory).boundary(), "the manifest comes first");
            log.append(TestLogs.entries(2_001, 3_000, 1, 500));
            log.reset(5_000, 2);
            log.append(TestLogs.entries(5_001, 5_500, 2, 500));
            log.sync();
            assertEquals(5_500, log.durableIndex());
            allowed.countDown();
        }
        assertEquals(List.of(), LogDump.verify(directory).damage());
        assertEquals(5_000, LogDump.verify(directory).boundary());
        assertEquals(LogDump.verify(directory).segments(), TestLogs.segmentDirectories(directory).size(),
                "the closing waits for the removal");
    }

    private static void await(CountDownLatch allowed) {
        try {
            assertTrue(allowed.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aResetOnADiskThatWasFullIsTriedAgain() {
        AtomicBoolean full = new AtomicBoolean();
        try (MmapLog log = MmapLog.open(directory, TestLogs.SMALL, message -> { }, fullWhile(full))) {
            full.set(true);
            log.append(TestLogs.entries(1, 10, 1, 10_000));
            log.sync();
            assertThrows(LogFullException.class, () -> log.reset(100, 7));
            assertEquals(TestLogs.entries(1, 10, 1, 10_000), TestLogs.all(log));
            full.set(false);
            log.reset(100, 7);
            log.append(TestLogs.entries(101, 140, 7, 10_000));
            assertEquals(TestLogs.entries(101, 140, 7, 10_000), TestLogs.all(log));
        }
    }

    /** How many of the log's own mappings are of deleted files. Chronicle lets its mappings go in the background. */
    private long deletedMappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains(directory.toString()) && line.contains(".cq4 (deleted)"))
                .map(line -> line.substring(line.indexOf('/'))).distinct().count();
    }

    @Test
    void leavesNoThreadBehind() throws InterruptedException {
        try (MmapLog log = TestLogs.open(directory)) {
            log.append(TestLogs.entries(1, 2_000, 1, 500));
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().contains("driftless-log") || thread.getName().contains("background")) {
                // It has done its last work, which the closing waits for, but may not have ended yet.
                assertTrue(thread.join(Duration.ofSeconds(60)), thread.getName() + " is left");
            }
        }
    }

    @Test
    void refusesAnEntryThatIsTooLong() {
        try (MmapLog log = TestLogs.open(directory)) {
            int tooLong = MmapLog.ENTRY_BYTES_MAX + 1;
            assertThrows(IllegalArgumentException.class, () -> log.append(TestLogs.entries(1, 1, 1, tooLong)));
            assertEquals(0, log.lastIndex());
        }
        assertThrows(IllegalArgumentException.class, () -> new MmapLogOptions(SegmentSizes.MIN, SegmentSizes.MIN / 4));
        assertThrows(IllegalArgumentException.class, () -> new MmapLogOptions(1_000, 10));
    }

    @Test
    void takesTheLargestEntryThatASegmentCanHold() {
        int largest = SegmentSizes.payloadBytesMax(SegmentSizes.MIN);
        MmapLogOptions options = new MmapLogOptions(SegmentSizes.MIN, largest);
        List<LogEntry> entries = TestLogs.entries(1, 9, 1, largest);
        try (MmapLog log = MmapLog.open(directory, options, message -> { })) {
            log.append(entries);
            assertEquals(entries, TestLogs.all(log));
        }
        try (MmapLog log = MmapLog.open(directory, options, message -> { })) {
            assertEquals(entries, TestLogs.all(log));
        }
    }

    @Test
    void opensUnderAnotherSegmentSize() throws IOException {
        MmapLogOptions large = new MmapLogOptions(1 << 20, 100_000);
        try (MmapLog log = MmapLog.open(directory, large, message -> { })) {
            log.append(TestLogs.entries(1, 9, 1, 90_000));
        }
        Files.delete(directory.resolve(DurableMark.FILE));
        try (MmapLog log = TestLogs.open(directory)) {
            assertEquals(TestLogs.entries(1, 9, 1, 90_000), TestLogs.all(log));
            log.append(TestLogs.entries(10, 200, 1, 9_000));
        }
        try (MmapLog log = MmapLog.open(directory, large, message -> { })) {
            assertEquals(200, log.lastIndex());
        }
    }

    @Test
    void readsDamageThatHappensWhileItIsOpenAsDamage() {
        try (MmapLog log = TestLogs.open(directory); LogReader reader = log.reader()) {
            log.append(TestLogs.entries(1, 10, 1, 100));
            log.sync();
            DumpedRecord fifth = TestLogs.records(directory).get(4);
            TestLogs.flip(fifth.file(), fifth.offset() + 100, 1);
            String message = assertThrows(io.driftless.log.LogCorruptException.class, () -> reader.seek(5))
                    .getMessage();
            assertTrue(message.contains("index 5") && message.contains("offset " + fifth.offset()), message);
            assertTrue(reader.seek(6));
            TestLogs.flip(fifth.file(), fifth.offset() + 100, 1);
        }
    }
}
