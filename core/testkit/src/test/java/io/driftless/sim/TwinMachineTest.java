package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.driftless.machine.Command;
import io.driftless.machine.MachineContext;
import io.driftless.machine.MachineSnapshot;
import io.driftless.machine.Result;
import io.driftless.machine.SessionRows;
import io.driftless.machine.StateMachine;
import io.driftless.sim.history.Operation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two machines side by side take one snapshot, also when one of them is ahead. */
class TwinMachineTest {

    private static final MachineContext CONTEXT = new MachineContext() {
        @Override
        public String clusterId() {
            return "c";
        }

        @Override
        public String nodeId() {
            return "n1";
        }
    };

    @TempDir
    private Path directory;

    /** Counts commands; what it takes is one byte. */
    private static final class Count implements StateMachine {

        private final boolean takesSnapshots;
        private byte count;

        Count(boolean takesSnapshots) {
            this.takesSnapshots = takesSnapshots;
        }

        @Override
        public long open(MachineContext context) {
            return 0;
        }

        @Override
        public Result apply(Command command) {
            return Result.ok(new byte[] {++count});
        }

        @Override
        public boolean takesSnapshots() {
            return takesSnapshots;
        }

        @Override
        public MachineSnapshot snapshot() {
            byte now = count;
            return out -> out.write(now);
        }

        @Override
        public void restore(InputStream content, long index) throws Exception {
            count = (byte) content.read();
        }

        @Override
        public void close() { }
    }

    private record Given(long index) implements Command {

        @Override
        public long term() {
            return 1;
        }

        @Override
        public long logTimeMs() {
            return 0;
        }

        @Override
        public ByteBuffer payload() {
            return new Operation(index, 1, Operation.Kind.values()[0], (int) index % 3, index, 0).encoded()
                    .asByteBuffer();
        }
    }

    private MachineTwins<Count> twins() {
        return new MachineTwins<>(new MachineUnderTest<>() {
            @Override
            public Count machine(Path kept) {
                return new Count(true);
            }

            @Override
            public byte[] command(Random random) {
                return new byte[1];
            }

            @Override
            public Object state(Count machine) {
                return machine.count;
            }
        }, new Simulation(Plan.of(1), false).universe(), directory);
    }

    @Test
    void aSnapshotHasBoth() throws Exception {
        MachineTwins<Count> twins = twins();
        RegisterMachine registers = new RegisterMachine(false);
        TwinMachine<Count> source = new TwinMachine<>(registers, new Count(true), "n1", twins);
        source.open(CONTEXT);
        apply(source, 1, 10);
        byte[] content = written(source);
        Map<Integer, Long> at10 = new TreeMap<>(registers.registers());
        apply(source, 11, 20);

        RegisterMachine restoredRegisters = new RegisterMachine(false);
        Count restoredCount = new Count(true);
        TwinMachine<Count> restored = new TwinMachine<>(restoredRegisters, restoredCount, "n2", twins);
        restored.open(CONTEXT);
        restored.restore(new ByteArrayInputStream(content), 10);
        restored.batchApplied(10, SessionRows.NONE);
        assertEquals(at10, restoredRegisters.registers());
        assertEquals(10, restoredCount.count);
        apply(restored, 11, 20);
        assertEquals(registers.registers(), restoredRegisters.registers());
        assertEquals(20, restoredCount.count);
    }

    @Test
    void theOneThatIsAheadIsRestoredAheadAndGivenItsRowsLater() throws Exception {
        MachineTwins<Count> twins = twins();
        RegisterMachine stored = new StoredRegisterMachine(false);
        TwinMachine<Count> source = new TwinMachine<>(stored, new Count(true), "n1", twins);
        source.open(CONTEXT);
        apply(source, 1, 10);
        // The server starts again: the registers are at 10, and the other machine has only come back to 6.
        source = new TwinMachine<>(stored, new Count(true), "n1", twins);
        assertEquals(0, source.open(CONTEXT));
        apply(source, 1, 6);
        byte[] content = written(source);

        RegisterMachine elsewhere = new StoredRegisterMachine(false);
        Count count = new Count(true);
        TwinMachine<Count> restored = new TwinMachine<>(elsewhere, count, "n2", twins);
        restored.open(CONTEXT);
        restored.restore(new ByteArrayInputStream(content), 6);
        restored.batchApplied(6, row(1, 6));
        assertEquals(6, count.count);
        assertEquals(0, elsewhere.open(CONTEXT), "nothing is stored that belongs to another index");

        restored = new TwinMachine<>(elsewhere, count, "n2", twins);
        restored.open(CONTEXT);
        restored.restore(new ByteArrayInputStream(content), 6);
        restored.batchApplied(6, row(1, 6));
        apply(restored, 7, 9, row(2, 9));
        apply(restored, 10, 12, row(1, 12));
        assertEquals(12, count.count);
        apply(source, 7, 12);
        assertEquals(stored.registers(), elsewhere.registers());
        assertEquals(12, elsewhere.open(CONTEXT));
        assertEquals(List.of(1L, 2L), elsewhere.sessions().rows().stream().map(SessionRows.Row::session).toList());
        assertEquals(12, elsewhere.sessions().rows().getFirst().value()[0]);
    }

    @Test
    void theOneThatKeepsMoreThanTheSnapshotIsLeftAlone() throws Exception {
        MachineTwins<Count> twins = twins();
        TwinMachine<Count> source = new TwinMachine<>(new RegisterMachine(false), new Count(true), "n1", twins);
        source.open(CONTEXT);
        apply(source, 1, 4);
        byte[] content = written(source);

        RegisterMachine stored = new StoredRegisterMachine(false);
        TwinMachine<Count> first = new TwinMachine<>(stored, new Count(true), "n2", twins);
        first.open(CONTEXT);
        apply(first, 1, 8);
        Map<Integer, Long> at8 = new TreeMap<>(stored.registers());
        Count count = new Count(true);
        TwinMachine<Count> again = new TwinMachine<>(stored, count, "n2", twins);
        again.open(CONTEXT);
        again.restore(new ByteArrayInputStream(content), 4);
        again.batchApplied(4, SessionRows.NONE);
        assertEquals(at8, stored.registers());
        apply(again, 5, 8);
        assertEquals(8, count.count);
        assertEquals(at8, stored.registers());
    }

    @Test
    void takesSnapshotsIfTheUsersMachineDoes() {
        assertTrue(new TwinMachine<>(new RegisterMachine(false), new Count(true), "n1", twins()).takesSnapshots());
        assertFalse(new TwinMachine<>(new RegisterMachine(false), new Count(false), "n1", twins()).takesSnapshots());
    }

    private static void apply(StateMachine machine, long first, long last) throws Exception {
        apply(machine, first, last, SessionRows.NONE);
    }

    private static void apply(StateMachine machine, long first, long last, SessionRows changed) throws Exception {
        for (long index = first; index <= last; index++) {
            assertTrue(machine.apply(new Given(index)).isOk());
        }
        machine.batchApplied(last, changed);
    }

    private static byte[] written(StateMachine machine) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (MachineSnapshot view = machine.snapshot()) {
            view.writeTo(out);
        }
        return out.toByteArray();
    }

    private static SessionRows row(long session, int value) {
        return new SessionRows(List.of(new SessionRows.Row(session, 0, new byte[] {(byte) value})));
    }
}
