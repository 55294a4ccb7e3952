package io.driftless.node.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.errors.ErrorEntry;
import io.driftless.machine.StateMachine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is seen from outside of a call of the state machine that takes long. */
class MachineCallsTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long LIMIT = 6 * SECOND;
    private static final int SIZE = 100_000;

    private long nowNs = 100 * SECOND;
    private Restoring restoring;
    private final StateMachine machine = StandIn.of(StateMachine.class, (proxy, method, arguments) -> {
        if (method.getName().equals("restore")) {
            restoring.read((InputStream) arguments[0]);
        }
        return null;
    });
    private final MachineCalls calls = new MachineCalls(machine, () -> nowNs);
    private final List<String> errors = new ArrayList<>();
    private final List<String> infos = new ArrayList<>();
    private final HungMachine hung = new HungMachine(calls.watch()::sinceNs, calls.watch(), () -> nowNs,
            (ErrorEntry error) -> errors.add(error.message()), infos::add, LIMIT);

    /** What the machine does with a content. */
    private interface Restoring {
        void read(InputStream content) throws IOException;
    }

    private void restore(Restoring how) throws IOException {
        restoring = how;
        calls.restore(new ByteArrayInputStream(new byte[SIZE]), 9);
    }

    private void pass(long timeNs) {
        nowNs += timeNs;
        hung.look();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100})
    void aRestoreThatReadsALittleEachSecondDoesNotHang(int bytes) throws IOException {
        restore(content -> {
            for (int second = 0; second < 30; second++) {
                if (bytes == 1) {
                    content.read();
                } else {
                    content.readNBytes(bytes);
                }
                pass(SECOND);
            }
            content.readAllBytes();
        });
        assertEquals(List.of(), errors);
        assertEquals(List.of(), infos);
    }

    @Test
    void aRestoreThatReadsNoMoreHangs() throws IOException {
        restore(content -> {
            content.readAllBytes();
            pass(SECOND);
            content.read();
            content.read(new byte[10]);
            hung.look();
            pass(LIMIT);
        });
        assertEquals(List.of("the state machine hangs: restore at index 9 has read nothing for 6000 ms"), errors);
    }

    @Test
    void aRestoreThatHasNotBegunToReadHangsFromItsBeginningOn() throws IOException {
        restore(content -> {
            pass(LIMIT);
            content.readAllBytes();
        });
        assertEquals(List.of("the state machine hangs: restore at index 9 has been under way for 6000 ms"), errors);
    }

    @Test
    void whatARestoreHasLeftIsNotReadInItsTime() {
        assertThrows(MachineCalls.Failed.class, () -> restore(InputStream::read));
        pass(LIMIT);
        assertEquals(List.of(), errors);
        assertEquals("", hung.complaint());
        assertEquals(Long.MAX_VALUE, hung.lookAtNs());
    }

    @Test
    void howFarARestoreHasReadIsNothingToTheNextCall() throws IOException {
        restore(InputStream::readAllBytes);
        nowNs += SECOND;
        long begunNs = nowNs;
        calls.watch().begin("batchApplied", 9);
        nowNs += SECOND;
        assertEquals(begunNs + LIMIT, hung.lookAtNs());
        pass(LIMIT);
        assertEquals(List.of("the state machine hangs: batchApplied at index 9 has been under way for 7000 ms"),
                errors);
    }
}
