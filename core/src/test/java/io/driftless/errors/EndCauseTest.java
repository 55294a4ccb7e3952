package io.driftless.errors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndCauseTest {

    @ParameterizedTest
    @ValueSource(strings = {"unable to create native thread: possibly out of memory or process/resource limits reached",
        "Direct buffer memory", "Cannot reserve 1024 bytes of direct buffer memory (allocated: 1, limit: 2)",
        "Map failed", "Unable to allocate 16 bytes", "Metaspace", "Compressed class space", "Out of swap space?"})
    void threadsAndMemoryOutsideOfTheHeapAreResources(String message) {
        OutOfMemoryError error = new OutOfMemoryError(message);
        assertEquals(EndCause.OUT_OF_RESOURCES, EndCause.of(error, EndCause.INVARIANT));
        assertEquals(EndCause.OUT_OF_RESOURCES, EndCause.of(new IllegalStateException(error), EndCause.STATE_MACHINE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Java heap space", "GC overhead limit exceeded", "Requested array size exceeds VM limit",
        "Required length exceeds implementation limit", "mine"})
    void aFullHeapIsWhateverMetIt(String message) {
        OutOfMemoryError error = new OutOfMemoryError(message);
        assertEquals(EndCause.INVARIANT, EndCause.of(error, EndCause.INVARIANT));
        assertEquals(EndCause.STATE_MACHINE, EndCause.of(new IllegalStateException(error), EndCause.STATE_MACHINE));
    }

    @Test
    void anErrorWithoutAMessageIsOfTheHeap() {
        assertEquals(EndCause.INVARIANT, EndCause.of(new OutOfMemoryError(), EndCause.INVARIANT));
    }

    @Test
    void descriptorsAreResources() {
        assertEquals(EndCause.OUT_OF_RESOURCES, EndCause.of(new IOException("x: Too many open files"),
                EndCause.INVARIANT));
    }
}
