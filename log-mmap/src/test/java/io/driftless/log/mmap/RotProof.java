package io.driftless.log.mmap;

import io.driftless.log.LogCorruptException;
import io.driftless.log.LogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Flips single bits in the records of a closed log, at times without its mark: an opening refuses it or shows every
 * entry as it was written, never another entry, nor, without a warning, a shorter log. Follows from its seed alone.
 * Confined to one thread.
 */
final class RotProof {

    private static final int FLIPS = 120;
    /** Bit 30 of a document's header, in its last byte. */
    private static final int METADATA = 0x40;

    private final Path directory;
    private final Random random;
    private List<LogEntry> entries = List.of();

    private RotProof(Path directory, long seed) {
        this.directory = directory;
        this.random = new Random(seed);
    }

    /** Throws an error that names the seed if a flipped bit passes; how many were refused. */
    static int round(long seed) {
        return WorkDirectory.round(seed, work -> new RotProof(work, seed).run());
    }

    private int run() throws IOException {
        Path whole = directory.resolve("whole");
        try (MmapLog log = RandomUse.open(whole, Disk.REAL)) {
            while (log.lastIndex() < 40) {
                long from = log.lastIndex() + 1;
                log.append(TestLogs.entries(from, from + random.nextInt(9), 1, random.nextInt(9_000)));
            }
            log.sync();
            entries = TestLogs.all(log);
        }
        List<DumpedRecord> records = TestLogs.records(whole);
        int refused = 0;
        for (int i = 0; i < FLIPS; i++) {
            boolean flag = i % 4 == 0;
            DumpedRecord record = records.get(flag ? records.size() - 1 - i / 4 : random.nextInt(records.size()));
            int length = 4 + RecordFormat.HEADER + record.entry().payload().length();
            long document = record.offset() - 4;
            long offset = document + (flag ? 3 : random.nextInt(random.nextBoolean() ? 80 : length));
            Path copy = directory.resolve("copy");
            copy(whole, copy);
            TestLogs.flip(copy.resolve(whole.relativize(record.file())), offset, flag ? METADATA
                    : 1 << random.nextInt(8));
            if (i % 8 == 0) {
                Files.delete(copy.resolve(DurableMark.FILE));
            }
            refused += isRefused(copy, offset, i % 8 != 0) ? 1 : 0;
            Disk.REAL.deleteDirectory(copy);
        }
        return refused;
    }

    private boolean isRefused(Path copy, long offset, boolean marked) {
        List<String> warnings = new ArrayList<>();
        UsedSequences.forget();
        try (MmapLog log = MmapLog.open(copy, RandomUse.OPTIONS, warnings::add)) {
            List<LogEntry> found = TestLogs.all(log);
            // Without a mark the last records may never have been synced, as far as anybody can tell.
            boolean cut = !marked && warnings.stream().anyMatch(warning -> warning.contains("torn tail"));
            if (!found.equals(cut ? entries.subList(0, found.size()) : entries)) {
                throw new AssertionError("after a flipped bit at offset " + offset + " the log shows " + found.size()
                        + " entries of " + entries.size() + ", or others");
            }
            return false;
        } catch (LogCorruptException e) {
            return true;
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    /** See {@link ProofRounds#check}. */
    public static void main(String[] arguments) {
        ProofRounds.check(arguments, RotProof::round);
    }
}
