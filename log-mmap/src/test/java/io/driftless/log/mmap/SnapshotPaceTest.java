package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotPaceTest {

    private static final long MS = 1_000_000;

    private long nowNs = 7;
    private final List<Long> pauses = new ArrayList<>();
    private final SnapshotPace pace = new SnapshotPace(() -> nowNs, ns -> {
        pauses.add(ns);
        nowNs += ns;
    });

    private void piece(long tookNs) {
        nowNs += tookNs;
        pace.forced();
        pace.rest();
    }

    @Test
    void whoIsInAHurryNeverRestsAndForcesSeldom() {
        piece(2 * MS);
        piece(5 * MS);
        assertEquals(List.of(), pauses);
        assertEquals(64, pace.chunksPerForce());
    }

    @Test
    void whoIsNotRestsThreeTimesAsLongAsEachPieceTook() {
        pace.takeTime();
        assertEquals(4, pace.chunksPerForce());
        piece(2 * MS);
        piece(5 * MS);
        assertEquals(List.of(6 * MS, 15 * MS), pauses, "a rest is no part of the next piece");
    }

    @Test
    void whoIsInAHurryAfterAllRestsNoMore() {
        pace.takeTime();
        nowNs += 2 * MS;
        pace.forced();
        pace.hurry();
        pace.rest();
        piece(2 * MS);
        assertEquals(List.of(), pauses);
        assertEquals(64, pace.chunksPerForce());
    }

    @Test
    void aRestComesOncePerPieceAndIsShort() {
        pace.takeTime();
        pace.rest();
        assertEquals(List.of(), pauses);
        piece(200 * MS);
        pace.rest();
        assertEquals(List.of(50 * MS), pauses);
    }
}
