package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.log.Bytes;
import io.driftless.log.LogEntry;
import org.junit.jupiter.api.Test;

/** What a node keeps in memory is bounded by what it holds of the heap. */
class BoundsTest {

    private static LogEntry entry(long index, Bytes payload) {
        return LogEntry.command(index, 1, 0, payload);
    }

    private static int held(EntryCache cache, int last) {
        int held = 0;
        for (int index = 1; index <= last; index++) {
            held += cache.entry(index) == null ? 0 : 1;
        }
        return held;
    }

    @Test
    void aSmallPartOfALargeReadCountsForAllOfIt() {
        EntryCache cache = new EntryCache();
        for (int index = 1; index <= 200; index++) {
            cache.put(entry(index, Bytes.wrap(new byte[1 << 20], 0, 100)));
        }
        assertTrue(held(cache, 200) <= 33, held(cache, 200) + " MiB are held");
    }

    @Test
    void entriesOfOneReadCountItOnce() {
        EntryCache cache = new EntryCache();
        byte[] read = new byte[1 << 20];
        for (int index = 1; index <= 1_000; index++) {
            cache.put(entry(index, Bytes.wrap(read, index, 1_000)));
        }
        assertEquals(1_000, held(cache, 1_000));
    }

    @Test
    void whatIsOverwrittenOrLeftOutCountsNoMore() {
        EntryCache cache = new EntryCache();
        for (int round = 0; round < 100; round++) {
            byte[] read = new byte[4 << 20];
            for (int index = 1; index <= 6; index++) {
                cache.put(entry(index, Bytes.wrap(read, index, 10)));
            }
            cache.put(entry(round % 2 == 0 ? 4 : 20, Bytes.wrap(new byte[1 << 20])));
        }
        for (int index = 1; index <= 30; index++) {
            cache.put(entry(index, Bytes.wrap(new byte[1 << 20])));
        }
        assertEquals(30, held(cache, 30), "something that is gone still counts");
    }

    @Test
    void requestsUnderWayAreBoundedByNumberAndByBytes() {
        Admission few = new Admission(3, Long.MAX_VALUE >>> 24);
        assertTrue(few.take(1) && few.take(1) && few.take(1));
        assertFalse(few.take(1));
        assertEquals("3 commands are in flight", few.refusal("command"));
        few.give(1);
        assertTrue(few.take(1));
        Admission one = new Admission(1, 1 << 20);
        assertTrue(one.take(1));
        assertEquals("1 question is in flight", one.refusal("question"));
        Admission small = new Admission(1_000_000, 1 << 20);
        assertTrue(small.take(16 << 20), "one alone may have any size");
        assertFalse(small.take(1));
        small.give(16 << 20);
        int taken = 0;
        while (small.take(1_000)) {
            taken++;
        }
        assertEquals((1 << 20) / (1_000 + Admission.REQUEST_BYTES), taken);
        assertEquals(taken, small.count());
        for (int i = 0; i < taken; i++) {
            small.give(1_000);
        }
        assertEquals(0, small.count());
    }
}
