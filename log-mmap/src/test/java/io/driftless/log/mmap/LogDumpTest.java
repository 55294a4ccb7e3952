package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.LogCorruptException;
import io.driftless.log.LogDamage;
import io.driftless.log.LogEntry;
import io.driftless.log.LogListener;
import io.driftless.log.Storage;
import io.driftless.log.StorageContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogDumpTest {

    @TempDir
    Path directory;

    @Test
    void showsTheRecordsOfADataDirectoryAndOfALogAlsoWhileItIsOpen() {
        try (Storage storage = MmapStorage.at(directory)
                .open(new StorageContext("c", "n1", SegmentSizes.MIN, 16 * 1024, LogListener.NONE))) {
            storage.log().append(TestLogs.entries(1, 3, 1, 10));
            storage.log().sync();
            storage.log().overwrite(2, TestLogs.entries(2, 2, 2, 10));
            for (Path dir : List.of(directory, directory.resolve("log"))) {
                List<DumpedRecord> records = new ArrayList<>();
                LogDump.Summary summary = LogDump.read(dir, records::add);
                List<LogEntry> expected = TestLogs.entries(1, 3, 1, 10);
                expected.addAll(TestLogs.entries(2, 2, 2, 10));
                assertEquals(expected, records.stream().map(DumpedRecord::entry).toList());
                assertEquals(List.of(1L, 2L, 3L, 4L), records.stream().map(DumpedRecord::sequence).toList());
                assertEquals(3, records.get(3).durableSequence());
                assertTrue(records.stream().allMatch(DumpedRecord::live));
                assertEquals(2, summary.lastIndex());
                assertEquals(4, summary.lastSequence());
                assertEquals(3, summary.durableSequence());
                assertEquals(4, summary.records());
                assertEquals(List.of(), summary.damage());
                assertEquals(List.of(directory.resolve("log")
                        + " is in use by this process: what is shown here is a moment of the past"), summary.notes());
            }
        }
    }

    @Test
    void namesDamageAndGoesOnBehindIt() {
        try (MmapLog log = TestLogs.open(directory)) {
            log.append(TestLogs.entries(1, 2_000, 1, 500));
        }
        DumpedRecord tenth = TestLogs.records(directory).get(9);
        TestLogs.flip(tenth.file(), tenth.offset() + 80, 1);
        List<DumpedRecord> records = new ArrayList<>();
        LogDump.Summary summary = LogDump.read(directory, records::add);
        assertEquals(1, summary.damage().size());
        LogDamage damage = summary.damage().get(0);
        assertEquals(new LogDamage(tenth.file(), tenth.offset() - 4, 10, 10, 10, damage.reason()), damage);
        assertEquals(2_000, summary.lastIndex());
        assertEquals(1_999, records.size(), "all but the one that is damaged");
    }

    @Test
    void saysThatThereIsNoLog() {
        assertTrue(assertThrows(LogCorruptException.class, () -> LogDump.read(directory, record -> { })).getMessage()
                .contains("holds no log"));
    }

    @Test
    void worksWithoutChronicleAndWithoutFlags() throws IOException, InterruptedException {
        try (MmapLog log = TestLogs.open(directory)) {
            log.append(TestLogs.entries(1, 2, 1, 10));
        }
        Process bare = Jvm.start(false, jar -> !jar.contains("openhft")
                && !jar.contains("agrona"), DumpingProcess.class, directory.toString());
        try (BufferedReader out = bare.inputReader(StandardCharsets.UTF_8)) {
            assertEquals(List.of("1 1", "2 1", "damage 0"), out.lines().toList());
        }
        assertEquals(0, bare.waitFor());
    }
}
