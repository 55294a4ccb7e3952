package io.driftless.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.InputStream;
import org.junit.jupiter.api.Test;

class StateMachineTest {

    /** Says that it takes snapshots, and leaves the rest to the defaults. */
    private static final class HalfDone implements StateMachine {

        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            return Result.ok();
        }

        @Override
        public boolean takesSnapshots() {
            return true;
        }

        @Override
        public void close() { }
    }

    @Test
    void aMachineThatOnlySaysThatItTakesSnapshotsIsToldWhatToOverride() {
        try (HalfDone machine = new HalfDone()) {
            String rest = " is not overridden in " + HalfDone.class.getName()
                    + ": a state machine whose takesSnapshots() is true overrides snapshot() and restore()";
            assertEquals("snapshot()" + rest,
                    assertThrows(UnsupportedOperationException.class, machine::snapshot).getMessage());
            assertEquals("restore()" + rest, assertThrows(UnsupportedOperationException.class,
                    () -> machine.restore(InputStream.nullInputStream(), 1)).getMessage());
        }
    }
}
