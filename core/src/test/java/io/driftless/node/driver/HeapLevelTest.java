package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HeapLevelTest {

    private static final long MIB = 1 << 20;

    private final HeapLevel level = new HeapLevel(500 * MIB);

    @Test
    void itIsNearlyFullWhenACollectionOfTheOldLeavesLessThanATenth() {
        level.collected(460 * MIB, 449 * MIB);
        assertEquals("", level.shortage());
        level.collected(460 * MIB, 451 * MIB);
        assertTrue(level.shortage().startsWith("the heap is nearly full: 451 of 500 MiB are in use after a collection"),
                level.shortage());
    }

    @Test
    void garbageThatNoCollectionHasLookedForIsNoShortage() {
        level.collected(499 * MIB, 20 * MIB);
        assertEquals("", level.shortage());
    }

    @Test
    void itHasRoomAgainOnlyOnceThereIsClearlyMore() {
        level.collected(460 * MIB, 460 * MIB);
        level.collected(445 * MIB, 445 * MIB);
        assertTrue(level.shortage().contains(" 460 of "), "a little below the limit is not enough");
        level.collected(430 * MIB, 460 * MIB);
        assertEquals("", level.shortage(), "a collection of the young shows that there is room");
    }

    @Test
    void aSmallHeapKeepsMoreInReserve() {
        HeapLevel small = new HeapLevel(128 * MIB);
        small.collected(95 * MIB, 95 * MIB);
        assertEquals("", small.shortage());
        small.collected(97 * MIB, 97 * MIB);
        assertTrue(small.shortage().contains(" 97 of 128 MiB"), small.shortage());
        HeapLevel tiny = new HeapLevel(40 * MIB);
        tiny.collected(19 * MIB, 19 * MIB);
        assertEquals("", tiny.shortage());
        tiny.collected(21 * MIB, 21 * MIB);
        assertTrue(tiny.shortage().contains(" 21 of 40 MiB"), tiny.shortage());
    }
}
