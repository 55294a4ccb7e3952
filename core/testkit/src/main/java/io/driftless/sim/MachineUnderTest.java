package io.driftless.sim;

import io.driftless.machine.StateMachine;
import java.nio.file.Path;
import java.util.Random;

/**
 * A user's state machine, for {@link Simulation#check}.
 *
 * @param <M> the machine
 */
public interface MachineUnderTest<M extends StateMachine> {

    /**
     * A new machine of one server. It finds in {@code directory}, which exists, what its predecessor on this server has
     * left there; a predecessor that was killed was not closed.
     */
    M machine(Path directory);

    /** A command that the machine understands: the more kinds, and the more often on the same things, the better. */
    byte[] command(Random random);

    /**
     * The whole state, or what matters of it, as a value that is compared by content and does not change with the
     * machine. Nothing unless overridden: then only results are compared.
     */
    default Object state(M machine) {
        return "";
    }
}
