package io.driftless.bench.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.bench.log.EntryWriter.Kind;
import io.driftless.log.mmap.DumpedRecord;
import io.driftless.log.mmap.LogDump;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EntryWriterTest {

    /** The header of a document, and that of a record. */
    private static final int HEADERS = 4 + 72;
    private static final int SIZE = 250;
    private static final int BATCH = 3;

    @TempDir
    private Path folder;

    @Test
    void theFloorsWriteAsManyBytesAsTheLog() throws IOException {
        PlainRecord plain = new PlainRecord(SIZE);
        List<DumpedRecord> records = new ArrayList<>();
        try (EntryWriter log = Kind.LOG.open(folder, SIZE)) {
            log.append(BATCH);
            log.sync();
            LogDump.read(folder, records::add);
        }
        assertEquals(plain.bytes(), records.get(2).offset() - records.get(1).offset());
        assertEquals(BATCH * plain.bytes(), plain.times(BATCH).capacity());
    }

    @Test
    void thePlainRecordIsThatOfTheLogButForWhatBindsIt() throws IOException {
        List<DumpedRecord> records = new ArrayList<>();
        try (EntryWriter log = Kind.LOG.open(folder, SIZE)) {
            // Each knows of the sync before it, as the plain record says.
            for (int i = 0; i < BATCH; i++) {
                log.append(1);
                log.sync();
            }
            LogDump.read(folder, records::add);
        }
        DumpedRecord last = records.get(BATCH - 1);
        byte[] file = Files.readAllBytes(last.file());
        int from = (int) last.offset() - 4;
        byte[] expected = Arrays.copyOfRange(file, from, from + new PlainRecord(SIZE).bytes());
        ByteBuffer plain = ByteBuffer.allocate(expected.length).order(ByteOrder.LITTLE_ENDIAN);
        new PlainRecord(SIZE).put(plain, 0, BATCH);
        // The checksum differs: log, segment and offset are in it.
        System.arraycopy(expected, 8, plain.array(), 8, 4);
        assertEquals(ByteBuffer.wrap(expected), ByteBuffer.wrap(plain.array()));
        assertEquals(HEADERS + SIZE + 2, expected.length);
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "LOG", mode = EnumSource.Mode.EXCLUDE)
    void floorsGoOnInAnotherFileWhenOneIsFull(Kind kind) throws IOException {
        try (EntryWriter writer = kind.open(folder, 1 << 20)) {
            for (int i = 0; i < FilledFiles.BYTES >> 20; i++) {
                writer.append(1);
            }
            writer.sync();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "LOG", mode = EnumSource.Mode.EXCLUDE)
    void floorsLeaveNoFile(Kind kind) throws IOException {
        try (EntryWriter writer = kind.open(folder, SIZE)) {
            writer.append(BATCH);
            writer.append(1);
            writer.sync();
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }
}
