package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading a log that is not open. */
class ReadOnlyLogTest {

    @TempDir
    Path directory;

    private void write(int count, int payloadLength) {
        try (MmapLog log = TestLogs.open(directory)) {
            log.append(TestLogs.entries(1, count, 1, payloadLength));
        }
    }

    private static List<LogEntry> all(ReadOnlyLog log) {
        List<LogEntry> all = new ArrayList<>();
        while (log.firstIndex() + all.size() <= log.lastIndex()) {
            all.addAll(log.read(log.firstIndex() + all.size(), log.lastIndex(), 100_000));
        }
        return all;
    }

    @Test
    void servesAWholeLogAndChangesNothing() throws IOException {
        write(2_000, 500);
        Map<Path, Object> before = attributes();
        try (ReadOnlyLog log = MmapLog.openReadOnly(directory)) {
            assertEquals(TestLogs.entries(1, 2_000, 1, 500), all(log));
            assertEquals(Optional.of(TestLogs.entry(1_234, 1, 500)), log.entry(1_234));
            assertEquals(Optional.empty(), log.entry(2_001));
            assertEquals(1, log.termAt(2_000));
            assertEquals(Optional.empty(), log.damage());
            assertEquals(List.of(), log.notes());
        }
        assertEquals(before, attributes());
    }

    private Map<Path, Object> attributes() throws IOException {
        Map<Path, Object> attributes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                attributes.put(file, Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
        }
        return attributes;
    }

    @Test
    void servesWhatLiesBeforeTheDamageAndNamesIt() {
        write(2_000, 500);
        DumpedRecord bad = TestLogs.records(directory).get(1_499);
        TestLogs.flip(bad.file(), bad.offset() + 90, 4);
        try (ReadOnlyLog log = ReadOnlyLog.open(directory)) {
            assertEquals(TestLogs.entries(1, 1_499, 1, 500), all(log));
            assertEquals(bad.file(), log.damage().get().file());
            assertEquals(bad.offset() - 4, log.damage().get().offset());
            assertEquals(1_500, log.damage().get().firstIndex());
            assertEquals(1_500, log.damage().get().lastSequence());
        }
    }

    @Test
    void seesDamageThatHappensAfterTheOpening() {
        write(2_000, 500);
        DumpedRecord bad = TestLogs.records(directory).get(1_499);
        try (ReadOnlyLog log = ReadOnlyLog.open(directory)) {
            TestLogs.flip(bad.file(), bad.offset() + 90, 4);
            String message = assertThrows(LogCorruptException.class, () -> log.entry(1_500)).getMessage();
            assertTrue(message.contains(bad.file().toString()) && message.contains("index 1500"), message);
            assertEquals(TestLogs.entry(1_501, 1, 500), log.entry(1_501).get());
        }
    }

    @Test
    void servesATornTailAsTheOpeningWouldAndSaysSo() throws IOException {
        write(10, 100);
        DumpedRecord last = TestLogs.records(directory).get(9);
        TestLogs.flip(last.file(), last.offset() + 90, 4);
        Files.delete(directory.resolve(DurableMark.FILE));
        try (ReadOnlyLog log = ReadOnlyLog.open(directory)) {
            assertEquals(9, log.lastIndex());
            assertEquals(Optional.empty(), log.damage());
            assertEquals(2, log.notes().size());
            assertTrue(log.notes().get(1).contains("torn tail") && log.notes().get(1).contains("undecided"),
                    log.notes().get(1));
        }
    }

    @Test
    void goesOnReadingWhatTheOwnerOverwritesCompactsAndCloses() {
        try (MmapLog owner = TestLogs.open(directory)) {
            owner.append(TestLogs.entries(1, 2_000, 1, 500));
            owner.sync();
            try (ReadOnlyLog log = ReadOnlyLog.open(directory)) {
                assertTrue(log.notes().get(0).contains("in use by this process"), log.notes().get(0));
                owner.overwrite(1_990, TestLogs.entries(1_990, 2_500, 2, 500));
                owner.sync();
                owner.compact(1_900);
                assertEquals(TestLogs.entries(1, 2_000, 1, 500), all(log));
            }
        }
    }

    @Test
    void neverTakesAWriterAtWorkForDamage() throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        try (MmapLog owner = TestLogs.open(directory)) {
            owner.append(TestLogs.entries(1, 10, 1, 300));
            Thread looker = new Thread(() -> {
                try {
                    while (done.getCount() > 0) {
                        LogDump.Summary summary = LogDump.verify(directory);
                        assertEquals(List.of(), summary.damage());
                        try (ReadOnlyLog log = ReadOnlyLog.open(directory)) {
                            assertEquals(Optional.empty(), log.damage());
                            log.read(log.firstIndex(), log.lastIndex(), 10_000);
                        }
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            looker.start();
            for (int round = 0; round < 300; round++) {
                long last = owner.lastIndex();
                owner.append(TestLogs.entries(last + 1, last + 20, round + 1, 300));
                owner.sync();
                owner.overwrite(last, TestLogs.entries(last, last + 3, round + 1, 700));
                if (round % 20 == 0) {
                    owner.sync();
                    owner.compact(owner.durableIndex() - 100 > owner.firstIndex() ? owner.durableIndex() - 100 : 0);
                }
            }
            done.countDown();
            looker.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("a healthy log was not read", failure.get());
        }
    }

    @Test
    void namesTheProcessThatOwnsTheLog() throws IOException, InterruptedException {
        write(3, 10);
        Process other = Jvm.start(OwningProcess.class, directory.toString());
        try (BufferedReader out = other.inputReader(StandardCharsets.UTF_8)) {
            assertEquals("open 3", out.readLine());
            assertEquals(Optional.of("process " + other.pid()), LogDump.verify(directory).owner());
            assertEquals(List.of(), LogDump.verify(directory).damage());
        } finally {
            other.getOutputStream().close();
            other.waitFor();
        }
        assertEquals(Optional.empty(), LogDump.verify(directory).owner());
    }

    @Test
    void worksWithoutChronicleAgronaAndFlags() throws IOException, InterruptedException {
        try (MmapLog log = TestLogs.open(directory)) {
            log.append(List.of(LogEntry.command(1, 1, 0, Bytes.utf8("one"))));
        }
        Process bare = Jvm.start(false, jar -> !jar.contains("openhft") && !jar.contains("agrona"),
                ReadingProcess.class, directory.toString());
        try (BufferedReader out = bare.inputReader(StandardCharsets.UTF_8)) {
            assertEquals(List.of("1..1", "one"), out.lines().toList());
        }
        assertEquals(0, bare.waitFor());
    }

    @Test
    @Tag("root")
    void worksOnAReadOnlyMount() throws IOException, InterruptedException {
        write(100, 100);
        Path mounted = Files.createDirectory(directory.resolve("mounted"));
        run("mount", "--bind", directory.toString(), mounted.toString());
        try {
            run("mount", "-o", "remount,bind,ro", mounted.toString());
            try (ReadOnlyLog log = ReadOnlyLog.open(mounted)) {
                assertEquals(TestLogs.entries(1, 100, 1, 100), all(log));
            }
            assertEquals(List.of(), LogDump.verify(mounted).damage());
        } finally {
            run("umount", mounted.toString());
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor(), String.join(" ", command));
    }
}
