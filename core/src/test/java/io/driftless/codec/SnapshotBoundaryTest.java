package io.driftless.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.EndCause;
import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import io.driftless.log.LogOpenException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SnapshotBoundaryTest {

    @Test
    void theBytesOfABoundary() {
        SnapshotBoundary boundary = new SnapshotBoundary(1_000, 3, 5, Bytes.utf8("who"));
        assertEquals("02" + "00000000000003e8" + "0000000000000003" + "0000000000000005" + "77686f", HexFormat.of()
                .formatHex(boundary.encode().toByteArray()));
        assertEquals(boundary, SnapshotBoundary.decode(boundary.encode()));
    }

    @Test
    void aBoundaryIsOfTheClusterThatFormedWithItsConfiguration() {
        SnapshotBoundary boundary = new SnapshotBoundary(1_000, 0, 0, Bytes.utf8("who"));
        assertTrue(boundary.isOf(Optional.of(Bytes.utf8("who"))));
        assertFalse(boundary.isOf(Optional.of(Bytes.utf8("others"))));
        assertFalse(boundary.isOf(Optional.empty()));
    }

    @Test
    void aBoundaryThatIsNoneIsRefused() {
        byte[] bytes = new SnapshotBoundary(1, 2, 3, Bytes.EMPTY).encode().toByteArray();
        assertThrows(MalformedException.class, () -> SnapshotBoundary.decode(Bytes.wrap(Arrays.copyOf(bytes, 24))));
        assertThrows(MalformedException.class, () -> SnapshotBoundary.decode(Bytes.EMPTY));
    }

    @Test
    void aBoundaryOfAnotherVersionIsNotTakenForDamage() {
        LogOpenException refused = assertThrows(LogOpenException.class, () -> SnapshotBoundary.decode(Bytes.wrap(
                new byte[]{1, 0, 0})));
        assertEquals(EndCause.OTHER_FORMAT, refused.endCause());
        assertEquals("the boundary of a snapshot has version 1; this version of Driftless reads 2",
                refused.getMessage());
    }

    @Test
    void anEraOnlyRises() {
        SnapshotBoundary boundary = new SnapshotBoundary(1_000, 3, 5, Bytes.EMPTY);
        assertEquals(new SnapshotBoundary(1_000, 4, 5, Bytes.EMPTY), boundary.in(4));
        assertEquals(boundary, boundary.in(2));
    }
}
