package io.driftless.log.mmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.errors.ConfigException;
import io.driftless.node.NodeConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node's configuration allows, the log takes; what the log does not take, the configuration refuses. */
class ConfiguredSizesTest {

    private static final List<Integer> BOUNDS = List.of(256 << 10, 1 << 30);

    private static NodeConfig.Builder config(int segmentBytes) {
        return NodeConfig.builder().segmentBytes(segmentBytes).entryBytesMax(1);
    }

    @Test
    void segmentsHaveTheSameBounds() {
        for (int size : BOUNDS) {
            assertEquals(size, new MmapLogOptions(config(size).build().segmentBytes(), 1).segmentBytes());
        }
        for (int size : List.of(BOUNDS.getFirst() - 1, BOUNDS.getLast() + 1)) {
            assertThrows(ConfigException.class, () -> config(size).build());
            assertThrows(IllegalArgumentException.class, () -> new MmapLogOptions(size, 1));
        }
    }

    @Test
    void theLargestConfiguredEntryFits() {
        for (int size : BOUNDS) {
            int tooLarge = size / 4;
            assertThrows(ConfigException.class, () -> config(size).entryBytesMax(tooLarge).build());
            int largest = Math.min(size / 4 - 256, MmapLog.ENTRY_BYTES_MAX);
            assertEquals(largest, new MmapLogOptions(size, config(size).entryBytesMax(largest).build().entryBytesMax())
                    .entryBytesMax());
        }
    }
}
