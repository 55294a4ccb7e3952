package io.driftless.machine;

import io.driftless.tck.StateMachineContract;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** The contract of state machines, held by one that keeps nothing on disk. */
class AccountsMachineTest extends StateMachineContract<AccountsMachine> {

    @Override
    protected AccountsMachine machine(Path directory) {
        return new AccountsMachine();
    }

    @Override
    protected byte[] command(Random random) {
        return new byte[] {(byte) random.nextInt(8), (byte) random.nextInt(8), (byte) random.nextInt(-3, 100)};
    }

    @Override
    protected Object state(AccountsMachine machine) {
        return new TreeMap<>(machine.balances());
    }

    @Override
    protected List<byte[]> queries() {
        return List.of(new byte[] {1}, new byte[] {7}, new byte[] {99});
    }
}
