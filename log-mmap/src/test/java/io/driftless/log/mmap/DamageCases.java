package io.driftless.log.mmap;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.driftless.log.LogEntry;
import io.driftless.log.LogListener;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Logs, and everything that may befall their files. Confined to one thread. */
final class DamageCases {

    /** What a case does to a copy of a log. */
    @FunctionalInterface
    interface Blow {
        void strike(Path directory) throws IOException;
    }

    /** A case: which log, with which entries, how many of them acknowledged, and what happens to it. */
    record Case(String group, String name, Path base, List<LogEntry> entries, int acknowledged, Blow blow) { }

    private static final String QUEUE = "19700101-00LX.cq4";
    /** Fields of a record by their offsets; what lies before is the document's header. */
    private static final Map<String, int[]> FIELDS = new LinkedHashMap<>();

    static {
        FIELDS.put("the document's length", new int[] {-4, 1});
        FIELDS.put("the document's length, high bits", new int[] {-2, 0x20});
        FIELDS.put("the flag of a document that is not complete", new int[] {-1, 0x80});
        FIELDS.put("the flag of metadata", new int[] {-1, 0x40});
        FIELDS.put("the magic", new int[] {0, 1});
        FIELDS.put("the checksum", new int[] {RecordFormat.CRC, 1});
        FIELDS.put("the type", new int[] {RecordFormat.TYPE, 4});
        FIELDS.put("the version", new int[] {RecordFormat.VERSION_AT, 2});
        FIELDS.put("the distance", new int[] {RecordFormat.DISTANCE, 1});
        FIELDS.put("the distance, high bits", new int[] {RecordFormat.DISTANCE + 1, 0x80});
        FIELDS.put("the payload's length", new int[] {RecordFormat.LENGTH, 1});
        FIELDS.put("the payload's length, high bits", new int[] {RecordFormat.LENGTH + 3, 0x80});
        FIELDS.put("the index", new int[] {RecordFormat.INDEX, 1});
        FIELDS.put("the term", new int[] {RecordFormat.TERM, 2});
        FIELDS.put("the time", new int[] {RecordFormat.TIME, 1});
        FIELDS.put("the session", new int[] {RecordFormat.SESSION, 1});
        FIELDS.put("the serial", new int[] {RecordFormat.SERIAL, 1});
        FIELDS.put("the sequence", new int[] {RecordFormat.SEQUENCE, 1});
        FIELDS.put("the durable sequence", new int[] {RecordFormat.DURABLE, 8});
        FIELDS.put("the payload's first byte", new int[] {RecordFormat.HEADER, 1});
        FIELDS.put("the payload's last byte", new int[] {RecordFormat.HEADER + 99, 0x80});
    }

    private final Path work;
    private final List<Case> cases = new ArrayList<>();
    /** Ten entries in one segment, each synced by itself. */
    private final Path one;
    /** Ten entries, of which only five were synced when the process died. */
    private final Path torn;
    /** Entries from 200 or so on, in four segments; some records were superseded, some compacted. */
    private final Path many;
    /** Another log, with as many entries. */
    private final Path other;

    private DamageCases(Path work) throws IOException {
        this.work = work;
        this.one = work.resolve("one");
        try (MmapLog log = open(one)) {
            for (int i = 1; i <= 10; i++) {
                log.append(TestLogs.entries(i, i, 1, 100));
                log.sync();
            }
        }
        this.torn = work.resolve("torn");
        AtomicBoolean broken = new AtomicBoolean();
        MmapLog dying = TestLogs.open(torn, LogListener.NONE, broken);
        dying.append(TestLogs.entries(1, 5, 1, 100));
        dying.sync();
        dying.append(TestLogs.entries(6, 10, 1, 100));
        broken.set(true);
        try {
            dying.sync();
        } catch (io.driftless.log.SyncFailedException expected) {
            dying.close();
        }
        this.other = work.resolve("other");
        copy(one, work.resolve("unused"));
        try (MmapLog log = open(other)) {
            log.append(TestLogs.entries(1, 10, 1, 100));
        }
        this.many = work.resolve("many");
        makeMany();
    }

    private void makeMany() throws IOException {
        try (MmapLog log = open(many)) {
            log.append(TestLogs.entries(1, 700, 1, 500));
            log.overwrite(600, TestLogs.entries(600, 1_000, 2, 500));
            log.sync();
            copy(many, work.resolve("before-compaction"));
            log.compact(400);
            Files.copy(many.resolve(Manifest.FILE), work.resolve("older-manifest"));
            Files.copy(many.resolve(DurableMark.FILE), work.resolve("older-mark"));
            // As after a power cut: another kernel runs since.
            AnotherKernel.markedIn(work.resolve("older-mark"));
            log.append(TestLogs.entries(1_001, 1_900, 2, 500));
        }
    }

    private static MmapLog open(Path directory) {
        return MmapLog.open(directory, TestLogs.SMALL, LogListener.NONE, new UnforcedDisk());
    }

    /** All of them; the logs are made in {@code work}. */
    static List<Case> in(Path work) throws IOException {
        DamageCases made = new DamageCases(work);
        made.fields();
        made.firstRecord();
        made.tail();
        made.truncations();
        made.segments();
        made.manifest();
        made.mark();
        made.identity();
        made.interruptions();
        return made.cases;
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), REPLACE_EXISTING);
            }
        }
    }

    private void add(String group, String name, Path base, Blow blow) {
        List<LogEntry> entries = new ArrayList<>();
        try (ReadOnlyLog log = ReadOnlyLog.open(base)) {
            while (log.firstIndex() + entries.size() <= log.lastIndex()) {
                entries.addAll(log.read(log.firstIndex() + entries.size(), log.lastIndex(), 1 << 20));
            }
        }
        cases.add(new Case(group, name, base, entries, base.equals(torn) ? 5 : entries.size(), blow));
    }

    private static DumpedRecord record(Path directory, int position) {
        return TestLogs.records(directory).get(position);
    }

    private static Path segment(Path directory, int position) {
        return TestLogs.segmentDirectories(directory).get(position);
    }

    private static void truncate(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    private static void write(Path file, long at, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap(bytes), at);
        }
    }

    private void fields() {
        FIELDS.forEach((field, at) -> {
            add("A bit flips in a record below the mark, in", field, one, directory -> {
                DumpedRecord record = record(directory, 4);
                TestLogs.flip(record.file(), record.offset() + at[0], at[1]);
            });
            add("The same in the last record, without a mark, in", field, one, directory -> {
                DumpedRecord record = record(directory, 9);
                TestLogs.flip(record.file(), record.offset() + at[0], at[1]);
                Files.delete(directory.resolve(DurableMark.FILE));
            });
        });
        cases.sort(java.util.Comparator.comparing(Case::group));
    }

    private void firstRecord() {
        String group = "A bit flips in what begins a segment, in";
        for (String field : List.of("the magic", "the checksum", "the type", "the index", "the term")) {
            add(group, "its record: " + field.replace("the index", "the segment's number")
                    .replace("the term", "the segment's size"), one, directory -> {
                try (SegmentScan scan = scan(directory)) {
                    scan.next();
                    long at = scan.firstEnd() - RecordFormat.HEADER;
                    TestLogs.flip(scan.file(), at + FIELDS.get(field)[0], FIELDS.get(field)[1]);
                }
            });
        }
        add(group, "the length of Chronicle's header", one, directory ->
                TestLogs.flip(segment(directory, 0).resolve(QUEUE), 0, 1));
        add(group, "the contents of Chronicle's header, which nobody here reads", one, directory ->
                TestLogs.flip(segment(directory, 0).resolve(QUEUE), 40, 1));
    }

    private static SegmentScan scan(Path directory) throws IOException {
        Path first = segment(directory, 0);
        Manifest manifest = Manifest.read(directory, LogOpener.logId(directory,
                IdentityFile.read(directory).orElseThrow()));
        return new SegmentScan(first.resolve(QUEUE), manifest.logId(), Segment.numberOf(first), Long.MAX_VALUE);
    }

    private void tail() {
        String group = "Around the mark: five records are synced, five are not";
        add(group, "nothing happens", torn, directory -> { });
        for (int i : new int[] {1, 5, 6, 8, 10}) {
            add(group, "a bit flips in record " + i, torn, directory -> {
                DumpedRecord record = record(directory, i - 1);
                TestLogs.flip(record.file(), record.offset() + 90, 1);
            });
            add(group, "record " + i + " is zeros", torn, directory -> {
                DumpedRecord record = record(directory, i - 1);
                write(record.file(), record.offset() - 4, new byte[4 + RecordFormat.HEADER + 100]);
            });
        }
        add(group, "half of record 10 is zeros", torn, directory ->
                write(record(directory, 9).file(), record(directory, 9).offset() + 100, new byte[72]));
        add(group, "a word of record 6 is zeros", torn, directory ->
                write(record(directory, 5).file(), (record(directory, 5).offset() + 100) & -8, new byte[8]));
        add(group, "all five are zeros", torn, directory ->
                write(record(directory, 5).file(), record(directory, 5).offset() - 4, new byte[5 * 176]));
        add(group, "an incomplete document follows", torn, directory ->
                write(record(directory, 9).file(), record(directory, 9).offset() + 172, new byte[] {0, 0, 0, -128, 7}));
        add(group, "a complete document that is no record follows", torn, directory -> {
            byte[] document = new byte[44];
            Arrays.fill(document, (byte) 7);
            System.arraycopy(new byte[] {40, 0, 0, 0}, 0, document, 0, 4);
            write(record(directory, 9).file(), record(directory, 9).offset() + 172, document);
        });
        add(group, "an earlier record is there once more, behind the last", torn, directory -> {
            DumpedRecord third = record(directory, 2);
            byte[] bytes = Arrays.copyOfRange(Files.readAllBytes(third.file()), (int) third.offset() - 4,
                    (int) third.offset() + 172);
            write(third.file(), record(directory, 9).offset() + 172, bytes);
        });
    }

    private void truncations() {
        String group = "The file of the last segment ends";
        Map<String, long[]> places = new LinkedHashMap<>();
        places.put("at its beginning", new long[] {0, 0});
        places.put("inside the first word", new long[] {0, 3});
        places.put("inside Chronicle's header", new long[] {0, 100});
        places.put("inside the record that begins the segment", new long[] {1, -4 - 30});
        places.put("before the first record", new long[] {1, -4});
        places.put("inside the header of document 5", new long[] {5, -2});
        places.put("before document 5", new long[] {5, -4});
        places.put("inside the header of record 5", new long[] {5, 40});
        places.put("between header and payload of record 5", new long[] {5, 72});
        places.put("inside the payload of record 5", new long[] {5, 100});
        places.put("one byte before the end of the last record", new long[] {10, 171});
        places.put("right behind the last record", new long[] {10, 172});
        places.put("behind the last record, in zeros", new long[] {10, 1_000});
        places.forEach((name, at) -> {
            Blow blow = directory -> {
                Path file = segment(directory, 0).resolve(QUEUE);
                truncate(file, at[0] == 0 ? at[1] : record(directory, (int) at[0] - 1).offset() + at[1]);
            };
            add(group, name, one, blow);
            if (at[0] == 10) {
                add(group, name + ", and the mark is missing", one, directory -> {
                    blow.strike(directory);
                    Files.delete(directory.resolve(DurableMark.FILE));
                });
            }
        });
        String sealed = "The file of a sealed segment ends";
        add(sealed, "at its beginning", many, directory -> truncate(segment(directory, 1).resolve(QUEUE), 0));
        add(sealed, "in the middle", many, directory -> truncate(segment(directory, 1).resolve(QUEUE), 131_072));
        add(sealed, "one byte before its last record does", many, directory -> {
            Path file = segment(directory, 1).resolve(QUEUE);
            DumpedRecord last = TestLogs.records(directory).stream().filter(record -> record.file().equals(file))
                    .reduce((before, after) -> after).orElseThrow();
            truncate(file, last.offset() + RecordFormat.HEADER + 499);
        });
    }

    private void segments() {
        String group = "A segment";
        for (int i : new int[] {0, 1, 3}) {
            String which = i == 0 ? "the first" : i == 1 ? "one in the middle" : "the newest";
            add(group, which + " is missing", many, directory ->
                    Disk.REAL.deleteDirectory(segment(directory, i)));
            add(group, which + " is an empty directory", many, directory -> {
                for (Path file : Disk.list(segment(directory, i))) {
                    Files.delete(file);
                }
            });
            add(group, which + " has an empty file", many, directory ->
                    Files.write(segment(directory, i).resolve(QUEUE), new byte[0]));
            add(group, which + " is zeros", many, directory ->
                    Files.write(segment(directory, i).resolve(QUEUE), new byte[SegmentSizes.MIN]));
        }
        add(group, "is renamed to a number that is not listed", many, directory ->
                Files.move(segment(directory, 1), Segment.directory(directory, 99)));
        add(group, "changes places with another", many, directory -> {
            List<Path> all = TestLogs.segmentDirectories(directory);
            Path aside = directory.resolve("aside");
            Files.move(all.get(0), aside);
            Files.move(all.get(1), all.get(0));
            Files.move(aside, all.get(1));
        });
        add(group, "is there once more, under a number that is not listed", many, directory ->
                copy(segment(directory, 1), Segment.directory(directory, 99)));
        add(group, "has two queue files", many, directory ->
                Files.copy(segment(directory, 1).resolve(QUEUE), segment(directory, 1).resolve("19700101-01LX.cq4")));
        add(group, "is another log's", one, directory ->
                Files.copy(segment(other, 0).resolve(QUEUE), segment(directory, 0).resolve(QUEUE), REPLACE_EXISTING));
        add(group, "has a directory where its file should be", many, directory -> {
            Files.delete(segment(directory, 1).resolve(QUEUE));
            Files.createDirectory(segment(directory, 1).resolve(QUEUE));
        });
        add(group, "has lost Chronicle's metadata file, which nobody here reads", many, directory ->
                Files.delete(segment(directory, 1).resolve("metadata.cq4t")));
        add(group, "that is not listed lies about, unfinished", many, directory -> {
            Files.createDirectory(Segment.directory(directory, 99));
            Files.write(Segment.directory(directory, 99).resolve("19700101-00LX.precreated"), new byte[4_096]);
        });
        add(group, "holds a bad record that was superseded", many, directory -> {
            DumpedRecord superseded = TestLogs.records(directory).stream()
                    .filter(record -> record.entry().index() == 650 && record.entry().term() == 1).findFirst()
                    .orElseThrow();
            TestLogs.flip(superseded.file(), superseded.offset() + 90, 1);
        });
    }

    private void manifest() {
        String group = "The manifest";
        add(group, "is missing", many, directory -> Files.delete(directory.resolve(Manifest.FILE)));
        add(group, "is empty", many, directory -> Files.write(directory.resolve(Manifest.FILE), new byte[0]));
        add(group, "ends early", many, directory -> truncate(directory.resolve(Manifest.FILE), 70));
        add(group, "is longer than it was", many, directory ->
                Files.write(directory.resolve(Manifest.FILE), new byte[24], StandardOpenOption.APPEND));
        Map<String, Integer> fields = new LinkedHashMap<>();
        List.of("magic", "checksum", "version", "count").forEach(name -> fields.put(name, fields.size() * 4));
        List.of("log id", "boundary").forEach(name -> fields.put(name, fields.size() * 16 - 48));
        fields.put("boundary's term", 40);
        fields.put("first sequence", 48);
        fields.put("first segment's number", 56);
        fields.put("first segment's end", 72);
        fields.forEach((field, at) -> add(group, "has a flipped bit in the " + field, many, directory ->
                TestLogs.flip(directory.resolve(Manifest.FILE), at, 1)));
        add(group, "is older: the newest segments are not in it", many, directory ->
                Files.copy(work.resolve("older-manifest"), directory.resolve(Manifest.FILE), REPLACE_EXISTING));
        add(group, "is another log's", many, directory ->
                Files.copy(other.resolve(Manifest.FILE), directory.resolve(Manifest.FILE), REPLACE_EXISTING));
        add(group, "has a half-written successor beside it", many, directory ->
                Files.write(directory.resolve(Manifest.FILE + ".tmp"), new byte[10]));
    }

    private void mark() {
        String group = "The mark";
        add(group, "is missing", one, directory -> Files.delete(directory.resolve(DurableMark.FILE)));
        add(group, "is empty", one, directory -> Files.write(directory.resolve(DurableMark.FILE), new byte[0]));
        add(group, "is zeros", one, directory -> Files.write(directory.resolve(DurableMark.FILE), new byte[4_096]));
        add(group, "ends inside a slot", one, directory -> truncate(directory.resolve(DurableMark.FILE), 20));
        add(group, "has a flipped bit in one slot", one, directory ->
                TestLogs.flip(directory.resolve(DurableMark.FILE), 8, 1));
        add(group, "has a flipped bit in both slots", one, directory -> {
            TestLogs.flip(directory.resolve(DurableMark.FILE), 8, 1);
            TestLogs.flip(directory.resolve(DurableMark.FILE), 24, 1);
        });
        add(group, "has a flipped bit in the kernel's boot id", one, directory ->
                TestLogs.flip(directory.resolve(DurableMark.FILE), 41, 1));
        add(group, "has a flipped bit in the magic", one, directory ->
                TestLogs.flip(directory.resolve(DurableMark.FILE), 1, 1));
        add(group, "has a flipped bit in one slot of what was written", one, directory ->
                TestLogs.flip(directory.resolve(DurableMark.FILE), 72, 1));
        add(group, "has a flipped bit in both slots of what was written", one, directory -> {
            TestLogs.flip(directory.resolve(DurableMark.FILE), 72, 1);
            TestLogs.flip(directory.resolve(DurableMark.FILE), 88, 1);
        });
        add(group, "says that a sync had failed", one, directory -> {
            TestLogs.flip(directory.resolve(DurableMark.FILE), 120, 1);
            AnotherKernel.markedIn(directory.resolve(DurableMark.FILE));
        });
        add(group, "is older, as after a power cut", many, directory ->
                Files.copy(work.resolve("older-mark"), directory.resolve(DurableMark.FILE), REPLACE_EXISTING));
        add(group, "is older, as after a power cut, and a part of the last record is zeros", many, directory -> {
            Files.copy(work.resolve("older-mark"), directory.resolve(DurableMark.FILE), REPLACE_EXISTING);
            List<DumpedRecord> records = TestLogs.records(directory);
            DumpedRecord last = records.get(records.size() - 1);
            write(last.file(), last.offset() + 100, new byte[100]);
        });
        add(group, "is another log's", one, directory ->
                Files.copy(other.resolve(DurableMark.FILE), directory.resolve(DurableMark.FILE), REPLACE_EXISTING));
        add(group, "is missing, and a bit flips in a record with others behind it", one, directory -> {
            TestLogs.flip(record(directory, 4).file(), record(directory, 4).offset() + 90, 1);
            Files.delete(directory.resolve(DurableMark.FILE));
        });
    }

    private void identity() {
        String group = "The identity";
        add(group, "is missing", one, directory -> Files.delete(directory.resolve(IdentityFile.FILE)));
        add(group, "is empty", one, directory -> Files.write(directory.resolve(IdentityFile.FILE), new byte[0]));
        add(group, "has a flipped bit in the log id", one, directory ->
                TestLogs.flip(directory.resolve(IdentityFile.FILE), 20, 1));
        add(group, "has a flipped bit in the checksum", one, directory ->
                TestLogs.flip(directory.resolve(IdentityFile.FILE), Files.size(directory.resolve("identity")) - 2, 1));
        add(group, "ends early", one, directory -> truncate(directory.resolve(IdentityFile.FILE), 30));
        add(group, "is another log's", one, directory ->
                Files.copy(other.resolve(IdentityFile.FILE), directory.resolve(IdentityFile.FILE), REPLACE_EXISTING));
        add(group, "has a newer format", one, directory -> rewriteIdentity(directory, "format=3", "format=4"));
        add(group, "has an older format", one, directory -> rewriteIdentity(directory, "format=3", "format=1"));
        add(group, "names no log", one, directory -> rewriteIdentity(directory, "log.id=", "log.name="));
        add(group, "names a log that is no id", one, directory -> rewriteIdentity(directory, "log.id=", "log.id=x"));
    }

    private static void rewriteIdentity(Path directory, String from, String to) throws IOException {
        String text = Files.readString(directory.resolve(IdentityFile.FILE)).replace(from, to);
        text = text.substring(0, text.indexOf("crc32c="));
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        Files.writeString(directory.resolve(IdentityFile.FILE), text + "crc32c=" + String.format("%08x", crc.getValue())
                + "\n");
    }

    private void interruptions() {
        String group = "Interrupted";
        Path before = work.resolve("before-compaction");
        add(group, "a compaction that has not written its manifest", before, directory -> { });
        add(group, "a compaction that has not removed a segment", many, directory ->
                copy(segment(before, 0), directory.resolve(segment(before, 0).getFileName())));
        add(group, "a compaction that has removed half a segment", many, directory -> {
            Path left = Files.createDirectory(directory.resolve(segment(before, 0).getFileName()));
            Files.copy(segment(before, 0).resolve("metadata.cq4t"), left.resolve("metadata.cq4t"));
        });
        add(group, "a removal of what is still listed", before, directory ->
                Disk.REAL.deleteDirectory(segment(directory, 0)));
        add(group, "the making of the reserve", one, directory -> truncate(directory.resolve(Reserve.FILE), 5_000));
        add(group, "never: the reserve is missing", one, directory -> Files.delete(directory.resolve(Reserve.FILE)));
        add(group, "never: the lock file is missing", one, directory ->
                Files.delete(directory.resolve(DirectoryLock.FILE)));
    }
}
