package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.errors.ErrorEntry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HungMachineTest {

    private static final long SECOND = 1_000_000_000L;

    private long nowNs = 100 * SECOND;
    private final CallWatch watch = new CallWatch(() -> nowNs);
    private final List<ErrorEntry> errors = new ArrayList<>();
    private final List<String> infos = new ArrayList<>();
    private final HungMachine machine = new HungMachine(watch::sinceNs, watch, () -> nowNs, errors::add, infos::add,
            6 * SECOND);

    @Test
    void whatHangsIsReportedOnceAndToldWhenItIsOver() {
        assertEquals(Long.MAX_VALUE, machine.lookAtNs());
        watch.begin("apply", 14);
        assertEquals(106 * SECOND, machine.lookAtNs());
        nowNs += 5 * SECOND;
        machine.look();
        assertEquals("", machine.complaint());
        for (int look = 0; look < 3; look++) {
            nowNs += SECOND;
            machine.look();
            assertEquals(nowNs + SECOND, machine.lookAtNs(), "it is looked at until it is over");
        }
        assertEquals(1, errors.size());
        assertEquals("the state machine hangs: apply at index 14 has been under way for 8 s", machine.complaint());
        assertEquals(List.of(), infos);
        watch.end();
        watch.begin("batchApplied", 14);
        machine.look();
        assertEquals(List.of("the state machine goes on, at index 14"), infos);
        nowNs += 6 * SECOND;
        machine.look();
        assertEquals(2, errors.size(), "the next one hangs too");
        assertEquals("the state machine hangs: batchApplied at index 14 has been under way for 6000 ms",
                errors.getLast().message());
    }

    @Test
    void aQueryThatHungIsOverWithoutAnotherCommand() {
        watch.begin("query", 13);
        nowNs += 7 * SECOND;
        machine.look();
        watch.end();
        machine.look();
        assertEquals(List.of("the state machine goes on, at index 13"), infos);
        assertEquals(Long.MAX_VALUE, machine.lookAtNs());
        assertEquals("", machine.complaint());
    }

    @Test
    void aRestoreThatGoesOnReadingTakesAsLongAsItLikes() {
        watch.begin("restore", 9);
        for (int part = 0; part < 10; part++) {
            nowNs += 5 * SECOND;
            watch.read();
            machine.look();
        }
        assertEquals(List.of(), errors);
        nowNs += 6 * SECOND;
        assertEquals("the state machine hangs: restore at index 9 has read nothing for 6 s", machine.complaint());
    }
}
