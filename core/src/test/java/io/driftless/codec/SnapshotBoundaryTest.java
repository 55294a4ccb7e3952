package io.driftless.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.errors.MalformedException;
import io.driftless.log.Bytes;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SnapshotBoundaryTest {

    @Test
    void theBytesOfABoundary() {
        SnapshotBoundary boundary = new SnapshotBoundary(1_000, 5, Bytes.utf8("who"));
        assertEquals("01" + "00000000000003e8" + "0000000000000005" + "77686f", HexFormat.of().formatHex(boundary
                .encode().toByteArray()));
        assertEquals(boundary, SnapshotBoundary.decode(boundary.encode()));
    }

    @Test
    void aBoundaryIsOfTheClusterThatFormedWithItsConfiguration() {
        SnapshotBoundary boundary = new SnapshotBoundary(1_000, 0, Bytes.utf8("who"));
        assertTrue(boundary.isOf(Optional.of(Bytes.utf8("who"))));
        assertFalse(boundary.isOf(Optional.of(Bytes.utf8("others"))));
        assertFalse(boundary.isOf(Optional.empty()));
    }

    @Test
    void aBoundaryThatIsNoneIsRefused() {
        byte[] bytes = new SnapshotBoundary(1, 2, Bytes.EMPTY).encode().toByteArray();
        assertThrows(MalformedException.class, () -> SnapshotBoundary.decode(Bytes.wrap(Arrays.copyOf(bytes, 16))));
        bytes[0] = 2;
        assertEquals("the boundary of a snapshot has version 2, not 1 at byte 0", assertThrows(
                MalformedException.class, () -> SnapshotBoundary.decode(Bytes.wrap(bytes))).getMessage());
    }
}
