package io.driftless.tck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.DamagedSnapshot;
import io.driftless.log.LogClosedException;
import io.driftless.log.LogCorruptException;
import io.driftless.log.RaftLog;
import io.driftless.log.SnapshotStore;
import io.driftless.log.SnapshotWriter;
import io.driftless.log.StoredSnapshot;
import io.driftless.raft.SnapshotId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every {@link SnapshotStore} must do. */
public abstract class SnapshotStoreContract {

    /** Who takes the snapshots. */
    protected static final UUID CREATOR = new UUID(0x0123_4567_89ab_cdefL, 0xfedc_ba98_7654_3210L);

    private static final UUID OTHER = new UUID(1, 2);
    private static final int LARGE = 300_000;

    /**
     * Opens the store of this test. The first time it is empty; later it holds what was finished there. The one before
     * is closed, also while it writes.
     */
    protected abstract SnapshotStore open() throws IOException;

    /** Bytes without a pattern that follow from {@code length} and {@code seed}. */
    protected static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(31 * seed + length).nextBytes(bytes);
        return bytes;
    }

    /** Writes a snapshot as a whole. */
    protected static StoredSnapshot write(SnapshotStore store, long index, byte[] content) throws IOException {
        return write(store, index, CREATOR, Bytes.utf8("boundary of " + index), content);
    }

    private static StoredSnapshot write(SnapshotStore store, long index, UUID creator, Bytes boundary, byte[] content)
            throws IOException {
        try (SnapshotWriter writer = store.begin(index, 3, creator, boundary)) {
            writer.content().write(content);
            return writer.finish();
        }
    }

    /** Of the newest snapshot. */
    protected static StoredSnapshot newest(SnapshotStore store) {
        return store.newest().orElseThrow();
    }

    /** All of a snapshot's content. */
    protected static byte[] read(StoredSnapshot stored) throws IOException {
        try (InputStream content = stored.content()) {
            return content.readAllBytes();
        }
    }

    private static void assertHolds(StoredSnapshot stored, long index, byte[] content) throws IOException {
        assertEquals(index, stored.id().index());
        assertEquals(3, stored.id().term());
        assertEquals(CREATOR, stored.id().creator());
        assertEquals(Bytes.utf8("boundary of " + index), stored.boundary());
        assertEquals(content.length, stored.contentBytes());
        assertTrue(stored.storedBytes() >= content.length + stored.boundary().length());
        stored.verify();
        assertArrayEquals(content, read(stored));
        assertTrue(!stored.description().isBlank() && !stored.description().contains("\n"), stored.description());
    }

    @Test
    void beginsWithNone() throws IOException {
        assertEquals(Optional.empty(), open().newest());
        assertEquals(Optional.empty(), open().newest());
    }

    @Test
    void readsWhatWasWrittenAlsoWhenOpenedAgain() throws IOException {
        SnapshotStore store = open();
        long index = 0;
        for (int length : new int[] {0, 1, 65_535, 65_536, 65_537, 131_072, LARGE}) {
            byte[] content = bytes(length, ++index);
            StoredSnapshot finished = write(store, index, content);
            assertHolds(finished, index, content);
            assertHolds(newest(store), index, content);
            store = open();
            assertHolds(newest(store), index, content);
            assertEquals(finished.id(), newest(store).id());
        }
    }

    @Test
    void whatIsWrittenWithoutHasteIsTheSame() throws IOException {
        SnapshotStore store = open();
        byte[] content = bytes(LARGE * 3, 4);
        int checksum = write(store, 1, content).id().checksum();
        try (SnapshotWriter writer = store.begin(2, 3, CREATOR, Bytes.utf8("boundary of 2"))) {
            writer.takeTime();
            writer.content().write(content);
            assertEquals(checksum, writer.finish().id().checksum());
        }
        assertHolds(newest(store), 2, content);
    }

    @Test
    void takesAContentInPiecesOfAnySize() throws IOException {
        SnapshotStore store = open();
        byte[] content = bytes(200_001, 7);
        try (SnapshotWriter writer = store.begin(1, 3, CREATOR, Bytes.utf8("boundary of 1"))) {
            int at = 0;
            for (int piece = 1; at < content.length; piece = piece * 3 + 1) {
                int length = Math.min(piece % 70_001, content.length - at - 1);
                writer.content().write(content, at, length);
                writer.content().write(content[at + length]);
                writer.content().flush();
                at += length + 1;
            }
            writer.content().write(content, 0, 0);
            writer.content().close();
            writer.finish();
        }
        assertHolds(newest(store), 1, content);
    }

    @Test
    void handsOutAContentInPiecesOfAnySize() throws IOException {
        byte[] content = bytes(200_001, 8);
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try (InputStream in = write(open(), 1, content).content()) {
            byte[] part = new byte[70_001];
            int piece = 1;
            while (read.size() < content.length) {
                read.write(in.read());
                int count = in.read(part, 1, Math.min(piece, part.length - 1));
                read.write(part, 1, Math.max(count, 0));
                piece = piece * 3 + 1;
            }
            assertEquals(-1, in.read());
            assertEquals(-1, in.read(part));
        }
        assertArrayEquals(content, read.toByteArray());
    }

    @Test
    void anIdTellsCreatorAndContent() throws IOException {
        SnapshotId id = write(open(), 5, OTHER, Bytes.EMPTY, bytes(100, 1)).id();
        assertEquals(new SnapshotId(5, 3, OTHER, id.checksum()), id);
        StoredSnapshot gone = newest(open());
        SnapshotStore store = open();
        store.setAside(gone);
        SnapshotId another = write(store, 5, CREATOR, Bytes.EMPTY, bytes(100, 1)).id();
        assertEquals(new SnapshotId(5, 3, CREATOR, id.checksum()), another);
        byte[] changed = bytes(100, 1);
        changed[99] ^= 1;
        assertNotEquals(id.checksum(), write(store, 6, CREATOR, Bytes.EMPTY, changed).id().checksum());
        byte[] longer = Arrays.copyOf(bytes(100, 1), 101);
        assertNotEquals(id.checksum(), write(store, 7, CREATOR, Bytes.EMPTY, longer).id().checksum());
    }

    @Test
    void theNewestReplacesTheOneBefore() throws IOException {
        SnapshotStore store = open();
        StoredSnapshot first = write(store, 5, bytes(1_000, 1));
        write(store, 9, bytes(10, 2));
        assertHolds(newest(store), 9, bytes(10, 2));
        assertThrows(LogCorruptException.class, () -> read(first));
        assertThrows(LogCorruptException.class, first::verify);
        assertHolds(newest(open()), 9, bytes(10, 2));
    }

    @Test
    void whatIsNotFinishedLeavesNothing() throws IOException {
        SnapshotStore store = open();
        write(store, 5, bytes(1_000, 1));
        SnapshotWriter given = store.begin(6, 3, CREATOR, Bytes.EMPTY);
        given.content().write(bytes(LARGE, 2));
        given.close();
        given.close();
        assertHolds(newest(store), 5, bytes(1_000, 1));
        assertThrows(LogClosedException.class, () -> given.content().write(bytes(LARGE, 2)));
        assertThrows(LogClosedException.class, given::finish);
        SnapshotWriter left = store.begin(6, 3, CREATOR, Bytes.EMPTY);
        left.content().write(bytes(LARGE, 2));
        assertHolds(newest(store), 5, bytes(1_000, 1));
        SnapshotStore again = open();
        assertHolds(newest(again), 5, bytes(1_000, 1));
        assertThrows(LogClosedException.class, left::finish);
        left.close();
        assertHolds(newest(again), 5, bytes(1_000, 1));
        write(again, 6, bytes(7, 3));
        assertHolds(newest(again), 6, bytes(7, 3));
    }

    @Test
    void writesOneAtATime() throws IOException {
        SnapshotStore store = open();
        SnapshotWriter writer = store.begin(5, 3, CREATOR, Bytes.EMPTY);
        assertThrows(IllegalStateException.class, () -> store.begin(6, 3, CREATOR, Bytes.EMPTY));
        writer.close();
        SnapshotWriter second = store.begin(5, 3, CREATOR, Bytes.utf8("boundary of 5"));
        writer.close();
        assertThrows(IllegalStateException.class, () -> store.begin(6, 3, CREATOR, Bytes.EMPTY));
        second.finish();
        assertThrows(IllegalStateException.class, second::finish);
        assertThrows(IllegalStateException.class, () -> second.content().write(1));
        SnapshotWriter third = store.begin(6, 3, CREATOR, Bytes.EMPTY);
        second.close();
        assertHolds(newest(store), 5, bytes(0, 0));
        third.close();
    }

    @Test
    void keepsAReceivedOneThatIsTheOneExpected() throws IOException {
        byte[] content = bytes(LARGE, 1);
        SnapshotId id = write(open(), 5, CREATOR, Bytes.utf8("boundary of 5"), content).id();
        SnapshotStore store = open();
        store.setAside(newest(store));
        try (SnapshotWriter writer = store.begin(5, 3, CREATOR, Bytes.utf8("boundary of 5"))) {
            writer.content().write(content);
            assertEquals(id, writer.finish(id).id());
            assertThrows(IllegalStateException.class, () -> writer.finish(id));
        }
        assertHolds(newest(store), 5, content);
        assertHolds(newest(open()), 5, content);
    }

    /** Each part of an id counts, and so does each byte of the content. */
    @Test
    void keepsNoReceivedOneThatIsAnother() throws IOException {
        SnapshotStore store = open();
        byte[] content = bytes(LARGE, 1);
        SnapshotId id = write(store, 5, CREATOR, Bytes.EMPTY, content).id();
        SnapshotId due = new SnapshotId(6, 3, OTHER, id.checksum());
        assertNotKept(store, new SnapshotId(7, 3, OTHER, id.checksum()), due, content);
        assertNotKept(store, new SnapshotId(6, 4, OTHER, id.checksum()), due, content);
        assertNotKept(store, new SnapshotId(6, 3, CREATOR, id.checksum()), due, content);
        assertNotKept(store, due, new SnapshotId(6, 3, OTHER, id.checksum() ^ 1), content);
        assertNotKept(store, due, due, Arrays.copyOf(content, LARGE - 1));
        assertNotKept(store, due, due, Arrays.copyOf(content, LARGE + 1));
        assertNotKept(store, due, due, new byte[0]);
        byte[] changed = content.clone();
        changed[70_000] ^= 16;
        assertNotKept(store, due, due, changed);
        try (SnapshotWriter writer = store.begin(6, 3, OTHER, Bytes.EMPTY)) {
            writer.content().write(content);
            assertEquals(due, writer.finish(due).id());
        }
        assertArrayEquals(content, read(newest(open())));
    }

    private void assertNotKept(SnapshotStore store, SnapshotId begun, SnapshotId due, byte[] content)
            throws IOException {
        StoredSnapshot before = newest(store);
        try (SnapshotWriter writer = store.begin(begun.index(), begun.term(), begun.creator(), Bytes.EMPTY)) {
            writer.content().write(content);
            String message = assertThrows(LogCorruptException.class, () -> writer.finish(due)).getMessage();
            assertTrue(message.contains(due.toString()) && !message.contains("\n"), message);
            assertThrows(LogCorruptException.class, () -> writer.finish(due), "it stays refused");
            assertThrows(LogCorruptException.class, writer::finish, "also as one of this server");
            assertThrows(LogCorruptException.class, () -> writer.content().write(1));
        }
        assertEquals(before.id(), newest(store).id());
        before.verify();
    }

    @Test
    void readsFromAnyOffset() throws IOException {
        SnapshotStore store = open();
        byte[] content = bytes(131_072, 1);
        StoredSnapshot stored = write(store, 5, content);
        for (int offset : new int[] {0, 1, 65_535, 65_536, 65_537, 131_071, 131_072}) {
            assertReadsFrom(stored, offset, content);
        }
        assertThrows(IllegalArgumentException.class, () -> stored.content(-1));
        assertThrows(IllegalArgumentException.class, () -> stored.content(131_073));
        byte[] uneven = bytes(LARGE, 2);
        StoredSnapshot second = write(store, 6, uneven);
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            assertReadsFrom(second, random.nextInt(LARGE + 1), uneven);
        }
        assertReadsFrom(second, LARGE, uneven);
        StoredSnapshot empty = write(store, 7, new byte[0]);
        assertReadsFrom(empty, 0, new byte[0]);
        assertThrows(IllegalArgumentException.class, () -> empty.content(1));
    }

    private static void assertReadsFrom(StoredSnapshot stored, int offset, byte[] content) throws IOException {
        try (InputStream in = stored.content(offset)) {
            assertEquals(offset < content.length ? content[offset] & 0xff : -1, in.read());
            byte[] rest = in.readAllBytes();
            assertArrayEquals(Arrays.copyOfRange(content, Math.min(offset + 1, content.length), content.length), rest,
                    "from " + offset);
        }
    }

    @Test
    void refusesAnIndexThatIsNotAboveTheNewest() throws IOException {
        SnapshotStore store = open();
        assertThrows(IllegalArgumentException.class, () -> store.begin(0, 3, CREATOR, Bytes.EMPTY));
        assertThrows(IllegalArgumentException.class, () -> store.begin(1, 0, CREATOR, Bytes.EMPTY));
        write(store, 5, bytes(10, 1));
        assertThrows(IllegalArgumentException.class, () -> store.begin(5, 4, OTHER, Bytes.EMPTY));
        assertThrows(IllegalArgumentException.class, () -> store.begin(4, 3, CREATOR, Bytes.EMPTY));
        SnapshotStore again = open();
        assertThrows(IllegalArgumentException.class, () -> again.begin(5, 3, CREATOR, Bytes.EMPTY));
        write(again, 6, bytes(10, 2));
        write(again, Long.MAX_VALUE, bytes(10, 3));
        assertHolds(newest(open()), Long.MAX_VALUE, bytes(10, 3));
    }

    @Test
    void keepsABoundaryOfAnyAllowedSizeByteForByte() throws IOException {
        SnapshotStore store = open();
        Bytes tooLarge = Bytes.wrap(new byte[RaftLog.ENTRY_BYTES_MAX + 1]);
        assertThrows(IllegalArgumentException.class, () -> store.begin(1, 3, CREATOR, tooLarge));
        SnapshotStore now = store;
        long index = 0;
        for (int length : new int[] {0, 1, 77, 100_000, RaftLog.ENTRY_BYTES_MAX}) {
            byte[] around = bytes(length + 9, 4);
            write(now, ++index, CREATOR, Bytes.wrap(around, 4, length), bytes(50, index));
            now = open();
            assertArrayEquals(Arrays.copyOfRange(around, 4, 4 + length), newest(now).boundary().toByteArray());
            assertArrayEquals(bytes(50, index), read(newest(now)));
        }
    }

    /** It may go on, or say that it cannot; wrong bytes it never gives. */
    @Test
    void readingGoesOnOrEndsWhileANewerOneIsFinished() throws IOException {
        SnapshotStore store = open();
        byte[] content = bytes(LARGE, 1);
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try (InputStream in = write(store, 5, content).content()) {
            read.write(in.readNBytes(100));
            write(store, 6, bytes(LARGE, 2));
            readUntilDamage(in, read);
        }
        assertArrayEquals(Arrays.copyOf(content, read.size()), read.toByteArray());
    }

    private static void readUntilDamage(InputStream in, OutputStream into) throws IOException {
        try {
            byte[] part = new byte[1_000];
            int count = in.read(part);
            while (count >= 0) {
                into.write(part, 0, count);
                count = in.read(part);
            }
        } catch (LogCorruptException gone) {
            assertTrue(!gone.getMessage().isBlank());
        }
    }

    @Test
    void whatIsSetAsideIsNeverTheNewestAgain() throws IOException {
        SnapshotStore store = open();
        assertEquals(List.of(), store.damaged());
        StoredSnapshot bad = write(store, 5, bytes(1_000, 1));
        List<DamagedSnapshot> due = List.of(damaged(bad));
        store.setAside(bad);
        assertEquals(due, store.damaged());
        assertEquals(Optional.empty(), store.newest());
        store.setAside(bad);
        assertThrows(LogCorruptException.class, () -> read(bad));
        SnapshotStore again = open();
        assertEquals(Optional.empty(), again.newest());
        assertEquals(due, again.damaged());
        again.setAside(bad);
        StoredSnapshot second = write(again, 4, bytes(1_000, 2));
        again.setAside(bad);
        assertHolds(newest(again), 4, bytes(1_000, 2));
        again.setAside(second);
        assertEquals(List.of(damaged(second)), again.damaged(), "the last one");
        assertEquals(Optional.empty(), open().newest());
    }

    private static DamagedSnapshot damaged(StoredSnapshot aside) {
        return new DamagedSnapshot(aside.id(), Optional.of(aside.boundary()));
    }

    @Test
    void whatIsRemovedIsGone() throws IOException {
        SnapshotStore store = open();
        StoredSnapshot useless = write(store, 5, bytes(1_000, 1));
        store.remove(useless);
        store.remove(useless);
        assertEquals(Optional.empty(), store.newest());
        assertThrows(LogCorruptException.class, () -> read(useless));
        SnapshotStore again = open();
        assertEquals(Optional.empty(), again.newest());
        assertEquals(List.of(), again.damaged());
        write(again, 4, bytes(1_000, 2));
        again.remove(useless);
        assertHolds(newest(again), 4, bytes(1_000, 2));
    }

    @Test
    void whatLiesAsideIsRemovedAndNothingElse() throws IOException {
        SnapshotStore store = open();
        StoredSnapshot bad = write(store, 5, bytes(1_000, 1));
        store.setAside(bad);
        assertEquals(bad.id(), write(store, 5, bytes(1_000, 1)).id(), "the same again");
        store.removeDamaged(new DamagedSnapshot(new SnapshotId(5, 3, OTHER, bad.id().checksum()), Optional.empty()));
        assertEquals(List.of(damaged(bad)), store.damaged());
        store.removeDamaged(damaged(bad));
        store.removeDamaged(damaged(bad));
        assertEquals(List.of(), store.damaged());
        assertHolds(newest(store), 5, bytes(1_000, 1));
        SnapshotStore again = open();
        assertEquals(List.of(), again.damaged());
        assertHolds(newest(again), 5, bytes(1_000, 1));
    }

    @Test
    void refusesEverythingOnceClosed() throws IOException {
        SnapshotStore store = open();
        StoredSnapshot stored = write(store, 5, bytes(1_000, 1));
        open();
        assertThrows(LogClosedException.class, store::newest);
        assertThrows(LogClosedException.class, store::damaged);
        assertThrows(LogClosedException.class, () -> store.begin(6, 3, CREATOR, Bytes.EMPTY));
        assertThrows(LogClosedException.class, () -> store.setAside(stored));
        assertThrows(LogClosedException.class, () -> store.remove(stored));
        assertThrows(LogClosedException.class, () -> store.removeDamaged(damaged(stored)));
    }
}
