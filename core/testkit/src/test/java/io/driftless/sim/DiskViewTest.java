package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.EntryType;
import io.driftless.log.LogEntry;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What counts as stored on a disk whose log does not begin at index 1. */
class DiskViewTest {

    private final DiskView view = new DiskView(false);

    private static List<LogEntry> entries(long from, long to, long term) {
        return LongStream.rangeClosed(from, to).mapToObj(index -> new LogEntry(index, term, 0, EntryType.NOOP, 0, 0,
                Bytes.EMPTY)).toList();
    }

    private void store(long from, long to, long term, boolean overwrite) {
        view.written(entries(from, to, term), overwrite);
        view.synced();
    }

    @Test
    void aCompactedLogStillKnowsTheTermBeforeItsFirstEntry() {
        store(1, 9, 2, false);
        view.snapshot(6, 2);
        view.compacted(5);
        assertEquals(List.of(-1L, 2L, 2L, 2L, -1L), LongStream.of(4, 5, 6, 9, 10).map(view::termAt).boxed().toList());
        assertEquals(List.of(new DiskView.Place(5, 2), new DiskView.Place(6, 2)), view.covering());
        store(8, 8, 3, true);
        assertEquals(8, view.lastIndex());
        view.written(entries(9, 9, 3), false);
        view.powerCut(0);
        assertEquals(8, view.lastIndex());
    }

    @Test
    void aResetLogIsEmptyAndWhatCountedBehindItIsLost() {
        store(1, 9, 1, false);
        view.written(entries(10, 12, 1), false);
        view.snapshot(7, 2);
        view.reset(7, 2);
        assertEquals(List.of(7L, 7L, 2L, -1L, 0L), List.of(view.boundary(), view.lastIndex(), view.termAt(7),
                view.termAt(8), (long) view.unsyncedCount()));
        assertTrue(view.lost().contains(new DiskView.Place(9, 1)) && !view.lost().contains(new DiskView.Place(7, 1)));
        store(8, 8, 2, false);
        assertEquals(8, view.lastIndex());
    }

    @Test
    void aFolderThatIsPutBackHasItsOldLogAndSnapshot() {
        store(1, 5, 1, false);
        DiskView.Copy copy = view.copy();
        store(6, 9, 1, false);
        view.snapshot(9, 1);
        view.compacted(9);
        view.putBack(copy);
        assertEquals(List.of(0L, 5L, 0L), List.of(view.boundary(), view.lastIndex(), view.snapshotIndex()));
        assertTrue(view.lost().contains(new DiskView.Place(9, 1)));
    }
}
