package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WrittenLogTest {

    private final WrittenLog log = new WrittenLog();
    private final List<String> done = new ArrayList<>();

    @Test
    void whatIsWrittenIsNotWaitedFor() {
        log.whenWritten(log.lastQueued(), () -> done.add("nothing was queued"));
        log.queued(7);
        log.written(7);
        log.whenWritten(log.lastQueued(), () -> done.add("written"));
        assertEquals(List.of("nothing was queued", "written"), done);
    }

    @Test
    void whoWaitsIsRunOnceByTheWriteThatItWaitsFor() {
        log.queued(7);
        log.queued(8);
        log.whenWritten(8, () -> done.add("eight"));
        log.whenWritten(7, () -> done.add("seven"));
        assertFalse(log.isWritten(7));
        log.written(7);
        assertEquals(List.of("seven"), done);
        log.written(8);
        log.written(9);
        assertEquals(List.of("seven", "eight"), done);
    }
}
