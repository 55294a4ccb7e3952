package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.driftless.errors.ErrorEntry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HungMachineTest {

    private static final long SECOND = 1_000_000_000L;

    private long nowNs = 100 * SECOND;
    private long sinceNs;
    private long applied = 13;
    private final List<ErrorEntry> errors = new ArrayList<>();
    private final List<String> infos = new ArrayList<>();
    private final HungMachine machine = new HungMachine(() -> sinceNs, () -> applied, () -> nowNs, errors::add,
            infos::add, 6 * SECOND);

    @Test
    void whatHangsIsReportedOnceAndToldWhenItIsOver() {
        assertEquals(Long.MAX_VALUE, machine.lookAtNs());
        sinceNs = nowNs;
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
        assertEquals("the state machine hangs: the command at index 14, or a query behind index 13, has been in it for"
                + " 8 s", machine.complaint());
        assertEquals(List.of(), infos);
        applied = 14;
        sinceNs = nowNs;
        machine.look();
        assertEquals(List.of("the state machine goes on, at index 14"), infos);
        nowNs += 6 * SECOND;
        machine.look();
        assertEquals(2, errors.size(), "the next one hangs too");
    }

    @Test
    void aQueryThatHungIsOverWithoutAnotherCommand() {
        sinceNs = nowNs;
        nowNs += 7 * SECOND;
        machine.look();
        sinceNs = 0;
        machine.look();
        assertEquals(List.of("the state machine goes on, at index 13"), infos);
        assertEquals(Long.MAX_VALUE, machine.lookAtNs());
        assertEquals("", machine.complaint());
    }
}
