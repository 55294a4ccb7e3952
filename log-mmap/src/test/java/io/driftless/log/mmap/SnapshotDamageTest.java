package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.DamagedSnapshot;
import io.driftless.log.LogCorruptException;
import io.driftless.log.LogOpenException;
import io.driftless.raft.SnapshotId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every byte of a snapshot's file, damaged: who finds it, and what the message says. */
class SnapshotDamageTest {

    private static final int CHUNK = 16;
    private static final byte[] BOUNDARY = TestSnapshots.bytes(10, 1);
    private static final byte[] CONTENT = TestSnapshots.bytes(40, 2);
    private static final int CHUNKS_FROM = SnapshotFormat.HEADER + 10;
    private static final int END_AT = CHUNKS_FROM + 3 * SnapshotFormat.CHUNK_HEADER + 40;

    @TempDir
    Path directory;

    private Path folder = Path.of("");
    private Path file = Path.of("");
    private byte[] whole = new byte[0];
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        folder = directory.resolve("snapshots");
        file = TestSnapshots.file(folder, CHUNK, BOUNDARY, CONTENT);
        whole = Files.readAllBytes(file);
        assertEquals(END_AT + SnapshotFormat.END, whole.length);
    }

    private String refused() {
        String message = assertThrows(LogCorruptException.class, () -> SnapshotFile.open(file)).getMessage();
        assertFalse(message.contains("\n"));
        assertTrue(message.startsWith(file + " is damaged at offset "), message);
        return message.substring((file + " is damaged at offset ").length());
    }

    /** What can be read of it before the damage is met. */
    private static byte[] readable(SnapshotFile damaged, String where) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try (InputStream in = damaged.content()) {
            String met = assertThrows(LogCorruptException.class, () -> in.transferTo(read)).getMessage();
            assertTrue(met.contains(where), met);
            assertEquals(met, assertThrows(LogCorruptException.class, in::read).getMessage(), "it goes on behind it");
        }
        assertTrue(assertThrows(LogCorruptException.class, damaged::verify).getMessage().contains(where));
        return read.toByteArray();
    }

    @Test
    void aFlippedByteInHeaderBoundaryOrEndIsFoundByTheOpening() throws IOException {
        for (int at = 0; at < whole.length; at = at == CHUNKS_FROM - 1 ? END_AT : at + 1) {
            for (int bits : new int[] {1, 0x80, 0xff}) {
                byte[] flipped = whole.clone();
                flipped[at] ^= (byte) bits;
                Files.write(file, flipped);
                String due = at < 4 ? "0: " : at < SnapshotFormat.HEADER ? "4: " : at < CHUNKS_FROM ? "56: "
                        : END_AT + ": ";
                assertTrue(refused().startsWith(due), "byte " + at + ": " + refused());
            }
        }
    }

    @Test
    void aFlippedByteInAChunkIsMetByReadingAndGivesNoneOfIt() throws IOException {
        for (int at = CHUNKS_FROM; at < END_AT; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 0x10;
            Files.write(file, flipped);
            int chunk = (at - CHUNKS_FROM) / (SnapshotFormat.CHUNK_HEADER + CHUNK);
            String where = file + " is damaged at offset "
                    + (CHUNKS_FROM + chunk * (SnapshotFormat.CHUNK_HEADER + CHUNK)) + ": ";
            assertArrayEquals(Arrays.copyOf(CONTENT, chunk * CHUNK), readable(SnapshotFile.open(file), where));
        }
    }

    @Test
    void anyOtherLengthIsFoundByTheOpening() throws IOException {
        for (int length = 0; length <= whole.length + 2 * SnapshotFormat.END; length++) {
            if (length != whole.length) {
                Files.write(file, Arrays.copyOf(whole, length));
                refused();
            }
        }
        Files.write(file, new byte[0]);
        assertEquals("0: the file is empty", refused());
        Files.write(file, Arrays.copyOf(whole, 1));
        assertTrue(refused().startsWith("1: it ends there"));
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertEquals((END_AT - 1) + ": no end of a snapshot is there, where the file of " + (whole.length - 1)
                + " bytes ends", refused());
    }

    @Test
    void ofAFileThatAnOpeningSetsAsideTheNameIsKnownAndTheBoundaryIfThatIsWhole() throws IOException {
        SnapshotId id = SnapshotFile.open(file).id();
        for (int length : new int[] {whole.length - 1, CHUNKS_FROM, CHUNKS_FROM - 1, 0}) {
            TestSnapshots.names(folder).forEach(name -> assertTrue(folder.resolve(name).toFile().delete()));
            Files.write(file, Arrays.copyOf(whole, length));
            for (int openings = 0; openings < 2; openings++) {
                SnapshotFiles store = TestSnapshots.open(folder, CHUNK);
                assertEquals(Optional.empty(), store.newest());
                assertEquals(List.of(new DamagedSnapshot(id, length < CHUNKS_FROM ? Optional.empty()
                        : Optional.of(Bytes.wrap(BOUNDARY)))), store.damaged(), "cut to " + length);
                store.close();
            }
        }
        Files.move(folder.resolve(TestSnapshots.names(folder).getFirst()), folder.resolve("99999999999999999999"
                + file.getFileName().toString().substring(20).replace(".snapshot", ".damaged")));
        assertEquals(List.of(), TestSnapshots.open(folder, CHUNK).damaged(), "no snapshot has such an index");
    }

    /** A start may let the log go on behind it. */
    @Test
    void aMisnamedFileIsOfTheIndexInItsHeaderWhileThatIsWhole() throws IOException {
        SnapshotId id = SnapshotFile.open(file).id();
        Path misnamed = folder.resolve(file.getFileName().toString().replaceFirst("5-", "9-"));
        for (boolean isWhole : new boolean[] {true, false}) {
            TestSnapshots.names(folder).forEach(name -> assertTrue(folder.resolve(name).toFile().delete()));
            byte[] bytes = whole.clone();
            bytes[20] ^= (byte) (isWhole ? 0 : 1);
            Files.write(misnamed, bytes);
            SnapshotFiles store = TestSnapshots.open(folder, CHUNK);
            assertEquals(Optional.empty(), store.newest());
            List<DamagedSnapshot> found = store.damaged();
            assertEquals(List.of(isWhole ? id : new SnapshotId(9, 3, id.creator(), id.checksum())),
                    found.stream().map(DamagedSnapshot::id).toList());
            store.removeDamaged(found.getFirst());
            assertEquals(List.of(), TestSnapshots.names(folder));
            store.close();
        }
    }

    /** As the copy that somebody has made there: the other one may have been acknowledged. */
    @Test
    void aFileOfAnotherNameDoesNotHideOneThatIsSetAside() throws IOException {
        SnapshotId id = SnapshotFile.open(file).id();
        Files.write(folder.resolve("backup.snapshot"), whole);
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        SnapshotFiles store = open();
        assertEquals(List.of(id), store.damaged().stream().map(DamagedSnapshot::id).toList());
        assertEquals(List.of(aside(file), "backup.damaged"), TestSnapshots.names(folder));
        store.removeDamaged(store.damaged().getFirst());
        assertEquals(List.of("backup.damaged"), TestSnapshots.names(folder));
        store.close();
    }

    @Test
    void anEndBehindOtherBytesIsNoEnd() throws IOException {
        byte[] twice = Arrays.copyOf(whole, whole.length + SnapshotFormat.END);
        System.arraycopy(whole, END_AT, twice, whole.length, SnapshotFormat.END);
        Files.write(file, twice);
        assertTrue(refused().startsWith(whole.length + ": no end"));
        // And without a chunk, even with the checksums that would be due there.
        int shorter = END_AT - SnapshotFormat.CHUNK_HEADER - 8;
        byte[] cut = Arrays.copyOf(whole, shorter + SnapshotFormat.END);
        byte[] end = SnapshotFile.open(Files.write(file, whole)).header().encodeEnd(shorter, 40, 0);
        System.arraycopy(end, 0, cut, shorter, end.length);
        Files.write(file, cut);
        assertTrue(refused().startsWith(shorter + ": its "));
    }

    @Test
    void aChunkOfAnotherPlaceOrSnapshotIsNone() throws IOException {
        int length = SnapshotFormat.CHUNK_HEADER + CHUNK;
        byte[] moved = whole.clone();
        System.arraycopy(whole, CHUNKS_FROM, moved, CHUNKS_FROM + length, length);
        Files.write(file, moved);
        assertArrayEquals(Arrays.copyOf(CONTENT, CHUNK),
                readable(SnapshotFile.open(file), "offset " + (CHUNKS_FROM + length)));
        byte[] other = Files.readAllBytes(TestSnapshots.file(directory.resolve("other"), CHUNK,
                TestSnapshots.bytes(10, 7), CONTENT));
        byte[] mixed = whole.clone();
        System.arraycopy(other, CHUNKS_FROM, mixed, CHUNKS_FROM, length);
        Files.write(file, mixed);
        assertArrayEquals(new byte[0], readable(SnapshotFile.open(file), "offset " + CHUNKS_FROM));
    }

    @Test
    void aContentThatIsNotThatOfItsIdIsFoundThoughEachChunkIsGood() throws IOException {
        byte[] wrong = whole.clone();
        byte[] end = SnapshotFile.open(file).header().encodeEnd(END_AT, CONTENT.length, 4711);
        System.arraycopy(end, 0, wrong, END_AT, end.length);
        Files.write(file, wrong);
        assertArrayEquals(Arrays.copyOf(CONTENT, 2 * CHUNK), readable(SnapshotFile.open(file), "offset " + END_AT));
        Path empty = TestSnapshots.file(directory.resolve("empty"), CHUNK, BOUNDARY, new byte[0]);
        byte[] none = Files.readAllBytes(empty);
        end = SnapshotFile.open(empty).header().encodeEnd(CHUNKS_FROM, 0, 4711);
        System.arraycopy(end, 0, none, CHUNKS_FROM, end.length);
        Files.write(empty, none);
        assertArrayEquals(new byte[0], readable(SnapshotFile.open(empty), "offset " + CHUNKS_FROM));
    }

    @Test
    void aFileThatIsReplacedOrGoneIsFoundByVerifying() throws IOException {
        SnapshotFile opened = SnapshotFile.open(file);
        Files.write(file, Files.readAllBytes(TestSnapshots.file(directory.resolve("other"), CHUNK, BOUNDARY,
                TestSnapshots.bytes(40, 3))));
        assertTrue(assertThrows(LogCorruptException.class, opened::verify).getMessage().contains("another snapshot"));
        Files.delete(file);
        assertThrows(LogCorruptException.class, opened::verify);
        assertTrue(assertThrows(LogCorruptException.class, opened::content).getMessage().contains(file + " is gone"));
        assertTrue(assertThrows(IOException.class, () -> SnapshotFile.open(file)).getMessage()
                .contains(file.toString()));
        assertThrows(LogOpenException.class, () -> SnapshotFile.open(folder));
    }

    private SnapshotFiles open() throws IOException {
        warnings.clear();
        return SnapshotFiles.open(Disk.REAL, folder, warnings::add, CHUNK, 0);
    }

    private static String aside(Path snapshot) {
        return snapshot.getFileName().toString().replace(".snapshot", ".damaged");
    }

    @Test
    void aDamagedNewestIsSetAsideAndToldAndTheOlderOneCounts() throws IOException {
        Path newer = Files.write(folder.resolve(file.getFileName().toString().replace("5-", "6-")), whole);
        SnapshotFiles store = open();
        assertEquals(5, store.newest().orElseThrow().id().index());
        store.newest().orElseThrow().verify();
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.getFirst().contains(newer.toString()) && warnings.getFirst().contains(aside(newer)),
                warnings.toString());
        assertEquals(List.of(file.getFileName().toString(), aside(newer)), TestSnapshots.names(folder));
        store.close();
        byte[] flipped = whole.clone();
        flipped[CHUNKS_FROM - 1] ^= 1;
        Files.write(file, flipped);
        store = open();
        assertEquals(Optional.empty(), store.newest());
        assertEquals(1, warnings.size(), warnings.toString());
        assertEquals(List.of(aside(file), aside(newer)), TestSnapshots.names(folder), "a start decides between them");
        assertArrayEquals(whole, Files.readAllBytes(folder.resolve(aside(newer))));
        store.close();
        assertEquals(Optional.empty(), open().newest());
        assertEquals(List.of(), warnings);
    }

    @Test
    void whatIsNotItsOwnIsLeftAlone() throws IOException {
        Files.writeString(folder.resolve("README"), "mine");
        Files.writeString(folder.resolve("backup.snapshot"), "mine");
        SnapshotFiles store = open();
        assertEquals(5, store.newest().orElseThrow().id().index());
        assertEquals(List.of(file.getFileName().toString(), "README", "backup.damaged"), TestSnapshots.names(folder));
        assertEquals(1, warnings.size(), warnings.toString());
        store.close();
        assertThrows(NoSuchFileException.class, () -> Files.size(folder.resolve("backup.snapshot")));
    }
}
