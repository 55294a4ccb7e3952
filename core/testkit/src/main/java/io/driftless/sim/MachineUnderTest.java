package io.driftless.sim;

import io.driftless.machine.StateMachine;
import java.nio.file.Path;
import java.util.Random;

/**
 * Describes a user's state machine for {@link Simulation#check}.
 *
 * @param <M> the machine
 */
public interface MachineUnderTest<M extends StateMachine> {

    /**
     * Makes a new machine for one server. In {@code directory}, which exists, it finds what its predecessor on this
     * server has left there. A predecessor that was killed was not closed.
     */
    M machine(Path directory);

    /**
     * Makes a command that the machine understands. More kinds of commands are better, and so are more commands on the
     * same things.
     */
    byte[] command(Random random);

    /**
     * Whether clients use sessions in some of the runs, as those do that {@code RaftClient} connects. Unless
     * overridden, they do. A machine that keeps its state has to keep the rows of the session table with it then (see
     * {@link StateMachine#batchApplied(long, io.driftless.machine.SessionRows)}).
     */
    default boolean hasSessions() {
        return true;
    }

    /**
     * The whole state, or the part of it that matters, as a value that is compared by content and does not change when
     * the machine does. Unless overridden, this is nothing, and only results are compared.
     */
    default Object state(M machine) {
        return "";
    }
}
