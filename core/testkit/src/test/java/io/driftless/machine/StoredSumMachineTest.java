package io.driftless.machine;

import io.driftless.tck.StateMachineContract;
import java.nio.file.Path;
import java.util.Random;

/** The contract of state machines, held by one that keeps its state on disk. */
class StoredSumMachineTest extends StateMachineContract<StoredSumMachine> {

    @Override
    protected StoredSumMachine machine(Path directory) {
        return new StoredSumMachine(directory);
    }

    @Override
    protected byte[] command(Random random) {
        byte[] bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
        return bytes;
    }

    @Override
    protected Object state(StoredSumMachine machine) {
        return machine.sum();
    }
}
