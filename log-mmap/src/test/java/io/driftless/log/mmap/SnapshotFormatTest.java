package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.errors.NodeStartException;
import io.driftless.log.Bytes;
import io.driftless.log.LogListener;
import io.driftless.log.LogOpenException;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.StorageContext;
import io.driftless.raft.SnapshotId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes of a snapshot's file. They were computed apart from this code, and {@code docs} shows them too. */
class SnapshotFormatTest {

    private static final Path DOCUMENT = Path.of(System.getProperty("driftless.top"), "docs/snapshot-format.md");
    private static final String NAME =
            "00000000000000000007-00000000000000000003-00010203-0405-0607-0809-0a0b0c0d0e0f-9a71bb4c.snapshot";
    private static final List<String> GOLDEN = List.of(
            "44 4c 53 31 cb c9 cf 3b 01 00 00 00 04 00 00 00",
            "07 00 00 00 00 00 00 00 03 00 00 00 00 00 00 00",
            "07 06 05 04 03 02 01 00 0f 0e 0d 0c 0b 0a 09 08",
            "03 00 00 00 ac 88 4a 60",
            "77 68 6f",
            "04 00 00 00 1c 42 4f 2c 68 65 6c 6c",
            "01 00 00 00 6a 2e ca 1f 6f",
            "00 00 00 00 c0 80 85 4c 05 00 00 00 00 00 00 00",
            "4c bb 71 9a");

    @TempDir
    Path directory;

    private static byte[] golden() {
        return HexFormat.ofDelimiter(" ").parseHex(String.join(" ", GOLDEN));
    }

    @Test
    void writesTheseBytesUnderThisName() throws IOException {
        SnapshotFiles store = TestSnapshots.open(directory, 4);
        try (SnapshotWriter writer = store.begin(7, 3, TestSnapshots.CREATOR, Bytes.utf8("who"))) {
            writer.content().write("hello".getBytes(StandardCharsets.UTF_8));
            writer.finish();
        }
        assertEquals(List.of(NAME), TestSnapshots.names(directory));
        assertArrayEquals(golden(), Files.readAllBytes(directory.resolve(NAME)));
        store.close();
    }

    @Test
    void readsTheseBytesUnderAnyName() throws IOException {
        Path file = Files.write(directory.resolve("backup"), golden());
        SnapshotFile read = SnapshotFile.open(file);
        assertEquals(new SnapshotId(7, 3, TestSnapshots.CREATOR, 0x9a71bb4c), read.id());
        assertEquals(Bytes.utf8("who"), read.boundary());
        assertEquals(5, read.contentBytes());
        assertEquals(100, read.storedBytes());
        assertEquals(file.toString(), read.description());
        read.verify();
        assertEquals("hello", new String(TestSnapshots.read(read), StandardCharsets.UTF_8));
    }

    @Test
    void theDocumentShowsThem() throws IOException {
        String document = Files.readString(DOCUMENT);
        assertTrue(document.contains(NAME), "the name");
        int at = 0;
        for (String line : GOLDEN) {
            String shown = String.format("%8d  %s ", at, line);
            assertTrue(document.contains(shown), "missing: " + shown);
            at += (line.length() + 1) / 3;
        }
    }

    @Test
    void anotherFormatIsRefusedInOneLineAndNotTakenForDamage() throws IOException {
        byte[] other = golden();
        ByteBuffer header = ByteBuffer.wrap(other).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 2);
        header.putInt(4, SnapshotFormat.checkOf(Bytes.wrap(other.clone(), 8, SnapshotFormat.HEADER - 8)));
        Path data = directory.resolve("data");
        StorageContext context = new StorageContext("c", "n1", SegmentSizes.MIN, 16 * 1024, LogListener.NONE);
        MmapStorage.at(data).open(context).close();
        Path file = Files.write(data.resolve("snapshots").resolve(NAME), other);
        LogOpenException refused = assertThrows(LogOpenException.class, () -> SnapshotFile.open(file));
        assertEquals(EndCause.OTHER_FORMAT, refused.endCause());
        assertTrue(refused.getMessage().contains(file + " has format 2"), refused.getMessage());
        assertFalse(refused.getMessage().contains("\n"));
        NodeStartException atStart = assertThrows(NodeStartException.class,
                () -> MmapStorage.at(data).open(context).close());
        assertEquals(EndCause.OTHER_FORMAT, atStart.endCause());
        assertArrayEquals(other, Files.readAllBytes(file), "it is left alone");
    }
}
