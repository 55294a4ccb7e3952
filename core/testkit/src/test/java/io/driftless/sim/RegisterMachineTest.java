package io.driftless.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.driftless.sim.history.Operation;
import io.driftless.tck.StateMachineContract;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Both kinds of the simulator's machine hold the contract of state machines. */
class RegisterMachineTest {

    private abstract static class Contract extends StateMachineContract<RegisterMachine> {

        @Override
        protected byte[] command(Random random) {
            Operation.Kind[] kinds = Operation.Kind.values();
            return new Operation(random.nextInt(1000), random.nextInt(5), kinds[random.nextInt(kinds.length)],
                    random.nextInt(6), random.nextInt(4), random.nextInt(4)).encoded().toByteArray();
        }

        @Override
        protected Object state(RegisterMachine machine) {
            return new TreeMap<>(machine.registers());
        }

        // Only the simulator's own clients send to it.
        @Override
        protected void answersRubbishWithAResult(Path directory) { }
    }

    @Nested
    class InMemory extends Contract {
        @Override
        protected RegisterMachine machine(Path directory) {
            return new RegisterMachine(false);
        }
    }

    @Nested
    class Stored extends Contract {

        // The machine is its own disk: a server that starts again has the same one.
        private final Map<Path, RegisterMachine> machines = new HashMap<>();

        @Override
        protected RegisterMachine machine(Path directory) {
            return machines.computeIfAbsent(directory, each -> new StoredRegisterMachine(false));
        }
    }

    @Test
    void aSnapshotOfAnotherVersionOrLengthIsRefused() throws Exception {
        RegisterMachine machine = new RegisterMachine(false);
        machine.goOnFrom(new TreeMap<>(Map.of(3, 4L)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        machine.snapshot().writeTo(out);
        byte[] whole = out.toByteArray();
        for (int length = 0; length < whole.length; length++) {
            assertEquals("a snapshot of registers ends early", refused(machine, Arrays.copyOf(whole, length)));
        }
        assertEquals("a snapshot of registers goes on behind its end",
                refused(machine, Arrays.copyOf(whole, whole.length + 1)));
        whole[0] = 2;
        assertEquals("a snapshot of registers of version 2, not 1", refused(machine, whole));
        assertEquals(Map.of(3, 4L), machine.registers());
    }

    private static String refused(RegisterMachine machine, byte[] content) {
        return String.valueOf(assertThrows(IOException.class, () -> machine.restore(new ByteArrayInputStream(content),
                1)).getMessage());
    }
}
