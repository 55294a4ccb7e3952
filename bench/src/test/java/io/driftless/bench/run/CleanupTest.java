package io.driftless.bench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanupTest {

    private final List<String> released = new ArrayList<>();

    @Test
    void givesBackInReverseOrderAndOnce() throws Exception {
        Cleanup cleanup = new Cleanup();
        cleanup.own(() -> "folder", released::add);
        cleanup.own(() -> "process", released::add);
        cleanup.close();
        cleanup.close();
        assertEquals(List.of("process", "folder"), released);
    }

    @Test
    void goesOnAfterAFailure() throws Exception {
        try (Cleanup cleanup = new Cleanup()) {
            cleanup.own(() -> "folder", released::add);
            cleanup.own(() -> "process", process -> {
                throw new IllegalStateException("on purpose");
            });
        }
        assertEquals(List.of("folder"), released);
    }

    @Test
    void makesNothingOnceAllIsOver() {
        Cleanup cleanup = new Cleanup();
        cleanup.close();
        assertThrows(IllegalStateException.class, () -> cleanup.own(() -> released.add("made"), made -> { }));
        assertTrue(released.isEmpty());
    }

    @Test
    void letsAFailureThroughUnlessInterrupted() throws Exception {
        try (Cleanup cleanup = new Cleanup()) {
            assertEquals(1, cleanup.quietIfInterrupted(() -> 1));
            assertThrows(IOException.class, () -> cleanup.quietIfInterrupted(() -> {
                throw new IOException("real");
            }));
        }
    }
}
